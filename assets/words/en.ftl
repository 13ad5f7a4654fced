# Every text a person reads. One message a line; a message is a whole sentence, never a piece of one.

## Things and sentences one after the other

# $before: what was listed so far; $next: one thing more.
list = { $before }, { $next }
# The same of things that have commas in them.
list-of-lists = { $before }; { $next }
# Both are whole sentences.
sentences = { $before } { $next }
# The beginning of a text that goes on.
clipped = { $text }...
# A meter in trouble, with the code of its problem.
name-with-code = { $name } [{ $code }]

## Around every screen

heading-step = Step { $number } of 6: { $heading }
trail-patient = Patient
trail-upload = Upload
trail-device = Device
trail-select = Select
trail-confirm = Confirm
trail-done = Done
none = none
# Of a barcode scanner.
scan-not-here = A barcode was scanned. It is of no use on this screen: nothing was done.
scan-check-digit = The check digit of the scanned number is wrong. Scan it once more, or type it.
scan-unreadable = The scanned barcode holds no number. Scan another one of the label, or type the number.
scan-no-serial = This meter told no serial number: there is nothing to compare the barcode with.
scan-into-number = A barcode is no name. Move to the MRN to scan it.
scan-serial-match = Scanned: this is the meter that was read.
scan-serial-mismatch = Scanned: this meter has another serial number. Scan it, or go back.
scan-wristband-match = Scanned: this patient's number. Ask when they were born.
scan-wristband-mismatch = Scanned: this patient has another number. Scan theirs, or go back.
remark-no-such-key = This key does nothing here. F1 shows the keys that work.
remark-confirm-with-tab = Compare it with the meter in your hand; Tab leads to the button.
help-title = Help
help-dashboard = The record of one patient. What is chosen (days, unit, meals, LO and HI) stays on every tab, and changes nothing of it.
# What stands on a tab and is no word.
help-marks-overview = Day by day: - none below or above, + more than nine, x no reading, . too few for a median; SD: standard deviation; CV: coefficient of variation; LO, HI: below or above what the meter measures.
help-marks-standard-day = 25 to 75 %: half of the readings lie between; LO, HI: below or above what the meter measures.
help-marks-logbook = L low, H high, ! very low or very high; LO, HI: below or above what the meter measures; in brackets or -: in no number.
help-marks-patterns = LBGI, HBGI: risk of lows, of highs; ADRR: average daily risk range; CV: coefficient of variation; SD: standard deviation.
help-marks-devices = Last upload: of what went into the record; taken back: the assignment was undone.
help-marks-uploads = New: what the record had not; known: what it had; moved: what went to another patient with the meter.
help-marks-export = PDF: pages to print; CSV: a table; FHIR: for another record system; JSON: for a program.
# The columns of the list of patients.
help-population = The patients of this clinic, one in a row. Reading: how long ago the last reading was; <{ $low }, { $verylow }, >{ $high }: how many readings of the last { $days } days lie there, in { $unit }; Last upload: when a meter was last read into the record. What has no column stands below the list.
help-introduction = glucodock reads a glucose meter and puts its readings into the record of one patient. Nothing of a meter that nobody has is assigned until you have confirmed the device and typed what the person says of themselves. New readings of a meter whose owner you have chosen go to its owner.
help-keys = Keys on this screen
help-always = Tab and the arrow keys move, PgUp and PgDn turn pages, Home and End go to the ends, Enter acts, Esc goes back and loses no reading, Ctrl-L draws the screen anew, Ctrl-C leaves.
help-not-now = { $action } (not now: { $reason })
details-title = Details for support
label-details-code = Code
label-details-what = What happened
label-details-detail = Detail
label-details-version = Version
label-details-log = Log
details-none = Nothing more is known.
details-no-log = Nothing is logged here.
details-more = { $count ->
        [one] 1 more problem is on the screen.
       *[other] { $count } more problems are on the screen.
    }
menu-title = Menu
menu-sign-out = sign out
leave-title = Leave
leave-question = Leave glucodock? Readings that wait for a patient stay safe on this computer.
leave-question-undelivered = Leave glucodock? Readings that wait for a patient stay safe on this computer. { $count ->
    [one] One delivery waits for the care platform: it goes
   *[other] { $count } deliveries wait for the care platform: they go
} when glucodock runs again, or with glucodock sync.
leave-question-demo = Leave the demo? Nothing of the demo is kept: its patients, its meters' readings and what was assigned are thrown away.
button-stay = Stay
button-leave = Leave
demo-meters-title = Plug in or unplug a simulated meter
tag-plugged-in = plugged

bug-sentence-demo = glucodock found a mistake in itself and had to stop. Nothing of the demo is kept. Please give this line to technical support:
bug-sentence = glucodock found a mistake in itself and had to stop. What was stored before is safe. Please give this line to technical support:

## Keys

hint-sign-in = sign in
hint-set-password = set it and sign in
hint-keep-password = keep the old one
hint-other-password = choose another password
hint-get-code = get a code
hint-give-up = give up
hint-next-field = next field
hint-next-control = to the buttons
hint-help = help
hint-menu = menu
hint-details = details
hint-leave = leave
hint-close = close
hint-do = do it
hint-choose = choose
hint-choose-days = other days
hint-show-days = show these days
hint-export = write the file
hint-mark = mark a row
hint-find-by-name = find by name
keys-of-letters = A-Z
hint-other-answer = other answer
hint-stay = stay
hint-plug-or-unplug = plug in or unplug
hint-demo-meters = simulated meters
hint-select-patient = select this patient
hint-to-list = to the list
hint-new-patient = new patient
hint-note-new-patient = note a new patient
hint-waiting-meters = waiting meters
hint-population = all patients
hint-other-order = other order
hint-other-filter = other patients
hint-look-at-delivery = what is not taken
hint-look-at-noted = who was noted
hint-deliver-again = send it again
hint-transfer = transfer the meter
hint-leave-it = leave it as it is
hint-end-ownership = end that it is theirs
hint-undo-ending = undo the end
hint-undo = undo the assignment
hint-correct-times = correct times
hint-check-times = see what it does
hint-look-at-correction = see the last correction
hint-undo-correction = undo the correction
hint-dashboard = dashboard
hint-back = back
hint-back-to-search = back to the search
hint-continue = continue
hint-create-patient = create patient
hint-note-patient = note patient
hint-go-on-with-meter = go on with this meter
hint-show-steps = show the steps
hint-to-meters = to the meters
hint-read-this-meter = read this meter
hint-read-as-last-time = read as last time
hint-choose-model = say which meter it is
hint-next-cable = next cable
hint-stop-reading = stop reading
hint-stop-waiting = do not wait
hint-read-again = read again
hint-save-again = save again
hint-load-again = load the lists again
hint-next = next
hint-search = search
hint-go-on = go on
hint-assign = assign
hint-confirm-device = confirm
hint-next-patient = next patient
hint-next-meter = next meter
hint-look-again = look again
hint-period = period
hint-next-tab = next tab
hint-other-unit = other unit
hint-mg-per-dl = mg/dL
hint-mmol-per-l = mmol/L
hint-meals = meals
hint-low-high = LO and HI
# What stands for LO and HI next: what the meter can measure decides, nothing, or fixed numbers.
hint-low-high-limits = LO, HI by meter
hint-low-high-exclude = leave LO, HI out
hint-low-high-tidepool = LO 9, HI 601
hint-open-day = this day
hint-by-meal = by meal
hint-numbers = numbers
hint-by-time = by time
hint-open-reading = this reading
hint-open-evidence = readings
hint-scroll = scroll
hint-turn-page = page

## Why something cannot be done now

reason-no-waiting-meters = No meter is waiting for a patient.
reason-waiting-looked-up = The meters that wait for a patient are being looked up. Try again in a moment.
reason-waiting-not-loaded = The list of meters that wait for a patient could not be loaded. Their readings are kept.
reason-no-patient-selected = Move to a patient in the list first.
reason-serial-mismatch = The barcode is not that of this meter. Scan the serial number of the meter that was read, or go back.
reason-wristband-mismatch = This patient has another number. Scan their wristband, or go back and select who it is.
reason-nobody-listed = Nobody is listed. Type a name, an identifier or a birth date.
reason-nothing-to-read-again = Nothing has to be read again. Unplug a meter and plug it in again to read it anew.
reason-nothing-answered = Nothing is chosen yet: move to an answer with the arrows first.
reason-still-reading = This meter is still being read. Leave it connected.
reason-no-cable = No generic cable is plugged in: each meter says by itself what it is.
reason-cable-missing = The cable of this meter is not plugged in yet: nothing can be read through it.
reason-no-permission = This computer does not allow glucodock to open this meter. Have technical support give this station access to it.
reason-used-elsewhere = Another program uses this meter. Close it, unplug the meter and plug it in again.
reason-not-mounted = The drive of this meter is not mounted. Open it in the file manager: then it is read by itself.
reason-unsupported = glucodock cannot read this meter. Use another meter, or write the readings down from its display.
reason-time-is-wrong = The time has to be put right first: type another one.
reason-exporting = The file is still being written.
reason-loading = The dashboard is still being loaded.
reason-day-is-wrong = The day has to be put right first: type another one.
reason-no-low-high = There is no LO and no HI in this period.
reason-no-means = LO and HI are in no number of this tab.
reason-pattern-not-found = This pattern is not found: there is no reading behind it.
reason-pattern-not-enough = There is too little to say whether this pattern is there: no reading is behind it.
reason-say-why = Type why a second record is needed for what seems to be the same person.
reason-say-why-transferred = Type why the meter is the other patient's: the audit trail keeps it.
reason-has-the-meter = This patient has the meter. Choose the one who gets it.
reason-say-why-ended = Type what is known of it: the audit trail keeps it.
reason-say-why-undone = Type why it is undone: the audit trail keeps it.
reason-say-why-times = Type why: the audit trail keeps it.
reason-say-why-again = Type why it is sent again: what was looked at, or put right.
reason-too-long = Please say it in at most 200 letters, digits and signs.
reason-inactive = This record is INACTIVE and takes no readings. Choose another record, or leave the meter waiting; nothing is lost.
reason-pending = This record is PENDING: the registration is not complete. Choose another record, or leave the meter waiting; nothing is lost.
reason-merged = This record was MERGED into another one. Search for the other record.
reason-deceased = This person is recorded as DECEASED.

## Sign-in

heading-sign-in = Sign in
instruction-sign-in = Type your name and your password, then press Enter.
instruction-get-code = You sign in on another device, such as a phone. Press Enter for the code that you type there.
instruction-type-code = Open this page on another device, type the code there, and sign in. This screen goes on by itself.
getting-code = Asking for a code ...
label-code-page = Page
label-code = Code
nobody-without-platform = Nobody can sign in by a code until it answers, and no meter is read before. Whoever is signed in at another screen goes on working.
code-valid-until = The code is valid until { $until }.
code-picture = Or scan this with a phone: it opens the page with the code filled in.
label-login = Name
label-password = Password
complaint-empty = Please fill this in.
signing-in = Checking the password
heading-new-password = Choose a new password
instruction-new-password = Type the new password twice. You are signed in with it then.
new-password-given = The password of { $login } was given by somebody else, who knows it. Choose one that only you know.
new-password-wanted = The old password of { $login } is checked together with the new one. Until then nothing is changed.
new-password-advice = At least 8 characters. Four words that do not belong together are easy to remember and hard to guess.
label-old-password = Old password
label-new-password = New password
label-password-again = The same again
station-locked = Locked: for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 } no key was pressed. { $name } signs in again and goes on at the same step with nothing lost. Whoever else signs in begins at the search, and signs { $name } out.
demo-logins-title = Users of the demo clinic
demo-password = password { $password }

## People

label-born = Born
label-gender = Gender
label-devices = Devices
devices-asked = being looked up
no-devices = none assigned
devices-and-more = { $devices } and { $more } more
born-with-age = { $born } ({ $age } y)
gender-female = Female
gender-male = Male
gender-other = Other
gender-unknown = Not known
status-active = ACTIVE
status-inactive = INACTIVE
status-pending = PENDING
status-merged = MERGED
status-deceased = DECEASED
person-line-with-status = { $person }, { $status }
person-line = { $name }, born { $born }, { $identifier }
other-person = another patient, initials { $given }{ $family }, identifier ending in { $end }
look-alike = Easily confused with { $person } ({ $alike }){ $others ->
    [0] {""}
    [one] {" "}and one more
   *[other] {" "}and { $others } more
 }
alike-same-person = same name, birth date
alike-similar-name-and-birth-date = close name, birth date
alike-name-and-year = same name, year
alike-similar-name-and-year = close name, year
alike-one-name-and-birth-date = one name, birth date
alike-similar-number = similar number
person-with-identifier = { $name }, { $identifier }
look-alikes-unknown = It could not be checked whether somebody else has similar data, so an identifier is asked for.

## Find and select the patient

heading-find-patient = Find the patient
instruction-find-patient = Type a name, an identifier or a birth date, then choose the person with the arrow keys and Enter.
heading-select-patient = Select the patient
instruction-select-proposed = The patient chosen before is on top. Check that it is the right one, or search for another.
instruction-select-patient = Search for the person whose meter this is.
label-search = Search
example-search = name, identifier or 31-Dec-1901
title-recent = Recently chosen
title-proposed-and-recent = Chosen before, then recently chosen
title-hits = Patients found
searching = Searching.
not-searched = Nobody was looked for.
date-is-unclear = { $typed } may be { $days }. Patients with each of these birth dates are listed.
days-or = { $days } or { $day }
no-hits = No patient matches. Check the spelling, or press { $key } to create a new patient.
no-hits-without-new = No patient matches. Check the spelling: a new patient is created at the care platform, and found here then.
no-scanned-hits = Nobody here has the scanned number. Scan it once more, or search by name and birth date.
no-hits-at-select = No patient matches. Check the spelling, or press { $key } to create a new patient for this meter; its readings wait.
known-only = The care platform does not answer. Only patients who were chosen at this station before can be found; it is asked again by itself.
no-known-hits = Nobody who was chosen here before matches. Others are found once the care platform answers.
recents-looked-up = Your recent patients are being looked up. Start typing to search.
no-recents = No recent patients. Start typing to search.
start-typing = Start typing to search.
recents-not-loaded = Your recent patients could not be loaded. Search by name instead, or press { $key } to try again. [{ $code }]
waiting-not-loaded = The list of meters that wait for a patient could not be loaded. Their readings are kept. { $key } tries again. [{ $code }]
more-hits = There are more: keep typing, or go on down.
find-for-nameless = For the meter { $model } without serial number, read { $at }, { $count ->
    [one] 1 reading
   *[other] { $count } readings
}: find its patient.
find-for-meter = For the meter { $model }, serial number { $serial }, { $count ->
    [one] 1 reading
   *[other] { $count } readings
}: find its patient.
meters-are-waiting = { $count ->
    [one] One meter was read and waits for a patient. { $key } goes on with it.
   *[other] { $count } meters were read and wait for a patient. { $key } goes on with them.
}
# $count: what was decided here and the care platform does not take.
deliveries-are-refused = { $count ->
    [one] The care platform does not take something that was assigned here. { $key } shows it.
   *[other] The care platform does not take { $count } things that were assigned here. { $key } shows them.
}
# $count: what of that it has in the record of another person.
deliveries-are-misplaced = { $count ->
    [one] Something that was assigned here is, or may be, in another patient's record at the care platform. { $key } shows it.
   *[other] { $count } things that were assigned here are, or may be, in other patients' records at the care platform. { $key } shows them.
}
select-for-nameless = Device confirmed: { $model }, which has no serial number
select-for-device = Device confirmed: { $model }, serial number { $serial }

## Create a patient

heading-create-required = Create a patient: what is required
instruction-create-required = Fill in all four fields. Enter on the last one continues.
heading-create-look-alikes = Create a patient: is it one of these?
instruction-create-look-alikes = Choose the person if they are in this list. Otherwise choose the last row.
heading-create-optional = Create a patient: what is optional
instruction-create-gender = Left and Right choose the gender. Enter goes to the next field.
instruction-create-optional = Fill in what you know. Enter on the last field creates the patient.
label-family = Family name
label-given = Given name
label-mrn = MRN
label-other-identifier = Other identifier
label-email = E-mail
label-phone = Telephone
label-reason = Reason
example-born = 31-Dec-1901
example-mrn = letters, digits and hyphens
example-other-identifier = any other number, kept as ID
example-reason = twin brother, checked with the passport
complaint-name = Please type a name with at least one letter.
complaint-mrn = Please type 1 to 25 letters, digits or hyphens.
complaint-birth-date = Please type the date like 31-Dec-1901.
complaint-day = Please type the day like 14-Jul-2026.
complaint-no-such-day = There is no such day: { $month } has { $days } days.
complaint-day-ahead = This day is in the future. Please type one up to today.
complaint-day-before = This lies before the first day, { $first }. Please type a later one.
# $most: so many days.
complaint-too-many-days = These are more than { $most } days. Please type days that lie closer together.
complaint-short-year = Two digits do not say which century. Please type the year in full, like 31-Dec-1901.
complaint-unclear-date = This may be { $days }. Please type the month in letters.
complaint-unclear-year = This may be { $days }. Please type the year in four digits.
complaint-taken = Another patient has this number already.
complaint-taken-by = This is the number of { $name }, born { $born }, { $status }.
complaint-born-in-future = This date is in the future.
complaint-born-too-early = This date is before 1900.
complaint-email = An e-mail address has an @ in it.
store-training = TRAINING: this store is for training. It holds no real patients.
site-training = TRAINING - { $site }
site-opening = Opening the store ...
refused-on-patients = { $what } works on training stores and on the demo only, and this store is for patients. To practise, use --demo, or begin a store of its own: glucodock users add --training --data DIR --login LOGIN --name NAME --role clinician
refused-as-training = The store in the data folder is for patients and stays so. Begin the training store in a folder of its own: --data DIR
complaint-too-long = Too long: please type at most { $limit } characters.
complaint-too-short = Too short: please type at least { $limit } characters.
complaint-unprintable = There are characters in it that cannot be shown or typed.
complaint-marks = More marks on one letter than any writing has.
complaint-login = Please type letters of one script, digits, spaces and . _ - @ + ' only.
complaint-place-number = Rooms, beds and queues are no identifiers. Please type the number of the record.
complaint-nobodys-number = This stands for no number. Please type the number of the record.
complaint-second-mrn = A patient has one MRN. Please give this number another label.
complaint-half-identifier = An identifier needs a label and a number.
complaint-easy-password = This is among the passwords that are guessed first. Please choose a longer one, such as four words that do not belong together.
complaint-same-password = This is the old password. Please choose another one.
complaint-not-the-same = The two are not the same. Please type the new password again.
create-kept = What was typed here before is still there. Check that it is about the same person.
looking-for-look-alikes = Looking whether this person is registered already
creating-patient = Creating the patient
create-summary = New: { $family }, { $given }, born { $born }, MRN { $mrn }
title-look-alikes = Registered already
look-alikes-found = People with similar data are registered already.
same-person-found = A person with this name and birth date is registered already. A second record needs a reason.
create-all-the-same = None of these: create a new patient
note-all-the-same = None of these: note a new patient
noting-begins = The care platform does not answer. Who is typed here is noted, and created there only once it has said that nobody is alike.
noting-compared = Only patients who were chosen at this station before could be compared. The care platform compares when it answers.
instruction-note-optional = Fill in what you know. Enter on the last field notes the patient.
noted-summary = Noted { $at }: { $family }, { $given }, born { $born }, MRN { $mrn }

## Who was noted while the care platform did not answer

heading-noted = Noted, not created
instruction-noted-now = Nothing can be assigned to them yet. Meters can be read, and wait here. Enter leads back to the search.
instruction-noted-decide = Compare with who is alike there, or take back that they were noted.
instruction-noted-waits = It goes by itself. If they were noted by mistake, take it back.
instruction-noted-begun = It goes by itself.
instruction-noted-over = Nothing is left to be done about it.
label-noted-at = Noted
noted-waits = The care platform is asked whether somebody is alike once it answers and somebody is signed in who may create patients. If nobody is, they are created; else somebody decides.
noted-begun = The care platform was asked to create them, and its answer was lost. It is asked first whether they were created.
noted-alike = The care platform knows people with similar data. Somebody must decide whether it is one of them.
noted-not-taken = The care platform does not take what was typed. Look at it, and put it right.
noted-is-over = It is known by now who they are, or it was taken back.
title-noted-choices = What to do
noted-decide = Compare and decide
noted-drop = Take it back: they are not to be created
tag-noted = to be created
tag-noted-to-decide = to decide

## Upload

heading-upload = Upload the data
heading-population = Patients of this clinic
# $days: over how many days lows are counted.
# Behind < and > stand the limits of lows and highs in the unit.
instruction-population = Move to a patient for the dashboard. Readings below and above are of the last { $days } days, in { $unit }.
# $filter: who is listed; $order: by what they are sorted.
title-population = { $filter }, { $order }
filter-all = All patients
filter-active = Active patients
filter-with-waiting = Patients whose meter waits
filter-no-upload = Patients without an upload for 14 days
filter-with-lows = Patients with lows in the last 14 days
order-last-upload = last upload first
order-lows = most lows first
order-days-without = longest without a reading first
order-waiting = most waiting meters first
population-upload = upload { $day }
population-no-upload = no upload
population-days-without = { $days ->
    [0] reading today
    [one] 1 day without
   *[other] { $days } days without
}
population-no-reading = no reading
# A meter was read for somebody, and no number uses any of its readings: their times are doubted, or they are control tests.
population-no-sure-reading = no reading that counts
# $low: readings below 70 mg/dL; $verylow: those of them below 54 mg/dL.
population-lows = { $low } below { $limit } ({ $verylow } { $verylimit }), { $high } above { $highlimit }
# In a table: no meter was ever read for somebody, or there is no reading.
population-never = never
# In a table: there are readings, and none that counts.
population-none-sure = none counts
# In a table: when the last reading was.
population-days-ago = { $days ->
    [0] today
    [one] 1 day ago
   *[other] { $days } days ago
}
head-name = Name
head-born = Born
head-reading = Reading
head-number = Number
head-last-reading = Last reading
head-gender = Gender
head-meters = Meters
population-waits = { $count ->
    [one] 1 meter waits
   *[other] { $count } meters wait
}
population-nobody = Nobody of the kind is here.
population-looked-up = The patients are being looked up ...
population-more = There are more: they come as you go on.
population-known-only = Only patients are listed who are known at this station; the care platform may have others.
population-not-loaded = The patients could not be looked up [{ $code }]. Try again with F5.
heading-waiting-meters = Meters that wait for a patient
instruction-waiting-meters = Choose the meter to go on with.
instruction-left-to-do = Choose the meter to go on with, or who or what is not at the care platform to see why.
instruction-waiting-and-undelivered = Choose the meter to go on with, or what is not at the care platform to see why.
tag-nothing-new = nothing new
tag-owner-known = owner known
tag-taken-back = taken back
tag-undone = undone
tag-undone-but = undone, { $count } stay
tag-refused = not taken
tag-misplaced = wrong record
tag-perhaps-misplaced = wrong record?
tag-undelivered = to be delivered
tag-which-clock = which clock?
tag-owner-and-clock = owner, clock?
tag-nothing-new-and-clock = no new, clock?
title-waiting-meters = Read and safe, not yet assigned
title-undelivered = Assigned and safe, not yet at the care platform
title-left-to-do = What is left to be done here
title-waiting-and-undelivered = Read and safe, not yet assigned or not yet at the care platform
instruction-upload-plug = Plug the meter in now. With a USB plug of its own it is read by itself; behind a serial cable it is chosen from a list.
instruction-upload-reading = The meter is being read. Leave it connected until all readings have arrived.
instruction-upload-choose = Choose the meter to go on with, or see how to connect one.
instruction-upload-as-last-time = Last time { $model } was read through { $cable }. Enter reads it; for another meter press { $key }.
instruction-upload-asking-as = The meter on { $cable } is spoken to as { $model }. Leave it connected. If it is another meter, stop with { $key }.
cable-read-already = { $cable } (read already: { $meter })
instruction-upload-which-model = Choose the meter that hangs on { $cable }.
instruction-upload-model = Choose the model to see how it is connected.
instruction-upload-guide = Follow the steps. The meter is recognised and read by itself.
instruction-upload-guide-cable = Follow the steps. Enter here begins the read: through a cable a meter is not recognised by itself.
upload-for = For { $person }
title-meters = Meters
title-accu-chek-models = Accu-Chek meters
title-other-models = Other meters
title-models-behind-cable = Behind { $cable }
title-models-cable-gone = Behind a cable that is not plugged in any more
row-accu-chek = Accu-Chek: show me how to connect it
row-other = Other: show me how to connect it
type-for-model = Type a name to find it.
typed-for-model = Find: { $typed }
typed-for-other-name = Find: { $typed } ({ $name })
typed-for-no-model = Find: { $typed } (not in this list)
no-such-model = No meter of this list is called that. Backspace takes letters back.
no-models = No model of this kind can be read.
guide-other-names = Also sold as { $names }
guide-cable = Cable: { $cable }
guide-step = { $number }. { $step }
guide-cable-found = If this meter hangs on { $cable }, press Enter to read it.
guide-cable-missing = Plug the cable in first, then press Enter here.
# $meters: other meters that were not read or not saved, each with its code.
more-in-trouble = Also (mark it to see what to do): { $meters }
# $remedy: what to do about a meter that gave no answer, if it is the model as which it was spoken to.
cable-is-the-same = If it is that model: { $remedy }
save-again = What was read of it is kept until you sign out. { $key } saves it again; it need not be plugged in.
cable-may-be-another = The meter on { $cable } was spoken to as { $model }. Another meter? Press { $key } first.
tag-no-answer-now = no answer as this
tag-tried-now = not read as this
tag-as-last-time = as last time
told-cables-unreadable = The notes on cables cannot be read. Please say which meter this is.
told-read-again = The meter was read again meanwhile. Look at what it holds now, and confirm it anew.
told-nothing-odd = Meanwhile nothing about these readings is unusual any more. Look at them again.
told-changed = Meanwhile this meter was read again, or somebody else answered for it or has its readings. Look at it again, and confirm it anew.
told-not-checked = Whether anything was changed elsewhere of this patient or this meter is not known now. It is checked again before anything is recorded there.
told-another-person = The care platform has another person here than this station knows under the same number. Do not go on with this person.
told-not-noted = The audit trail cannot be written. Tell whoever looks after this computer.
told-sign-in-not-ended = You are signed out here, but the care platform could not be told: until it ends by itself, your sign-in there may be worth something. If you can, end it where you manage your account.
told-not-saved = The readings could not be saved. The meter still holds them: plug it in again.
told-assigned = The assignment that was under way is done: its readings are in that record now.
told-taken-back = At the care platform a meter was another patient's first. What was assigned of it here was taken back: its readings wait again.
told-not-assigned = The assignment that was under way failed. Its readings still wait for a patient.
told-undone = Undone. Nothing is deleted: the readings are in no record now, and wait here for their patient.
told-stayed = What was undone is withdrawn at the care platform, but some of its readings stay in that record: another station stands behind them. The list of waiting meters (F3) says how many.
told-transferred = The meter was transferred: it is the other patient's from the day that was typed.
told-not-transferred = The meter was not transferred: it is whose it was, and so are its readings.
told-transfer-blocked = What was typed was wrong twice. Nothing was transferred. Make sure who both people are, then begin anew: an identifier is asked for.
told-ended = The meter is nobody's now. Its next upload asks whose it is.
told-not-ended = The meter is still the patient's: nothing was ended.
told-ending-blocked = What was typed was wrong twice. The meter is still the patient's. Make sure who they are, then begin anew: an identifier is asked for.
told-end-undone = Undone: the meter is the patient's again, as it was.
told-end-not-undone = The end was not undone: the meter is as it was.
told-not-undone = The assignment was not undone: its readings are still in the record.
told-times-corrected = The times are corrected. The meter's own times stay beside them.
told-times-not-corrected = Your correction of times was not made. Look at what is there now.
told-correction-undone = The correction is undone: the record has the meter's own times again.
told-correction-not-undone = Your undoing of a correction was not made. Look at what is there now.
told-released = It is sent to the care platform again, and the audit trail has why.
told-not-refused = It was not refused any more: somebody else sent it again, or it is delivered.
told-not-released = It could not be noted that something is to be sent again: the care platform still does not take it.
told-outbox-not-kept = What is to be delivered cannot be noted on this computer. Nothing is lost: it goes on by itself as soon as there is room.
told-patient-created = The new patient was created. You find them by their name.
told-record-changed = Somebody has changed this record meanwhile. It is shown as it is now.
told-exported = The export that was asked for is written.
told-not-exported = The export that was asked for could not be written.
told-patient-not-created = The new patient could not be created. Please try again.
told-person-noted = The new patient was noted. The list of waiting meters has them.
told-person-not-noted = The new patient could not be noted. Please try again.
told-noted-created = Somebody who was noted is at the care platform now. You find them by their name.
told-noted-to-decide = The care platform knows people like somebody who was noted. The list of waiting meters has them: somebody must decide.
told-cable-not-remembered = This cable could not be noted: next time you are asked again.
checking-owner = Looking whose meter this is
asking-platform-of-meter = Asking the care platform whose the meter is by now
appending-readings = Adding the new readings to the record
count-readings = { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
read-at = read { $at }

## Association and device

heading-association-pending = Device association is pending
instruction-association-pending = Press Enter for Next: confirm the device, then select the patient.
association-pending = The device association is pending.
association-pending-meaning = The readings are safe on this computer and belong to nobody yet.
association-pending-meaning-demo = The readings belong to nobody yet. They wait as long as the demo runs.
records-in-detail = In detail: { $detail }.
meter-unidentifiable = This meter has no serial number of its own. Only these readings are assigned, never the meter.
heading-confirm-device = Confirm the device
instruction-confirm-nameless = No serial number: compare name and last reading on the meter.
instruction-confirm-device = Compare name and serial number with the label on the meter.
label-device = Device
label-serial = Serial number
serial-is-none = none (the meter says { $told })
label-readings = Readings
label-read-at = Read
label-other-results = Other results
label-doubtful = Doubtful
label-first-last = First, last
first-and-last = { $first }, { $last }
label-first = First
label-last-reading = Last reading
last-reading = { $last }: { $results }
last-result-of-kind = { $value } ({ $kind })
label-new = New
new-for-patient = { $new }; { $there } are in this patient's record already
new-known-later = counted when the readings go into a record
doubts-left-out = left out: { $which }
doubts-counted = counted: { $which }
doubts-others = { $count } others
doubts-of = { $count } { $doubt }
doubt-invalid = invalid
doubt-questionable = questionable
doubt-not-available = no result
doubt-test-data = test mode
doubt-damaged-record = damaged
doubt-time-uncertain = time unsure
doubt-outside-meter-range = off scale
doubt-kind-uncertain = kind unsure
doubt-time-ahead = in future
doubt-time-before-model = too early
doubt-clock-reset = clock reset
doubt-clock-wrong = clock wrong
doubt-no-time = no time
doubt-no-scale = no scale
doubt-control = control
doubt-ketone = ketone
doubt-sensor = sensor
doubt-other = other
label-clock = Meter clock
device-model = { $manufacturer } { $model } (model { $number })
device-model-without-number = { $manufacturer } { $model }
device-counts = { $blood } blood ({ $low } LO, { $high } HI among them), { $control } control
label-duplicates = Duplicates
count-duplicates = { $count ->
    [one] 1 among all of these
   *[other] { $count } among all of these
}
count-doubtful = { $count ->
    [one] 1 reading to look at twice
   *[other] { $count } readings to look at twice
}
download-warnings = { $count ->
    [one] The meter's memory had 1 remark, kept with the readings.
   *[other] The meter's memory had { $count } remarks, kept with the readings.
}
clock-not-told = not told by this meter
clock-against-ours = { $meter }, { $difference }
clock-equal = same as this computer
clock-ahead = { $amount } ahead
clock-behind = { $amount } behind
unit-seconds = { $count } s
unit-minutes = { $count } min
unit-hours = { $count } h
unit-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
clock-off = The meter's clock is off by more than 2 minutes. The times of the readings are kept as the meter wrote them.
clock-far-off = The meter's clock is off by more than 15 minutes. The times of the readings are kept as the meter wrote them.
clock-wrong-date = The meter's date is wrong. The times of the readings are kept as the meter wrote them; do not rely on them.
heading-clock-stop = Which clock is right?
instruction-clock-stop = Look at a clock you trust. Choose, then press Enter.
clock-stop = The meter's clock and this computer's are more than a day apart.
clock-stop-meaning = Nothing is assigned before you answer. All times are kept as they are.
label-our-clock = This computer
our-clock-at-read = { $at }, when it was read
title-answers = Your answer
answer-meter-wrong = The meter is wrong: keep its times, doubted, out of all numbers
answer-meter-right = The meter is right: this computer's clock was wrong
answer-back-to-meters = I cannot say now: back, the readings wait
heading-shared-readings = Another patient has these readings
instruction-shared-readings = Ask whose meter this is. Choose, then press Enter.
shared-readings = Readings of this meter are in another patient's record.
shared-readings-meaning = The meter has no serial number: only you can tell whose it is.
label-held-by = In the record of
held-by = { $person }: { $count } of { $of ->
    [one] 1 reading
   *[other] { $of } readings
}
answer-this-patient = The readings are of { $person } all the same
answer-another-patient = I am not sure, or they are not: back to the search
heading-who-uses = Who uses this meter?
instruction-who-uses = Ask whether anybody else tests with it. Choose, then press Enter.
who-uses = These readings do not go together with this patient's record.
who-uses-meaning = Nothing is assigned before you answer. What you answer is kept with the readings.
looking-for-oddities = Looking at what does not go together
label-odd = Unusual
odd-others-use-it = others use it, too, as was said before
odd-meters-disagree = { $readings ->
    [one] 1 is far from another meter within 5 minutes
   *[other] { $readings } are far from another meter within 5 minutes
}
odd-many-tests = { $tests } tests on { $day }
odd-median-moved = median { $now } mg/dL ({ $now-mmol } mmol/L), it was { $before } ({ $before-mmol })
odd-more-often = { $now } tests a day, it was { $before } before
answer-uses-one = Only { $person } uses it: go on
answer-uses-more = Others use it, too: go on all the same
answer-uses-unknown = Nobody can say: go on
keeping-answer = Keeping your answer
button-next = Next
button-back = Back
button-confirm-device = Confirm device assignment

## Confirm the assignment

heading-confirm-assignment = Confirm the assignment
instruction-confirm-assignment = Ask the person for their name and birth date. Type the initials and the birth year they say.
instruction-confirm-assignment-date = Ask the person for their name and birth date. Type the initials and the full birth date they say.
instruction-confirm-assignment-either = Ask the person for their name and birth date. Type the initials, or an identifier in full, and the birth year.
instruction-confirm-assignment-either-date = Ask the person for their name and birth date. Type the initials, or an identifier in full, and the full birth date.
instruction-confirm-assignment-identifier = Ask the person for an identifier and their birth date. Type the identifier in full and the birth year.
asked-below = asked for below
label-patient = Patient
label-initials = Initials
label-initials-or-identifier = Initials or MRN
label-identifier = Identifier
label-birth-year = Birth year
label-birth-date = Birth date
example-initials = two letters
example-initials-or-identifier = in any script
example-identifier = in full, as MRN
example-birth-year = four digits
identity-mismatch = What was typed does not match this patient. Ask the person again; one more try.
identity-mismatch-twice = What was typed for this patient was wrong at least twice. Nothing was assigned. Ask again whose meter it is, and search for that person.
identity-year-is-shared = Initials and year are another patient's too: the full date is needed.
identity-date-is-shared = Initials and date are another patient's too: an identifier is needed.
identity-date-needed = Somebody else with these initials was born in the same year: type the full birth date.
identity-date-unclear = This date can be read in two ways. Type it with the month in letters, like 31-Dec-1901.
identity-year-short = Two digits do not say which century. Type the year in full, with four digits.
identity-asked-anew = What was typed may be right for somebody else too: type an identifier in full.
identity-person-changed = What is known of this patient was changed meanwhile. Compare what is shown now with the person, and type it anew.
identity-was-undone = The last assignment of this meter was undone: somebody said it was the wrong person. Make sure whose readings these are.
identity-was-undone-but = { $count ->
    [one] The last assignment of this meter was undone. At the care platform one of its readings stays in that record: another station stands behind it, and has to undo it too. Make sure whose it is.
   *[other] The last assignment of this meter was undone. At the care platform { $count } of its readings stay in that record: another station stands behind them, and has to undo them too. Make sure whose they are.
}
identity-taken-off = At the care platform somebody took this meter off this patient. Nothing was assigned yet: make sure whose readings these are.
identity-end-undone = That this meter is the patient's had ended, and somebody undid that. Nothing was assigned yet: ask who the person is, and type it.
identity-owner-merged = At the care platform two records were merged into this one, and name or birth date differ. Nothing was assigned yet: ask who the person is, and type it.
identity-person-gone = This patient is no longer in the directory. Nothing was assigned. Search for the person again.
identity-blocked = This patient did not match twice for this meter. Look at another patient first; after that an identifier is asked for.
identity-not-counted = What was typed did not match, and that could not be noted. Nothing was assigned. Search for the right person.
identity-without-identifier = This record has no identifier, so nothing can be assigned to it here. Go back; the readings wait.
assigning = Assigning
button-confirm-assigned-device = Confirm assigned device
heading-other-owner = This meter belongs to another patient
heading-other-record = These readings are another patient's
heading-record-closed = Nothing can be added to this patient's record
record-is-gone = The care platform has no record of this patient any more.
record-is-not-active = At the care platform this patient's record is not ACTIVE: it takes no readings.
record-is-anothers = The care platform has another person now where this patient was.
record-closed-meaning = The meter is this patient's, so nobody else can be chosen for it. Whoever looks after the care platform has to put the record right: make it ACTIVE again, or merge it into the right one. Then press F3 and go on. The readings wait in quarantine.
instruction-other-owner = Stop. Nothing was moved and nothing was assigned.
belongs-to-another = This meter is already assigned to another patient.
recorded-for-another = These readings are in another patient's record.
label-belongs-to = Belongs to
label-recorded-for = In the record of
label-patient-in-hand = You chose
nothing-new-for-another-meaning = Ask whose meter it is. It holds nothing new for its owner, and nothing waits.
belongs-to-another-meaning = Ask whose meter it is. Its readings wait in quarantine until they are uploaded for its owner.
in-another-record-meaning = Ask whose meter it is. Its readings are in that record already, and nothing waits.
in-parts-meaning = The meter is this patient's. These readings, or some of them, are in the record of whoever had it before: read the meter again for what is this patient's.
other-owner-cannot-here = It cannot be given to somebody else here.
other-owner-transfer = If it is this patient's now, a clinician transfers it: { $key } in tab 5 of its owner's dashboard.
owner-not-shown-meaning = At the care platform the meter is somebody's whose record it does not show here. Ask whose meter it is. If it is this patient's, whoever looks after the care platform has to end that first; the readings wait.
owner-not-told = another patient, who cannot be told from here
instruction-done-undone = This assignment was undone. The readings are in no record, and wait for a patient.
instruction-taken-back = Stop. What was assigned here is taken back: none of it counts for this patient.
taken-back-meaning = Somebody else was faster, or it was theirs before. Ask whose meter it is. Its readings wait again, until they are uploaded for its owner.
button-back-to-search = Back to the search

## Transfer

heading-transfer-to = Transfer the meter: to whom?
heading-transfer-first-day = Transfer the meter: from which day?
heading-transfer-reason = Transfer the meter: what goes along, and why?
heading-transfer-identify-from = Transfer the meter: who has it?
heading-transfer-identify-to = Transfer the meter: who gets it?
heading-transfer-decide = Transfer the meter?
heading-transfer-done = The meter was transferred
instruction-transfer-to = Search for the patient who gets the meter, and choose them.
instruction-transfer-first-day = Type the first day, by the meter's own clock, on which the other patient measured with it.
instruction-transfer-looking = Please wait a moment.
instruction-transfer-reason = Compare the counts, and type why the meter is the other patient's.
instruction-transfer-not-now = Nothing was changed.
instruction-transfer-decide = Nothing is moved until you choose it here.
instruction-transfer-done = The record of each holds what was measured on their days.
transfer-looking = Counting the readings ...
transferring = Transferring ...
label-transfer-from = From
label-transfer-to = To
label-transfer-day = First day
label-goes-along = Goes along
label-stays = Stays
label-stays-unsure = Stays as well
transfer-moved = { $count ->
    [one] 1 reading from { $day } on
   *[other] { $count } readings from { $day } on
}
transfer-stayed = { $count ->
    [one] 1 reading from before { $day }
   *[other] { $count } readings from before { $day }
}
transfer-unsure = { $count ->
    [one] 1 reading without a sure time
   *[other] { $count } readings without a sure time
}
transfer-meaning = Nothing is deleted. What the meter sends later of the days before { $day } is put into no record by itself.
transfer-meaning-back = Nothing is deleted. The meter is { $name }'s from the beginning again: what it sends of any day is theirs.
transfer-back = To take it back, transfer the meter back from the same day.
example-transfer-day = 14-Jul-2026
example-reason-transferred = it was given on in July
button-transfer = Transfer the meter
button-go-on = Go on
not-theirs-earlier = { $earlier ->
    [one] 1 reading from before { $day } is not imported: the meter was another patient's then. It is kept here.
   *[other] { $earlier } readings from before { $day } are not imported: the meter was another patient's then. They are kept here.
}
not-theirs-unsure = { $unsure ->
    [one] 1 reading without a sure time is not imported: the meter was another patient's before { $day }. It is kept here.
   *[other] { $unsure } readings without a sure time are not imported: the meter was another patient's before { $day }. They are kept here.
}
not-theirs-both = Of this meter { $earlier } from before { $day } and { $unsure } without a sure time are not imported: the meter was another patient's then. They are kept here.

# $person: who had it, as far as the role is told; $why: meter-replaced or meter-returned.
was-anothers = The meter was another patient's until { $day } ({ $why }): { $person }. Make sure whose it is now.
was-anothers-lost = The meter was reported lost. It was another patient's until { $day }: { $person }. It is assigned to nobody before a clinician has undone that.
lost-is-nobodys = The meter was reported lost: it was another patient's until { $day }. It is assigned to nobody before a clinician has undone that.
was-anothers-before = Another patient had the meter until { $day } ({ $why }). Make sure whose it is now.
was-anothers-and-kept = Another patient had the meter until { $day } ({ $why }). { $earlier } { $earlier ->
    [one] reading
   *[other] readings
} of before and { $unsure } without a sure time are kept here, and not imported.
was-this-patients = The meter was this patient's until { $day } ({ $why }). If it is theirs again, all that it holds goes into their record, also what was measured since ({ $count }).

## The end of an ownership

heading-ending-why = End that the meter is this patient's: why?
heading-ending-last-day = End that the meter is this patient's: until when?
heading-ending-reason = End that the meter is this patient's: what stays?
heading-ending-identify = End that the meter is this patient's: who is it?
heading-ending-decide = End that the meter is this patient's?
heading-ending-done = The meter is nobody's now
heading-ending-undo = Undo the end: the meter is this patient's again
instruction-ending-why = Choose what became of the meter.
instruction-ending-last-day = Type the last day, by the meter's own clock, on which this patient measured with it.
instruction-ending-reason = Compare what stays, and type what is known of it.
instruction-ending-decide = Nothing is ended until you choose it here.
instruction-ending-done = Its next upload asks whose it is, and says who had it.
ending-replaced = Replaced: the patient has another meter in its place
ending-lost = Lost or stolen: nobody is given it until it is found
ending-returned = Returned: the patient gave it back
ending-error = In error: it never was this patient's, and nothing of it is in their record
label-ending-of = Meter of
label-ending-why = Ends
label-ending-day = Last day
label-ended = Ended
label-stays-in-record = In the record
label-kept-here = Kept here
label-waits-for-next = Waits
# $why: meter-replaced, meter-lost or meter-returned.
ending-until = { $why }, until { $day }
# $sure: 1 if any of them has a sure time; $day: that of the last one.
ending-in-record = { $count ->
    [one] 1 reading stays
   *[other] { $count } readings stay
}{ $sure ->
    [0] { "" }
   *[other] , the last of { $day }
}
ending-kept = { $count ->
    [one] 1 reading of the days until { $day }, in no record
   *[other] { $count } readings of the days until { $day }, in no record
}
ending-free = { $count ->
    [one] 1 reading from after { $day }, for whoever has the meter next
   *[other] { $count } readings from after { $day }, for whoever has the meter next
}
ending-free-all = { $count ->
    [one] 1 reading, for whoever has the meter next
   *[other] { $count } readings, for whoever has the meter next
}
ending-meaning = Nothing is deleted. What the meter sends later of the days until { $day } is put into nobody else's record. Its next upload asks whose it is.
ending-meaning-lost = Nothing is deleted. What the meter sends later of the days until { $day } is put into nobody else's record. If it turns up, it waits until a clinician has undone this.
ending-meaning-error = Nothing is deleted. The meter is as if it never had been anybody's, and its next upload asks whose it is.
ending-ownership = Ending it ...
ending-undo-looking = Looking up the end ...
ending-undo-meaning = Nothing is deleted: that it was ended, and that this is undone, stays written. The meter is this patient's again from the day on from which it was.
example-reason-ended = she has a new one since July
example-reason-end-undone = the meter was found
button-end-ownership = End it

## Undo

heading-undo = Undo the assignment
instruction-undo = Check whose record it is. Then choose Undo.
instruction-undo-reason = Check whose record it is, type why, then choose Undo.
instruction-undo-looking = Please wait a moment.
instruction-undo-not-now = Nothing was changed.
undo-looking = Looking up the assignment ...
undoing = Undoing ...
label-assigned = Assigned
# $at: when; $user: who did it.
assigned-at-by = { $at } by { $user }
label-record-of = Record of
label-taken-out = Taken out
undo-meaning = Nothing is deleted: the readings wait on the work list.
undo-ends-ownership = The meter is nobody's then.
undo-at-platform = The care platform marks them as entered in error.
example-reason-undone = the wrong row was chosen
button-undo = Undo
button-leave-assigned = Leave it as it is

## Correct times

heading-correct-times = Correct the times of a meter
heading-undo-correction = Undo a correction of times
instruction-correct-times = Name the readings by the meter's clock, and say when the first really was.
instruction-look-at-correction = Look at what was corrected last, to undo it, or go back.
instruction-check-times = Compare before and after with what the person says. Nothing is changed yet.
instruction-undo-correction = Check what was corrected. Then choose Undo.
instruction-undo-correction-reason = Check what was corrected, type why it was wrong, then choose Undo.
times-looking = Looking up the readings of this meter ...
times-changing = Writing it down ...
times-none-dated = The record has no reading of this meter with a time, so there is nothing to correct.
label-meter-times = By the meter
label-span-first = First reading
label-span-last = Last reading
label-was-measured = The first was at
label-corrected = To correct
label-corrected-before = Corrected
label-first-time = The first
label-last-time = The last
label-corrected-at = By whom
label-corrected-why = Why
# $count: readings that have a time; $first, $last: the meter's time of the first and last of them.
times-of-meter = { $count ->
    [one] 1 reading, of { $first }
   *[other] { $count } readings, from { $first } to { $last }
}
# $count: readings; $first, $last: the meter's time of the first and the last; $by: how much was added or taken off.
times-corrected = { $count ->
    [one] 1 reading, of { $first }: { $by }
   *[other] { $count } readings, from { $first } to { $last }: { $by }
}
# $last: the correction as above; $count: how many others stand.
times-corrected-more = { $count ->
    [one] { $last }, and once more before
   *[other] { $last }, and { $count } times more before
}
# $count: readings; $by: how much is added or taken off.
times-to-correct = { $count ->
    [one] 1 reading, { $by }
   *[other] { $count } readings, { $by }
}
# $before: the meter's time; $after: the corrected one.
times-becomes = { $before } becomes { $after }
times-later = { $by } later
times-earlier = { $by } earlier
duration-days = { $count } d
duration-hours = { $count } h
duration-minutes = { $count } min
duration-seconds = { $count } s
times-doubted = { $count ->
    [one] 1 was doubted, and counts then.
   *[other] { $count } were doubted, and count then.
}
times-turned = { $count ->
    [one] 1 is out of the order of the meter's memory then: can that be?
   *[other] { $count } are out of the order of the meter's memory then: can that be?
}
times-early = { $count ->
    [one] 1 would be of before a read that did not have it: can that be?
   *[other] { $count } would be of before a read that did not have them: can that be?
}
times-between = { $count ->
    [one] 1 other of this meter lies between them: can that be?
   *[other] { $count } others of this meter lie between them: can that be?
}
times-same-minute = { $count ->
    [one] 1 is in the minute of another.
   *[other] { $count } are in the minute of another.
}
times-stay = { $count ->
    [one] 1 of the span was corrected before and stays so.
   *[other] { $count } of the span were corrected before and stay so.
}
times-undated = { $count ->
    [one] 1 of this meter has no time and stays as it is.
   *[other] { $count } of this meter have no time and stay as they are.
}
times-meaning = The meter's own times stay written beside the corrected ones.
times-only-undone = The care platform does not take other times of this meter now: it does not have all of its readings yet, or the settings do not let them be changed. What was corrected before can be undone.
times-told-there = The care platform has these readings, and is told.
times-undo-meaning = Nothing is deleted: the record has the meter's own times again.
title-times = Before and after
head-before = By the meter
head-after = Corrected
example-moment = 14-Jul-2026 07:30
example-reason-times = the battery was changed on 10-Jul
example-reason-correction-undone = the wrong day was typed
button-check-times = See what it does
button-look-at-correction = The last correction
button-correct-times = Correct the times
button-undo-correction = Undo
button-leave-times = Leave all as it is
complaint-moment = Please type a day and a time like 14-Jul-2026 07:30.
complaint-no-reading = The record has no reading of this meter at this time. Please type the time of one.
complaint-last-before-first = This lies before the first reading. Please type a later one.
complaint-no-shift = This is what the meter says: there is nothing to correct.
complaint-no-such-time = No meter measured then. Please look at the days again.
complaint-corrected-already = This one was corrected already: undo that first.
# $before: the meter's time; $next: the time that it stored next.
complaint-turns-round = Between { $before } and { $next } the meter's clock went back: name a shorter span.
# $before: the meter's time; $after: the corrected one; $read: when it was read.
complaint-after-read = The one of { $before } would be of { $after }, but was read at { $read }.
complaint-same-result = The one of { $before } would be of { $after }, where the same result is.

## Done

heading-done = Done
instruction-done = The readings are in the record.
instruction-done-telling = The readings are safe here. The care platform is being told.
instruction-done-here = The readings are safe here, and go to the care platform by themselves.
instruction-done-at-platform = The readings are in the record of the care platform.
instruction-done-was-there = The record of the care platform had these readings already.
instruction-done-waits = The readings are safe here and wait for the care platform.
instruction-done-kept-all = The readings are safe here. None of them goes into the record of the care platform: they are control tests, or their time or value is in doubt.
# $kept: how many of the readings are in no record there.
done-kept-some = { $kept ->
    [one] 1 of these readings is
   *[other] { $kept } of these readings are
} not in the record of the care platform: control tests, and readings whose time or value is in doubt, stay out of it.
# $since: when it was decided.
waits-for-its-turn = Waiting since { $since } for its turn. It goes by itself.
waits-unanswered = Waiting since { $since }: the care platform does not answer. It is asked again by itself.
waits-put-off = Waiting since { $since }: the care platform cannot take this now. It is asked again by itself.
# $why: what is missing.
waits-not-allowed = Waiting since { $since }: with this sign-in the care platform does not allow it ({ $why }). It goes when somebody signs in who may.
# $why: the platform's own words.
waits-refused = Waiting since { $since }: the care platform does not take this ({ $why }). Somebody must look.
waits-behind = Waiting since { $since } behind what the care platform does not take ({ $why }). Somebody must look.
waits-misplaced = Sent after { $since } while two records were merged. The merger was taken back: at the care platform this is in another patient's record. Somebody must put that right there.
waits-perhaps-misplaced = Sent after { $since } while two records were merged, and no answer came. The merger was taken back: at the care platform this may be in another patient's record. Somebody must look there.
waits-behind-misplaced = Waiting since { $since }: something of this meter is, or may be, in another patient's record at the care platform. Somebody must put that right there.
device-assigned = { $model } is now assigned to { $person }.
readings-assigned = The readings of this { $model } are now in the record of { $person }. The meter itself belongs to nobody: it has no serial number.
readings-were-there = The readings of this { $model } were in the record of { $person } already. Nothing was added.
device-known = { $model } belongs to { $person } already.
readings-added = { $new } new readings, { $already } already there
# $count: how many.
readings-all-there = { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
unplug-now = You can unplug the meter now.
more-meters-wait = { $count ->
    [one] One more meter waits: { $key } for this patient, { $other } for another.
   *[other] { $count } more meters wait: { $key } for this patient, { $other } for another.
}
button-go-to-dashboard = Go to dashboard
button-next-meter = Next meter of this patient
button-next-patient = Next patient

## What is not at the care platform

heading-undelivered = Not at the care platform yet
instruction-undelivered-refused = Have it looked at. Then type what was found or put right, and press Enter to send it again.
instruction-undelivered-behind = Look at what it waits for: readings go into no record before the meter is that patient's.
instruction-undelivered-misplaced = Have it moved into this patient's record at the care platform. Then type what was done, and press Enter; it is not sent again.
instruction-undelivered-perhaps-misplaced = Have it looked for in that record and moved into this patient's. Then type what was found or done, and press Enter to send what is not there.
instruction-undelivered-behind-misplaced = Look at what it waits for: it goes by itself once somebody has seen to that.
instruction-undelivered-waits = Nothing has to be done: it goes by itself.
instruction-undelivered-over = Nothing is left to be done about it.
label-undelivered = To be told
label-in-record-of = In the record of
label-perhaps-in-record-of = Perhaps in that of
undelivered-ownership = its owner
undelivered-withdrawal = withdrawal of { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
undelivered-correction = times of { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
person-has-corrections = { $count ->
    [one] The care platform does not have 1 corrected time yet.
   *[other] The care platform does not have { $count } corrected times yet.
}
undelivered-is-over = This does not wait any more.
example-reason-seen-to = moved by the record office
example-reason-again = the server was repaired
# $count: how many readings were to be delivered; $why: the platform's own words.
person-has-refused = { $count ->
    [one] A reading of { $meter } is not in the care platform's record: { $why }. { $key } shows it.
   *[other] Of { $count } readings of { $meter } not all are in the care platform's record: { $why }. { $key } shows it.
}
person-has-misplaced = { $count ->
    [one] A reading of this patient is, or may be, in another patient's record at the care platform. { $key } shows it.
   *[other] { $count } readings of this patient are, or may be, in another patient's record at the care platform. { $key } shows it.
}
person-has-others = { $count ->
    [one] A reading of another patient is, or may be, in this record at the care platform. It is not shown here. { $key } tells whose.
   *[other] { $count } readings of another patient are, or may be, in this record at the care platform. They are not shown here. { $key } tells whose.
}
person-has-undelivered = { $count ->
    [one] A reading waits for the care platform: only this station has it.
   *[other] { $count } readings wait for the care platform: only this station has them.
}
panel-platform = Care platform
panel-no-answer = does not answer
panel-answers-again = answers again
panel-refused = { $count } not taken
panel-misplaced = { $count } to be put right
panel-undelivered = { $count } to be delivered
panel-noted = { $count } noted
panel-noted-to-decide = { $count } to decide
panel-taken-back = { $count ->
    [one] 1 meter taken back
   *[other] { $count } meters taken back
}

## Dashboard

heading-dashboard-7 = Dashboard: the last 7 days
heading-dashboard-7-mg-per-dl = Dashboard: the last 7 days, in mg/dL
heading-dashboard-7-mmol-per-l = Dashboard: the last 7 days, in mmol/L
heading-dashboard-14 = Dashboard: the last 14 days
heading-dashboard-14-mg-per-dl = Dashboard: the last 14 days, in mg/dL
heading-dashboard-14-mmol-per-l = Dashboard: the last 14 days, in mmol/L
heading-dashboard-30 = Dashboard: the last 30 days
heading-dashboard-30-mg-per-dl = Dashboard: the last 30 days, in mg/dL
heading-dashboard-30-mmol-per-l = Dashboard: the last 30 days, in mmol/L
heading-dashboard-90 = Dashboard: the last 90 days
heading-dashboard-90-mg-per-dl = Dashboard: the last 90 days, in mg/dL
heading-dashboard-90-mmol-per-l = Dashboard: the last 90 days, in mmol/L
# $first, $last: days.
heading-dashboard-other = Dashboard: { $first } to { $last }
heading-dashboard-other-mg-per-dl = Dashboard: { $first } to { $last }, in mg/dL
heading-dashboard-other-mmol-per-l = Dashboard: { $first } to { $last }, in mmol/L
heading-choose-days = Dashboard: choose the days
instruction-choose-days = Type the first and the last day. As many days before them stand beside them for comparison.
label-first-day = First day
# $day: today, to show the form.
example-first-day = like { $day }
label-last-day = Last day
example-last-day = without one it is today, { $day }
loading-dashboard = Loading the readings
label-mean = Mean
tab-overview = Overview
tab-standard-day = Standard day
# Where the line of tabs has no room for the whole.
tab-standard-day-short = Day
tab-logbook = Logbook
tab-patterns = Patterns
tab-devices = Devices
tab-uploads = Uploads
tab-export = Export
only-before-meal = Only readings marked as before a meal are looked at.
only-after-meal = Only readings marked as after a meal are looked at.
only-fasting = Only readings marked as fasting are looked at.
only-bedtime = Only readings marked as at bedtime are looked at.
only-unmarked = Only readings without a meal marker are looked at.
label-latest = Latest
# $upload: when a meter was last uploaded for this person.
latest-and-upload = { $value } on { $at }; last upload { $upload }
latest = { $value } on { $at }
latest-upload = last upload { $upload }
label-from = From
# $count: readings that only the care platform has; $at: when it was asked.
from-platform = { $count ->
    [0] here and the care platform, as of { $at }
   *[other] here, and { $count } from the care platform alone, as of { $at }
}
from-said = The record is from { $from }.
# $count: readings that are here and not among those that are shown.
not-shown-of-merged = Readings here that are not shown: { $count }. Their record was merged into this one, and the care platform does not say now that it is this person's.
part-of-record = The care platform has more readings of this time than it gave while it was waited for. The numbers are of those that are shown.
from-here-only = The care platform does not answer. Shown is only what this station has: there may be more.
label-values = Values
label-lows = Lows
lows-none = none below { $limit }
lows = { $count } below { $limit }, the last { $value } on { $at }
# $before: how many were in the period before.
lows-and-before = { $count } below { $limit } (previous { $before }), the last { $value } on { $at }
# Where some are very low, those come last: what is said of the whole line is said of them.
lows-and-very-low = { $count } below { $limit }, last { $day }; { $very } { $verylimit }, lowest { $lowest }
lows-and-very-low-and-before = { $count } below { $limit } (previous { $before }), last { $day }; { $very } { $verylimit }, lowest { $lowest }
# Small charts. In the marks of days a number is how many readings, a hyphen that none of them is.
strip-hours = Hour of day
strip-upper = 75 %
strip-median = Median
strip-lower = 25 %
strip-above = Above { $limit }
strip-below = Below { $limit }
strip-until = to { $day }
# $without: whether one of them has no reading.
strip-mark = { $days ->
    [one] each mark a day
   *[other] each mark { $days } days
}{ $without ->
    [yes] , x: none
   *[no] { "" }
}
# $low_hours: 6-9, from 6:00 to 8:59.
# $days: how many days have one bar together.
strip-day-median = { $days ->
    [one] Day median
   *[other] Trend
}
strip-from-to = { $low } to { $high }
# $beyond: medians of single days far from all others, whose bars are as low or as high as those of the others.
strip-from-to-beyond = { $low } to { $high }, beyond: { $beyond }
# $days: how many days have one median together; $low_day, $high_day: the first of them.
trend-said = { $days ->
    [one] The median of a day is lowest on { $low_day } ({ $low } { $unit }) and highest on { $high_day } ({ $high } { $unit }).
   *[other] The median of { $days } days is lowest from { $low_day } on ({ $low } { $unit }) and highest from { $high_day } on ({ $high } { $unit }).
}
trend-no-median = No day has the { $need } values that a median needs.
# Of a chart without any median.
trend-legend-dots = Dots: the lowest and the highest value of each day.
trend-legend = { $days ->
    [one] Thick: the median of each day; shade: lowest to highest.
   *[other] Thick: the median of { $days } days; shade: lowest to highest.
}
# $top: where the chart ends; $highest: the highest value of a day that goes on behind it, in the same unit.
trend-beyond = Marked at the upper edge: days that go on beyond { $top }, to { $highest }.
# $low_count, $high_count: how many readings a median is of.
standard-day-said = Standard day: the median is lowest at { $low_hours } o'clock ({ $low } { $unit }, of { $low_count } readings) and highest at { $high_hours } o'clock ({ $high }, of { $high_count }).
# $beyond: hours with fewer readings, whose medians are lower or higher than those.
standard-day-beyond = { $said } Of fewer readings: { $beyond }.
standard-day-of-few = { $hours } o'clock { $median } (of { $count })
# $need: so many readings make a result.
standard-day-one = Standard day: only at { $low_hours } o'clock are there { $need } readings or more; their median is { $low } { $unit } (of { $low_count }).
standard-day-few = Standard day: at no time of day are there the { $need } readings that a comparison needs.
standard-day-none = No standard day: it needs { $need } values within three hours of the day.
# The numbers of a period beside those of the period before it. Heads of columns, short.
beside-period = Compared
beside-now = { $days ->
    [one] This day
   *[other] These { $days } days
}
beside-before = { $days ->
    [one] The day before
   *[other] { $days } days before
}
beside-count = n
beside-a-day = a day
beside-mean = mean
beside-cv = CV %
beside-in-range = target
beside-lows = lows
beside-highs = highs
beside-said = Beside the { $days ->
    [one] day
   *[other] { $days } days
} before: mean { $now } { $unit }, before { $before }; in range { $now_in }, before { $before_in }; lows { $now_low }, before { $before_low }.
meals-label = Meals
meals-part = { $meal }: { $count } with median { $median }, { $low } low, { $high } high
meals-said = By meal marker: { $parts }.
latest-reading = { $time }: { $value }, { $notes }
latest-said = The latest readings: { $readings }.
days-said = { $days ->
    [one] The one day with readings { $high ->
        [0] has no value above { $high_limit }
       *[other] has a value above { $high_limit }
    } and { $low ->
        [0] none below { $low_limit }.
       *[other] one below { $low_limit }.
    }
   *[other] Of { $days } days with readings { $high ->
        [0] none has
        [one] 1 has
       *[other] { $high } have
    } a value above { $high_limit }, { $low ->
        [0] none has
        [one] 1 has
       *[other] { $low } have
    } one below { $low_limit }.
}
# SD: standard deviation; CV: coefficient of variation.
# $before: the mean of the period before.
mean-and-before = { $mean } { $unit } (previous { $before })
mean-alone = { $mean } { $unit }
mean-and-spread = { $mean }, median { $median }, SD { $sd }, CV { $cv } %
# $need: so many values SD and CV need.
mean-without-spread = { $mean }, median { $median }; SD, CV from { $need } values on
lowest-and-highest = { $lowest } to { $highest } { $unit }
# $beyond: how many LO and HI, which are lower and higher than any number.
lowest-and-highest-besides = { $lowest } to { $highest } { $unit }, and { $beyond }
# $number: what stands for LO or HI in the mean.
low-taken-as = { $count } LO counted as { $number }
high-taken-as = { $count } HI counted as { $number }
low-not-taken = { $count } LO in no mean
high-not-taken = { $count } HI in no mean
left-out = { $count ->
    [one] 1 reading with a doubted time not counted: { $why }
   *[other] { $count } readings with doubted times not counted: { $why }
}
left-out-clock-wrong = { $count } wrong clock
left-out-ahead = { $count } in the future
left-out-before-model = { $count } older than the model
left-out-clock-changed = { $count } clock changed
left-out-without-time = { $count } no time
# $known: "all" where the whole record is counted, "part" where only the period was asked for.
dashboard-counts = { $days ->
    [0] { $count } on none of { $window } { $window ->
        [one] day
       *[other] days
    }
   *[other] { $count } on { $days } of { $window } { $window ->
        [one] day
       *[other] days
    }
}{ $known ->
    [all] ; { $total } in all
   *[part] ; { $total } in all known here
}
dashboard-counts-not-all = { $days ->
    [0] { $count } on none of { $window } { $window ->
        [one] day
       *[other] days
    }, not counted: { $why }
   *[other] { $count } on { $days } of { $window } { $window ->
        [one] day
       *[other] days
    }, not counted: { $why }
}{ $known ->
    [all] ; { $total } in all
   *[part] ; { $total } in all known here
}
uncounted-control = { $count ->
    [one] 1 control test
   *[other] { $count } control tests
}
uncounted-other-kind = { $count } of another kind
uncounted-invalid = { $count } invalid
uncounted-time-doubted = { $count } with a doubted time
value-with-unit = { $value } { $unit }
percent = { $percent } %
percent-below-one = <1 %
range-word-very-low = Very low
range-word-low = Low
range-word-high = High
range-word-very-high = Very high
range-very-low = Very low { $limit }
range-low = Low { $limit }
range-target = In range { $limit }
range-high = High { $limit }
range-very-high = Very high { $limit }
# Below the list of meters, and of uploads, in a large window.
uploads-of-meter = Uploads of { $name }
upload-counts = { $new } new, { $known } known
meter-since = since { $day }
title-readings = Readings
head-time = Time
head-value = Value
head-meal = Meal
head-remarks = Notes
no-readings-in-period = No readings in this period.
export-last-elsewhere = The last reading of this record is of { $day }: name days with --from or --until.
# $key: the key of the form for other days, which then has the days up to that reading.
last-reading-elsewhere = The last reading known is of { $last }: { $key } leads to its days.
# $count: readings of the whole record whose time is doubted.
no-readings-but-doubted = No readings in this period. Those with a doubted time ({ $count }) stand in the logbook in brackets, on the days that the meter told: look at other days for them.
none-counts = No reading of this period is in the numbers: the logbook has them in brackets, and a reading says why.
latest-none-counts = none that is in the numbers
latest-none-counts-upload = none that is in the numbers; last upload { $upload }
title-reading = One reading
label-time = Time
label-meter-time = By the meter
# $time: the meter's own; $which: what is doubted of it.
meter-time-doubted = { $time } ({ $which })
time-corrected = time corrected
times-corrected-here = { $count ->
    [one] 1 reading of these days has a corrected time.
   *[other] { $count } readings of these days have corrected times.
}
label-value = Value
label-as-sent = As sent
label-meal = Meal
label-notes = Notes
label-in-numbers = In numbers
label-raw = Raw
meal-not-told = the meter cannot mark meals
reading-counts = counted
reading-counts-not = not counted
# $place: from 1 on, in the order in which the meter sent its memory.
reading-place = no. { $place }
title-sources = Read from
head-read = Read
head-place = In memory
loading-sources = Looking up which meter it was read from
sources-elsewhere = No read at this station is known of it: the record has it from elsewhere.
raw-field = { $field } { $sent }
raw-not-kept = nothing that the meter sent besides is kept
# The standard day as curves.
# $shades: "both", "inner" where only the quartiles are drawn, "none".
curve-legend = Thick: the median of 2.5 hours each{ $shades ->
    [both] ; shades: 25-75, 5-95 %.
    [inner] ; shade: 25-75 %.
   *[none] .
}
curve-legend-points = Each dot is one reading or several at one time of day.
curve-of = The curves are of { $count } readings.
curve-lows = At least one reading in twenty is below { $limit } { $times }.
curve-low-span = from { $from } to { $to }
curve-low-at = around { $from }
curve-no-lows = At no time of day is one reading in twenty below { $limit }.
curve-no-tails = At no time of day are there enough to say where the lowest twentieth lies.
curve-spread-out = { $count } readings, at no time of day enough for a median.
curve-too-few = { $count ->
    [one] 1 reading is too little for curves, which need { $need }: it is a dot.
   *[other] { $count } readings are too few for curves, which need { $need }: each is a dot.
}
# The logbook: rows of days, columns of three hours. Marks stand behind a value, without a blank.
head-day = Day
title-readings-of-day = Readings of { $day }
logbook-said = { $with } of { $days ->
    [one] 1 day
   *[other] { $days } days
} with readings, { $low } with a low
logbook-legend = L low, H high, ! very low or very high, LO, HI; in brackets: in no number.
column-fasting = Fasting
column-before = Before
column-after = After
column-bedtime = Bedtime
column-unmarked = Unmarked
logbook-not-counted = ({ $value })
logbook-no-number = -
logbook-reading = { $time } { $value }
logbook-spoken = { $value } { $notes }
logbook-nothing = no reading
logbook-day = { $day }: { $readings }
# Behind LO and HI, which say themselves on which side they lie.
mark-very = !
mark-low = L
mark-very-low = L!
mark-high = H
mark-very-high = H!
weekday-mo = Mo
weekday-tu = Tu
weekday-we = We
weekday-th = Th
weekday-fr = Fr
weekday-sa = Sa
weekday-su = Su
# What recurs. No word of what to do about it.
title-patterns = Patterns
head-pattern = Pattern
head-state = State
head-evidence = Evidence
state-found = FOUND
state-not-found = not found
state-not-enough = not enough data
pattern-very-low = Very lows
pattern-lows-at-time = Lows at a time of day
pattern-very-highs-at-time = Very highs at a time
pattern-variability = Unstable
pattern-risk-of-lows = Risk of lows
pattern-risk-of-highs = Risk of highs
# $hours: a list of 6-9, from 6:00 to 8:59.
evidence-readings = { $count } at { $hours } o'clock, last { $last }
evidence-cv = CV { $number } %
evidence-lbgi = LBGI { $number }
evidence-hbgi = HBGI { $number }
# $number: one of the three before.
evidence-of-readings = { $number }, made by { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
# How many of a hundred, and how many.
share-numbers = { $percent } ({ $count })
head-share = Share
# Of a number, in percent.
share = { $share } %
share-under = <0.1 %
# $rule: when the pattern is found.
rule-with-shares = { $rule } Each reading has its share of that number; the largest come first.
pattern-needs = needs { $readings } values on { $days } days
rule-very-low = Found where any reading lies below { $very_low }, LO among them.
rule-lows-at-time = Found where readings below { $low } come again in the same three hours of another day less than two weeks away.
rule-very-highs-at-time = Found where readings above { $very_high } come again in the same three hours of another day less than two weeks away.
rule-variability = Found where the coefficient of variation is above 36 %.
rule-risk-of-lows = Found where the low blood glucose index is 2.5 or more: moderate up to 5, high above.
rule-risk-of-highs = Found where the high blood glucose index is 4.5 or more: moderate up to 9, high above.
label-measured = Measured
# $with: a day with a reading has so many.
measured = { $a_day } a day, { $with } on days with readings
measured-and-gap = { $a_day } a day, { $with } on days with readings; longest gap between two readings { $gap }
gap-days = { $days } d { $hours } h
gap-hours = { $hours } h { $minutes } min
# All numbers, on a page of their own. $median: the 50th percentile.
label-percentiles = Percentiles
percentiles = 5 % { $p05 }, 25 % { $p25 }, 50 % { $median }, 75 % { $p75 }, 95 % { $p95 } { $unit }
no-number = not shown: there is no number
# Average daily risk range. $least: so many readings a day with it has.
label-adrr = ADRR
adrr = { $adrr }, over { $days } days with { $least } or more readings
adrr-too-few = not shown: needs { $need } days with { $least } or more readings, has { $have }
label-a-day = A day
a-day = { $a_day } over { $window ->
    [one] 1 day
   *[other] { $window } days
}, { $with } over the { $days } with readings
label-without = Without
without = { $days ->
    [one] 1 day
   *[other] { $days } days
}
without-and-gap = { $days ->
    [one] 1 day
   *[other] { $days } days
}; longest gap between two readings { $gap }
title-by-meal = By meal marker
head-quartiles = 25-75 %
label-risk = Risk
label-beyond = LO, HI
# LBGI, HBGI: low and high blood glucose index.
risks = of lows { $of_lows } (LBGI { $lbgi }), of highs { $of_highs } (HBGI { $hbgi })
risk-low = low
risk-moderate = moderate
risk-high = high
title-devices = Meters of this person
head-since = Since
head-last-upload = Last upload
head-until = Until
no-meters-held = No meter is or was this person's at this station.
devices-without-serial = A meter without a serial number is nobody's: its uploads are among the uploads.
meter-is-theirs = theirs
meter-is-theirs-from = By its own clock { $name } is theirs from { $day } on; it was another patient's before.
meter-transferred = transferred
meter-transferred-on = By its own clock { $name } is another patient's from { $day } on: { $reason }.
# $first, $last: by the meter's own clock; $by: by how much, and in which direction.
meter-times-corrected = { $count ->
    [one] The time of 1 reading of { $name }, { $first } by its own clock, is corrected ({ $by }): { $reason }.
   *[other] The times of { $count } readings of { $name }, from { $first } to { $last } by its own clock, are corrected ({ $by }): { $reason }.
}
meter-times-corrected-before = { $count ->
    [one] There is one correction more, from before.
   *[other] There are { $count } corrections more, from before.
}
meter-undone = taken back
meter-ended = ended
meter-replaced = replaced
meter-lost = lost
meter-returned = returned
meter-in-error = in error
# $why: meter-replaced, meter-lost or meter-returned; $day: by the meter's own clock.
meter-ended-on = { $name } was theirs until { $day } by its own clock ({ $why }): { $reason }.
meter-ended-in-error = { $name } never was theirs: { $reason }.
meter-at-platform = by the platform
# What only the care platform has. $last: the time of the last reading, by the meter's clock.
label-elsewhere = Elsewhere
elsewhere-station = { $count } of { $meter }, from another station; the last of { $last }
elsewhere-other = { $count } of { $meter }, from no station of this program; the last of { $last }
elsewhere-left = { $count } more, from { $sources ->
    [one] 1 other place
   *[other] { $sources } other places
}
meter-not-named = a meter that is not named there
title-uploads = Uploads at this station
head-uploaded = Uploaded
head-meter = Meter
# Cable or file.
head-way = Way
way-cable = cable
way-file = file
way-transferred = moved
head-new = New
head-already-there = Known
head-by = By
no-uploads = Nothing was uploaded for this person at this station.
# What is seen, into a file.
label-days = Days
label-folder = Folder
# $counted: how many of them are in the numbers.
export-readings = { $count ->
    [one] 1 reading, { $counted } in the numbers
   *[other] { $count } readings, { $counted } of them in the numbers
}
title-export-as = Write a file of what is shown
form-text = Text
form-text-what = sentences, to paste into a record
form-pdf = PDF
form-pdf-a4-what = one or two pages to print, A4
form-pdf-letter-what = one or two pages to print, Letter
form-csv = CSV
form-csv-what = a table of the readings, for a spreadsheet
form-fhir = FHIR
form-fhir-what = a document for another record system (HL7 FHIR R4)
form-json = JSON
form-json-what = everything, for a program
exporting = Writing the file
exports-of-demo = This is a demonstration: what is written here is gone when it ends.
# $file: its name in the folder.
export-written = { $count ->
    [one] 1 reading is in { $file }.
   *[other] { $count } readings are in { $file }.
}
time-unknown = time unknown
value-lo = LO
value-hi = HI
value-unscaled = no scale ({ $number })
word-very-low = VERY LOW
word-low = LOW
word-in-range = in range
word-high = HIGH
word-very-high = VERY HIGH
kind-control = control test
kind-ketone = ketone
kind-other = other result
meal-before = before meal
meal-after = after meal
meal-fasting = fasting
meal-bedtime = bedtime
meal-unmarked = not marked
meal-casual = casual

## Device panel

panel-title = Devices
panel-empty = No meter attached.
panel-empty-without-usb = This computer has no USB. Serial ports are watched.
meter-serial-end = { $name } ..{ $end }
meter-connection = { $name } ({ $connection })
meter-number = { $name } no. { $number }
meter-without-serial = { $name }, no serial
problem-of-meter = { $meter }: { $what }
panel-recognised = recognised
panel-denied = no permission
panel-busy = used by another program
panel-ask-model = { $key }: say which meter it is
panel-ask-model-later = step 2 asks which meter it is
panel-probably = probably { $model }
panel-not-mounted = drive not mounted
panel-unsupported = not supported
panel-reading = reading, { $done } so far
panel-reading-of = reading { $done } of { $of }
panel-saving = saving
panel-quarantined = quarantined, { $count ->
    [one] 1 reading
   *[other] { $count } readings
}
panel-waits-for-this = this patient's, { $count } wait
panel-waits-for-another = another patient's, { $count } wait
panel-waits-for-owner = owner known, { $count } wait
panel-in-this-record = assigned to this patient
panel-in-another-record = in another patient's record
panel-in-a-record = in a patient's record
panel-asking-as = asking it as { $model }
panel-no-answer-as = no answer as { $model } [{ $code }]
panel-not-read-as = not read as { $model } [{ $code }]
panel-failed = not read, { $done } arrived [{ $code }]
panel-stopped = stopped
panel-departed = unplugged
panel-not-saved = read, not saved [{ $code }]

## Problems
# `-what`: what happened and what it means for the data. `-remedy`: what to do next.
# $done: readings received. $of: readings announced, or "unknown" while the meter has not said. $missing: the difference.

problem-e-link-1-what = This computer does not allow glucodock to open the meter. Nothing was read and nothing was changed; the readings are still in the meter.
problem-e-link-1-remedy = Ask technical support to give this station access to the meter, then unplug it and plug it in again.
problem-e-link-2-what = Another program on this computer is using the meter. Nothing was read and nothing was changed.
problem-e-link-2-remedy = Close the other program, unplug the meter and plug it in again.
problem-e-link-3-what = { $done ->
    [0] The meter stopped answering before it sent a reading. Nothing was assigned.
   *[other] { $of ->
        [unknown] The meter stopped answering after { $done } { $done ->
            [one] reading
           *[other] readings
        }. Nothing was assigned.
       *[other] The meter stopped answering after { $done } of { $of } readings. Nothing was assigned.
    }
}
problem-e-link-3-remedy = Unplug it, plug it in again and read it again.
problem-e-link-4-what = { $done ->
    [0] The meter was unplugged before it sent a reading. Nothing was assigned.
   *[other] { $of ->
        [unknown] The meter was unplugged after { $done } { $done ->
            [one] reading
           *[other] readings
        }. Nothing was assigned.
       *[other] The meter was unplugged after { $done } of { $of } readings. Nothing was assigned.
    }
}
problem-e-link-4-remedy = Plug it in again and leave it connected until every reading has arrived.
problem-e-link-5-what = { $done ->
    [0] The connection to the meter failed before a reading arrived. Nothing was assigned.
   *[other] { $of ->
        [unknown] The connection to the meter failed after { $done } { $done ->
            [one] reading
           *[other] readings
        }. Nothing was assigned.
       *[other] The connection to the meter failed after { $done } of { $of } readings. Nothing was assigned.
    }
}
problem-e-link-5-remedy = Check the cable, plug the meter in again and read it again. If it fails again, try another cable or socket.
problem-e-meter-1-what = { $done ->
    [0] The meter ended the transfer before it sent a reading. Nothing was assigned; the readings are still in the meter.
   *[other] { $of ->
        [unknown] The meter ended the transfer after { $done } { $done ->
            [one] reading
           *[other] readings
        }. Nothing was assigned; the readings are still in the meter.
       *[other] The meter ended the transfer after { $done } of { $of } readings. Nothing was assigned; the readings are still in the meter.
    }
}
problem-e-meter-1-remedy = Unplug the meter, wait until its display is off, plug it in again and read it again.
problem-e-meter-2-what = { $done ->
    [0] The meter sent damaged data. No reading was kept and nothing was assigned.
   *[other] { $of ->
        [unknown] The meter sent damaged data after { $done } { $done ->
            [one] reading
           *[other] readings
        }. Nothing of this transfer was kept or assigned.
       *[other] The meter sent damaged data after { $done } of { $of } readings. Nothing of this transfer was kept or assigned.
    }
}
problem-e-meter-2-remedy = Unplug the meter, plug it in again and read it again. If it happens again, give the code to technical support.
problem-e-meter-3-what = The meter refused to send its readings. Nothing was read and nothing was changed.
problem-e-meter-3-remedy = Look at the meter's display: close any open menu or message there, plug the meter in again and read it again.
problem-e-meter-4-what = { $of ->
    [unknown] The meter sent fewer readings than it announced: { $done } arrived. Nothing was assigned.
   *[other] The meter announced { $of } readings but sent { $done }. Nothing was assigned.
}
problem-e-meter-4-remedy = Unplug the meter, plug it in again and read it again. If the numbers still differ, give the code to technical support.
problem-e-meter-5-what = glucodock cannot read this meter. Nothing was read and nothing was changed.
problem-e-meter-5-remedy = Use another meter, or write the readings down from the meter's display.
problem-e-meter-6-what = This meter has no serial number that tells it from others. It cannot belong to one patient; its readings wait in quarantine.
problem-e-meter-6-remedy = Choose the patient by hand for this upload, and check the meter together with the patient.
problem-e-meter-7-what = { $missing ->
    [one] One of { $of } records of the meter was not understood. Nothing was assigned; the readings are still in the meter.
   *[other] { $missing } of { $of } records of the meter were not understood. Nothing was assigned; the readings are still in the meter.
}
problem-e-meter-7-remedy = Plug the meter in again and read it again. If the same records are named again, write them down from the meter's display and give the code to technical support.
problem-e-sign-1-what = The name or the password is wrong. You are not signed in.
problem-e-sign-1-remedy = Type the password again, and correct the name if it is wrong. If you forgot your password, whoever looks after the staff can give you another one with "glucodock users password".
problem-e-sign-2-what = There were too many wrong passwords for this name. Meters can still be read into quarantine after somebody else signs in.
problem-e-sign-2-remedy = Wait { $wait }, then try again.
wait-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
wait-minutes = { $count } minutes
problem-e-sign-3-what = Your role does not work with patients or meters. You are not signed in.
problem-e-sign-3-remedy = Sign in under a name that works with patients. Users are added and listed with the command "glucodock users", the audit trail is read with "glucodock audit".
problem-e-sign-4-what = The code was not typed in time, and is worth nothing any more. You are not signed in.
problem-e-sign-4-remedy = Press Enter for a new code.
problem-e-sign-5-what = The sign-in was refused on the other device. You are not signed in.
problem-e-sign-5-remedy = Press Enter for a new code, type it on the other device, and allow the sign-in there.
problem-e-sign-6-what = Your sign-in at the care platform has ended. Nothing is lost: readings already in quarantine stay there.
problem-e-sign-6-remedy = Sign in again. You come back to where you were; anybody else begins at the search.
problem-e-sign-7-what = This sign-in is disabled: nothing is done in its name. Meters that were read are safe, and wait for a patient.
problem-e-sign-7-remedy = Whoever looks after the staff can enable it again with "glucodock users enable". Others sign in as always.
problem-e-sign-8-what = Your password was given to you by somebody else, who knows it. You are not signed in yet.
problem-e-sign-8-remedy = Choose a password that only you know.
problem-e-sign-9-what = The new password is too easy to guess, or is the old one. Your password is as it was, and you are not signed in.
problem-e-sign-9-remedy = Choose a longer one: four words that do not belong together are easy to remember and hard to guess.
problem-e-sign-10-what = Your role or your password was changed since you signed in, or your sign-in was disabled for a while: you are signed out. Meters that were read wait for a patient.
problem-e-sign-10-remedy = Sign in again.
problem-e-plat-1-what = The care platform does not answer. Nothing is lost: readings already in quarantine stay there.
problem-e-plat-1-remedy = Check the network and press Enter to try again. If it still fails, call technical support.
problem-e-plat-18-what = These readings do not go together with this patient's record, and nobody has said who uses the meter. Nothing was assigned; the readings are still in quarantine.
problem-e-plat-18-remedy = Go back to the meters, choose this one again, and ask who uses it.
problem-e-plat-2-what = The care platform refused this. The patient's record was not changed; readings in quarantine stay there.
problem-e-plat-2-remedy = Go back and choose another record, or leave the meter waiting. If it stays so, call technical support.
problem-e-plat-3-what = Somebody else assigned this meter in the meantime. You changed nothing; the readings are still in quarantine.
problem-e-plat-3-remedy = Go back to the device, look who owns it now, and ask the patient whose meter it is.
problem-e-plat-4-what = This patient's record is not active and cannot receive readings. Nothing was assigned; the readings are still in quarantine.
problem-e-plat-4-remedy = Go back and choose another record, or leave the meter waiting.
problem-e-plat-5-what = Another patient already has this identifier. No patient was created.
problem-e-plat-5-remedy = Search for the identifier: the person may be registered already. Otherwise check it and type it again.
problem-e-plat-6-what = What you asked for is no longer there. Nothing was changed.
problem-e-plat-6-remedy = Go back and search again.
problem-e-plat-7-what = What was typed no longer proves who this patient is. Nothing was assigned; the readings are still in quarantine.
problem-e-plat-7-remedy = Look at what is asked for now, ask the person once more and type it.
problem-e-plat-8-what = The meter's clock is over a day off, and nobody said which clock is right. Nothing was assigned; the readings stay in quarantine.
problem-e-plat-8-remedy = Go back to the meters, choose this one again, and answer the question about its clock.
problem-e-plat-9-what = Another patient has these readings already. Nothing was assigned; the readings are still in quarantine.
problem-e-plat-9-remedy = Go back to the meters, choose this one again, and ask the patient whose meter it is.
problem-e-plat-10-what = Meanwhile the meter was read again, or somebody else answered for it or has its readings. Nothing was assigned; all of them wait.
problem-e-plat-10-remedy = Go back to the meters, choose this one again, and look at what it holds now.
problem-e-plat-11-what = Meanwhile somebody with the same name and birth date was registered. No patient was created.
problem-e-plat-11-remedy = Look at who is registered now: they may be the same person.
# $missing: the scope that was not granted, as the authorization server knows it.
withheld-work = The care platform does not allow to work here ({ $missing }).
withheld-find = The care platform does not allow to find patients ({ $missing }).
withheld-create = The care platform does not allow to create patients ({ $missing }).
withheld-keep = The care platform does not allow to see whose a meter is ({ $missing }).
withheld-assign = The care platform does not take readings, which wait here ({ $missing }).
withheld-see = The care platform does not allow to open records ({ $missing }).
withheld-export = The care platform does not allow to export records ({ $missing }).
withheld-undo = What is undone here cannot be withdrawn at the care platform ({ $missing }).
withheld-transfer = What is transferred here is not told at the care platform ({ $missing }).
withheld-end = What is ended here is not told at the care platform ({ $missing }).
withheld-times = Corrected times are not taken there, and all that is read of that meter later waits ({ $missing }).
withheld-owners = Who else has a meter is not told by name ({ $missing }).
withheld-new-here = New patients are not created from this station: they are created at the care platform.
withheld-new-there = The care platform takes no new patients from here: they are created there.
withheld-can-be-allowed = Whoever looks after the sign-in there can allow it.
problem-e-plat-12-what = The care platform does not let this program do that. Nothing was changed there; readings in quarantine stay there.
problem-e-plat-12-remedy = Go on with something else. Whoever looks after this computer sees with "glucodock platform check" what must be allowed.
problem-e-plat-13-what = The care platform has another person where the one was to whom readings were assigned here. Nothing was assigned to either.
problem-e-plat-13-remedy = Do not go on with this person. Tell whoever looks after the care platform: its records may have been replaced.
problem-e-plat-14-what = What came in place of an answer of the care platform cannot be read. Nothing is lost: readings in quarantine stay there.
problem-e-plat-14-remedy = Try again. If it stays so, something else may answer at its address: technical support runs "glucodock platform check".
problem-e-plat-15-what = This patient's record at the care platform has no family name or no whole birth date. Nobody can tell whose it is.
problem-e-plat-15-remedy = Have the record completed at the care platform, then open it again.
problem-e-plat-16-what = The patient was created, but another record at the care platform has the same identifier. Both are there.
problem-e-plat-16-remedy = Do not create the patient again. Search for the identifier, and have the records merged, or the identifier corrected, at the care platform.
problem-e-plat-17-what = The care platform has no record of this patient any more, or does not show it. What was read here stays on this computer.
problem-e-plat-17-remedy = Search for the person again: they may have another record. Otherwise have the record looked for at the care platform, and restored.
problem-e-undo-1-what = Readings of this meter were assigned again later. Nothing was changed.
problem-e-undo-1-remedy = Undo the later assignment first, then this one.
problem-e-undo-2-what = A reason is needed: this assignment is more than 15 minutes old, or somebody else made it. Nothing was changed.
problem-e-undo-2-remedy = Type why the readings do not belong in this record.
problem-e-undo-3-what = This assignment is more than 15 minutes old, or somebody else made it. Nothing was changed.
problem-e-undo-3-remedy = Ask a clinician to undo it. A reason is needed for that.
problem-e-undo-5-what = The care platform was told of this assignment, or may have been: it cannot be undone from here. Nothing was changed.
problem-e-undo-5-remedy = Have the readings put right in the record at the care platform by whoever looks after it, and tell them the meter and when it was assigned.
problem-e-time-1-what = A care platform keeps this record, or was told of these readings: their times are not corrected from here. Nothing was changed.
problem-e-time-1-remedy = If the settings have withdraw_undone, wait until the platform has all readings of this meter. Else have the times put right there by whoever looks after the record: tell them the meter, from when to when its clock was wrong, and by how much.
problem-e-time-2-what = Times of this meter's readings were corrected. Nothing was changed.
problem-e-time-2-remedy = Have a clinician undo the correction first (c in tab 6 of the dashboard of whose record it is), then try again.
problem-e-time-3-what = A reason is needed for a correction of times. Nothing was changed.
problem-e-time-3-remedy = Type why the meter's times are wrong, or why the correction was.
problem-e-undo-4-what = The care platform has, or may have, something of this assignment in another patient's record. Nothing was changed.
problem-e-undo-4-remedy = Have that put right at the care platform first: the work list says what to look for.
problem-e-move-1-what = Readings of this assignment went along with the meter to another patient since. Nothing was changed.
problem-e-move-1-remedy = Transfer the meter back from the same day first, then undo the assignment.
problem-e-move-2-what = A care platform was told of this meter, or one of the two patients is of its directory: the meter is not transferred from here. Nothing was changed.
problem-e-move-2-remedy = Have the device and its readings moved at the care platform by whoever looks after the records there, and tell them the meter and the day.
problem-e-move-3-what = The meter is not this patient's any more, or cannot be given to the other one: both are the same person, a record was merged, or the meter has no serial number. Nothing was changed.
problem-e-move-3-remedy = Look at the patient's devices again.
problem-e-move-4-what = From that day on the meter was a third patient's for some time, or the third one has readings of it. Nothing was changed.
problem-e-move-4-remedy = Type a later day; or give the meter back to the one who had it before first, from the same day as then, and transfer it from there.
problem-e-move-5-what = Readings of a meter without a serial number were left out of this record because the same results of this meter are in it: they would be in no record. Nothing was changed.
problem-e-move-5-remedy = Undo the assignment of the meter without a serial number first, in tab 6 of the dashboard.
problem-e-move-6-what = A reason is needed for a transfer. Nothing was changed.
problem-e-move-6-remedy = Type why the meter is another patient's.
problem-e-move-7-what = The day from which the meter is another patient's has not come yet. Nothing was changed.
problem-e-move-7-remedy = Type the first day on which the other patient measured with it.
problem-e-end-1-what = The meter is not this patient's any more, or its end was undone already. Nothing was changed.
problem-e-end-1-remedy = Look at the patient's devices again.
problem-e-end-2-what = A care platform was told of this meter, or the patient is of its directory: whose it is does not end from here. Nothing was changed.
problem-e-end-2-remedy = Have it ended at the care platform by whoever looks after the records there, and tell them the meter and the last day.
problem-e-end-3-what = This patient's record has readings of the meter of later days, or the meter was another patient's then. Nothing was changed.
problem-e-end-3-remedy = Type the day of their last reading, or a later one. If those readings are another patient's, transfer the meter from that day on (t), or undo the upload in tab 6.
problem-e-end-4-what = This patient's record has readings of the meter, or the meter came to them from another patient: it was not theirs in error alone. Nothing was changed.
problem-e-end-4-remedy = Put the readings right first: undo the uploads in tab 6, the last one first, or transfer the meter to whose it is (t). If they are this patient's, choose another reason.
problem-e-end-5-what = A reason is needed. Nothing was changed.
problem-e-end-5-remedy = Type what is known of it.
problem-e-end-6-what = The last day on which the meter was this patient's is missing, or has not come yet. Nothing was changed.
problem-e-end-6-remedy = Type the last day on which they measured with it.
problem-e-end-7-what = Somebody has had the meter since: its end is not undone. Nothing was changed.
problem-e-end-7-remedy = If the day was wrong, undo what was assigned since in tab 6, the last one first, then this. Transfer the meter only if what the other one has is this patient's.
problem-e-end-8-what = This meter was reported lost, and nobody said since that it was found. Nothing was assigned; its readings wait.
problem-e-end-8-remedy = Find out how it came here. Have a clinician undo the end, in tab 5 of the dashboard of whoever had it; then end it as returned, or transfer it.
problem-e-end-9-what = The meter became nobody's since this assignment: what was undone of it would be kept for this patient. Nothing was changed.
problem-e-end-9-remedy = Undo the end in tab 5 of the dashboard first, then the assignment.
problem-e-export-1-what = The file cannot be written there: there is no such folder, or this program may not write into it. Nothing was exported.
problem-e-export-1-remedy = Plug in the drive if the folder is on one, or have another named: in the settings under export, or with --to.
problem-e-export-2-what = There is a file of that name already, which stays as it is. Nothing was exported.
problem-e-export-2-remedy = Export once more: the file gets another name.
problem-e-export-3-what = The file could not be written, most often because the disk is full. Nothing was exported.
problem-e-export-3-remedy = Make room on the disk, or have another folder named, and export once more.
problem-e-export-4-what = The record has changed since it was loaded: somebody has put readings into it or taken some out of it, or its meters or times have changed. Nothing was exported.
problem-e-export-4-remedy = Look at the record as it is now, and export once more.
problem-e-store-1-what = The data file of this station cannot be read. Nothing was assigned; what is not stored yet is still in the meter.
problem-e-store-1-remedy = Do not go on working here. Call technical support and give them the code.
problem-e-store-2-what = The data file of this station cannot be written. Nothing was assigned and nothing is lost; what is not stored yet is still in the meter.
problem-e-store-2-remedy = The disk may be full. Call technical support, then try again.
problem-e-store-3-what = Another program keeps the data file locked. Nothing was assigned and nothing is lost; what is not stored yet is still in the meter.
problem-e-store-3-remedy = Try again in a minute. If it stays so, have the other program (a backup, a second glucodock that hangs) ended.
problem-e-store-4-what = The data file of this station may only be read. Nothing was assigned and nothing is lost; what is not stored yet is still in the meter.
problem-e-store-4-remedy = Call technical support: after a fault the disk takes no writes until it was checked. Then try again.
problem-e-store-5-what = The data file of this station was moved or replaced while glucodock had it open. Nothing was stored and nothing was assigned; what is not stored yet is still in the meter.
problem-e-store-5-remedy = Leave glucodock and call technical support: whoever restored a backup has to accept it before work goes on.

## Export
# What stands in a file that is made of a record, besides what the dashboard says.

report-title = Glucose readings by meter
# $first, $last: days; $days: how many.
report-period = { $days ->
    [one] { $first }, 1 day, values in { $unit }
   *[other] { $first } to { $last }, { $days } days, values in { $unit }
}
report-from-here-only = Only what this station has is in here. The care platform was not asked or did not answer, and may have more.
report-outside = { $count ->
    [one] 1 more reading of the record is not in here: it is of another day, or has no time.
   *[other] { $count } more readings of the record are not in here: they are of other days, or have no time.
}
# Only the readings of one meal marker are looked at.
report-other-meals = { $count ->
    [one] 1 reading of these days is not in here: it has another meal marker.
   *[other] { $count } readings of these days are not in here: they have other meal markers.
}
report-not-among = { $count ->
    [one] 1 reading is not among the results: a control test, no glucose, no valid result, or of doubted time.
   *[other] { $count } readings are not among the results: control tests, no glucose, no valid results, or of doubted time.
}
report-day-by-day = Day by day
# A pattern and whether it was found.
report-pattern = { $name }: { $state }
report-pattern-with-detail = { $name }: { $state }, { $detail }
report-page = Page { $page } of { $pages }
report-days-left = { $count ->
    [one] 1 earlier day with readings has no room here; a table of the same days has it.
   *[other] { $count } earlier days with readings have no room here; a table of the same days has them.
}
# In the place of the name, before birth date and number.
report-name-left-out = Name in letters that cannot be printed here
report-name-not-drawn = No font on this computer has the letters of this person's name: go by the number and the birth date. Every other form of the export has the name.
report-not-drawn = A character that no font on this computer has is written as its code point, as in [U+0041].
report-made = Made on { $at } by { $user }, glucodock { $version }
report-made-at = Made on { $at } by { $user }, { $site }, glucodock { $version }

## Painting
# What the painter and the lines for a screen reader add to a screen by themselves.

paint-room-needed = Please make this window larger: { $columns } columns by { $rows } rows or more.
paint-step-cut = This window is too small to show all of this step. Make it larger: until then only the keys below work.
# How many charts there are for which this window has no room.
paint-charts-unseen = { $count ->
    [one] 1 more part in a larger window
   *[other] { $count } more parts in a larger window
}
paint-charts-unseen-short = +{ $count }
# How many readings of a day there are for which a column has no room.
paint-more = +{ $count }
paint-rows-shown = { $first } to { $last } of { $total }
paint-page = PgUp/PgDn: page { $page } of { $pages }
# The same of a list of which more comes as somebody goes on.
paint-page-of-part = PgUp/PgDn: page { $page } of { $pages }+
paint-count-of = { $done } of { $of }
paint-more-entries = +{ $count } more{ $reading ->
    [0] { "" }
   *[other] , { $reading } being read
}{ $calling ->
    [0] { "" }
   *[other] , { $calling } to look at
}

## Lines for a screen reader
# Read aloud or felt as braille, one line after the other; no sign and no position carries meaning.

linear-numbered = { $number }: { $what }
linear-fact = { $label }: { $value }
linear-fact-marked = { $label }: { $value } ({ $mark })
linear-field = { $label }: { $value }
linear-field-empty = { $label }: empty
linear-field-example = { $label }: empty, { $example }
linear-field-hidden = { $label }: { $count ->
    [one] 1 hidden character
   *[other] { $count } hidden characters
}
linear-complaint = Problem with { $label }: { $complaint }
linear-disabled = { $what } (not possible now: { $reason })
linear-problem = Problem: { $what } { $remedy } Code { $code }.
linear-notice-ok = Done: { $text }
linear-notice-warning = Look twice: { $text }
linear-notice-problem = Problem: { $text }
linear-mark-ok = good
linear-mark-warning = look twice
linear-mark-problem = wrong
linear-mark-very-low = very low
linear-mark-low = low
linear-mark-high = high
linear-mark-very-high = very high
linear-share = { $label }: { $percent }, { $count }
linear-row-marked = Marked: { $row }.
linear-rows-left = { $count ->
    [one] 1 row more, PgDn goes on
   *[other] { $count } rows more, PgDn goes on
}
linear-gauge = { $label }: { $done } of { $of }
linear-gauge-open = { $label }: { $done } so far
# What is typed for a tab: the key behind a =, because a number alone may be that of a row.
linear-tab = ={ $key } { $name }
# $here: the part that is shown; $tabs: a list of linear-tab.
linear-tabs = { $here } is shown. Tabs: { $tabs }
linear-panel = { $title }: { $name }: { $state }
linear-panel-empty = { $title }: { $text }
# $keys: a list of linear-key.
linear-keys = Keys: { $keys }
linear-key = { $key } { $action }
# A state with the word for its colour.
linear-marked = { $text } ({ $mark })
linear-prompt = ?
linear-prompt-field = { $label } ?

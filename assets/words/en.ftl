# Every text a person reads. One message a line; a message is a whole sentence, never a piece of one.

## Problems
# `-what`: what happened and what it means for the data. `-remedy`: what to do next.
# $done: readings received. $of: readings announced, or "unknown" while the meter has not said.

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
problem-e-link-3-remedy = Unplug it, plug it in again and press Enter.
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
problem-e-link-5-remedy = Check the cable, plug the meter in again and press Enter. If it fails again, try another cable or socket.
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
problem-e-meter-1-remedy = Unplug the meter, wait until its display is off, plug it in again and press Enter.
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
problem-e-meter-2-remedy = Unplug the meter, plug it in again and press Enter. If it happens again, give the code to technical support.
problem-e-meter-3-what = The meter refused to send its readings. Nothing was read and nothing was changed.
problem-e-meter-3-remedy = Look at the meter's display: close any open menu or message there, plug the meter in again and press Enter.
problem-e-meter-4-what = { $of ->
    [unknown] The meter sent fewer readings than it announced: { $done } arrived. Nothing was assigned.
   *[other] The meter announced { $of } readings but sent { $done }. Nothing was assigned.
}
problem-e-meter-4-remedy = Unplug the meter, plug it in again and press Enter. If the numbers still differ, give the code to technical support.
problem-e-meter-5-what = glucodock cannot read this meter. Nothing was read and nothing was changed.
problem-e-meter-5-remedy = Use another meter, or write the readings down from the meter's display.
problem-e-meter-6-what = This meter has no serial number that tells it from others. It cannot belong to one patient; its readings wait in quarantine.
problem-e-meter-6-remedy = Choose the patient by hand for this upload, and check the meter together with the patient.
problem-e-sign-1-what = The name or the password is wrong. You are not signed in.
problem-e-sign-1-remedy = Type both again. If you forgot your password, ask the administrator of your clinic.
problem-e-sign-2-what = There were too many wrong passwords for this name. Meters can still be read into quarantine after somebody else signs in.
problem-e-sign-2-remedy = Wait a few minutes before you try again.
problem-e-plat-1-what = The care platform does not answer. Nothing is lost: readings already in quarantine stay there.
problem-e-plat-1-remedy = Check the network and press Enter to try again. If it still fails, call technical support.
problem-e-plat-2-what = The care platform refused this. The patient's record was not changed; readings in quarantine stay there.
problem-e-plat-2-remedy = Check with the administrator of your clinic whether you are allowed to do this, then try again.
problem-e-plat-3-what = Somebody else assigned this meter in the meantime. You changed nothing; the readings are still in quarantine.
problem-e-plat-3-remedy = Go back to the device, look who owns it now, and ask the patient whose meter it is.
problem-e-plat-4-what = This patient's record is not active and cannot receive readings. Nothing was assigned; the readings are still in quarantine.
problem-e-plat-4-remedy = Go back and choose another record, or have this record made active first.
problem-e-plat-5-what = Another patient already has this identifier. No patient was created.
problem-e-plat-5-remedy = Search for the identifier: the person may be registered already. Otherwise check it and type it again.
problem-e-plat-6-what = What you asked for is no longer there. Nothing was changed.
problem-e-plat-6-remedy = Go back and search again.
problem-e-store-1-what = The data file of this station cannot be read. Nothing was read from a meter and nothing was assigned.
problem-e-store-1-remedy = Do not go on working here. Call technical support and give them the code.
problem-e-store-2-what = The readings cannot be written to the data file of this station. Nothing was assigned; the readings are still in the meter.
problem-e-store-2-remedy = The disk may be full. Call technical support, then plug the meter in again.

## Painting
# What the painter and the lines for a screen reader add to a screen by themselves.

paint-room-needed = Please make this window larger: { $columns } columns by { $rows } rows or more.
paint-rows-shown = { $first } to { $last } of { $total }
paint-page = page { $page } of { $pages }
paint-count-of = { $done } of { $of }
paint-more-entries = and { $count } more

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
linear-share = { $label }: { $percent }, { $count }
linear-gauge = { $label }: { $done } of { $of }
linear-gauge-open = { $label }: { $done } so far
linear-panel = { $title }: { $name }: { $state }
linear-panel-empty = { $title }: { $text }
linear-keys = Keys: { $keys }
linear-prompt = ?
linear-prompt-field = { $label } ?

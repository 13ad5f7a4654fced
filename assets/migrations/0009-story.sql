-- The store tells a story: who has a meter and its readings follows from rows that are only added to. Each such row says
-- what it is, whose word it replaces, and in which sign-in it was written. Applied with foreign keys off, because tables
-- that others point to are made anew; they are checked afterwards.

-- Somebody whose record readings may go into: a patient of this store, who has the same number in `patients`, or one of a
-- care platform's directory, with the directory's key (never digits alone, as the numbers here are) and the last copy of
-- what it said of them.
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE CHECK (key GLOB '*[^0-9]*'),
    copy TEXT,
    CHECK ((key IS NULL) = (copy IS NULL))
) STRICT;

INSERT INTO subjects (id) SELECT id FROM patients ORDER BY id;

CREATE TRIGGER subjects_are_never_replaced BEFORE INSERT ON subjects
WHEN EXISTS (SELECT 1 FROM subjects WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a subject is never replaced'); END;

CREATE TRIGGER subjects_keep_their_key BEFORE UPDATE OF id, key ON subjects
BEGIN SELECT RAISE(ABORT, 'a subject keeps its key'); END;

CREATE TRIGGER subjects_are_never_deleted BEFORE DELETE ON subjects
BEGIN SELECT RAISE(ABORT, 'a subject is never deleted'); END;

CREATE TRIGGER patients_are_subjects BEFORE INSERT ON patients
WHEN NOT EXISTS (SELECT 1 FROM subjects WHERE id = NEW.id AND key IS NULL)
BEGIN SELECT RAISE(ABORT, 'a patient is a subject of this store'); END;

-- In which sign-in a row was written; nothing for a command, and for what was there before.
ALTER TABLE patients ADD COLUMN session TEXT NOT NULL DEFAULT '';
ALTER TABLE downloads ADD COLUMN session TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN session TEXT NOT NULL DEFAULT '';

CREATE TRIGGER patients_keep_their_session BEFORE UPDATE OF session, created_by, created_at ON patients
BEGIN SELECT RAISE(ABORT, 'who made a patient is never changed'); END;

CREATE TRIGGER downloads_keep_their_session BEFORE UPDATE OF session ON downloads
BEGIN SELECT RAISE(ABORT, 'a download is never changed'); END;

DROP TRIGGER assignments_after_mismatches_need_an_identifier;

-- The checks of a person, and what was said of an upload.
CREATE TABLE identity_attempts_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'mismatch')),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

INSERT INTO identity_attempts_told SELECT id, upload, patient, outcome, user, '', at FROM identity_attempts;
DROP TABLE identity_attempts;
ALTER TABLE identity_attempts_told RENAME TO identity_attempts;

CREATE INDEX identity_attempts_of_upload ON identity_attempts (upload, subject);

CREATE TRIGGER identity_attempts_are_never_changed BEFORE UPDATE ON identity_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;

CREATE TRIGGER identity_attempts_are_never_deleted BEFORE DELETE ON identity_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER identity_attempts_are_never_replaced BEFORE INSERT ON identity_attempts
WHEN EXISTS (SELECT 1 FROM identity_attempts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an attempt is never replaced'); END;

CREATE TABLE intake_answers_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    last_download INTEGER NOT NULL REFERENCES downloads (id),
    answer TEXT NOT NULL CHECK (answer IN ('meter-wrong', 'meter-right', 'shared')),
    subject INTEGER REFERENCES subjects (id),
    held_by TEXT,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((answer = 'shared') = (subject IS NOT NULL))
) STRICT;

INSERT INTO intake_answers_told
SELECT id, upload, last_download, answer, patient, held_by, user, '', at FROM intake_answers;
DROP TABLE intake_answers;
ALTER TABLE intake_answers_told RENAME TO intake_answers;

CREATE INDEX intake_answers_of_upload ON intake_answers (upload);

CREATE TRIGGER intake_answers_are_never_changed BEFORE UPDATE ON intake_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;

CREATE TRIGGER intake_answers_are_never_deleted BEFORE DELETE ON intake_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END;

CREATE TRIGGER intake_answers_are_never_replaced BEFORE INSERT ON intake_answers
WHEN EXISTS (SELECT 1 FROM intake_answers WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an answer is never replaced'); END;

CREATE TABLE recents_told (
    user TEXT NOT NULL,
    subject INTEGER NOT NULL REFERENCES subjects (id),
    used INTEGER NOT NULL,
    PRIMARY KEY (user, subject)
) STRICT, WITHOUT ROWID;

INSERT INTO recents_told SELECT user, patient, used FROM recents;
DROP TABLE recents;
ALTER TABLE recents_told RENAME TO recents;

-- Since when, until when and why until then a meter is somebody's. Opened, and closed once.
CREATE TABLE ownerships_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL REFERENCES meters (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    opened_at INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    opened_session TEXT NOT NULL,
    closed_at INTEGER,
    closed_by TEXT,
    closed_session TEXT,
    closed_why TEXT CHECK (closed_why IN ('transferred', 'undone', 'ended')),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_session IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_why IS NULL))
) STRICT;

INSERT INTO ownerships_told
SELECT id, meter, patient, opened_at, opened_by, '', closed_at, closed_by,
    iif(closed_at IS NULL, NULL, ''), iif(closed_at IS NULL, NULL, 'ended')
FROM ownerships;

DROP TABLE ownerships;
ALTER TABLE ownerships_told RENAME TO ownerships;

-- The last guard against two owners of one meter.
CREATE UNIQUE INDEX ownerships_one_open ON ownerships (meter) WHERE closed_at IS NULL;
CREATE INDEX ownerships_of_subject ON ownerships (subject);

CREATE TRIGGER ownerships_are_never_replaced BEFORE INSERT ON ownerships
WHEN EXISTS (SELECT 1 FROM ownerships WHERE id = NEW.id)
    OR (NEW.closed_at IS NULL AND EXISTS (SELECT 1 FROM ownerships WHERE meter = NEW.meter AND closed_at IS NULL))
BEGIN SELECT RAISE(ABORT, 'an ownership is never replaced'); END;

CREATE TRIGGER ownerships_are_never_changed
BEFORE UPDATE OF id, meter, subject, opened_at, opened_by, opened_session ON ownerships
BEGIN SELECT RAISE(ABORT, 'an ownership is never changed'); END;

CREATE TRIGGER ownerships_are_closed_once BEFORE UPDATE OF closed_at, closed_by, closed_session, closed_why ON ownerships
WHEN OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL
BEGIN SELECT RAISE(ABORT, 'an ownership is closed once'); END;

CREATE TRIGGER ownerships_are_never_deleted BEFORE DELETE ON ownerships
BEGIN SELECT RAISE(ABORT, 'an ownership is never deleted'); END;

-- What was decided about a meter and its readings.
--   assigned     an upload's readings went into a record
--   transferred  the meter, and its readings from the cut on, went to somebody else
--   undone       what the superseded row did was taken back: to whom the readings were before, or to nobody
--   ended        the meter is nobody's any more; its readings stay
-- A row is superseded once, by the row that replaces its word.
CREATE TABLE assignments_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('assigned', 'transferred', 'undone', 'ended')),
    meter INTEGER NOT NULL REFERENCES meters (id),
    upload INTEGER REFERENCES uploads (id),
    subject INTEGER REFERENCES subjects (id),
    supersedes INTEGER REFERENCES assignments (id),
    identity TEXT CHECK (identity IN ('initials', 'identifier', 'owner')),
    reason TEXT CHECK (length(reason) > 0),
    cut TEXT,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    new INTEGER NOT NULL,
    already_there INTEGER NOT NULL,
    CHECK ((kind = 'assigned') = (supersedes IS NULL)),
    CHECK (kind <> 'assigned' OR (upload IS NOT NULL AND reason IS NULL)),
    CHECK (kind NOT IN ('transferred', 'ended') OR reason IS NOT NULL),
    CHECK (kind NOT IN ('assigned', 'transferred') OR subject IS NOT NULL),
    CHECK (kind <> 'ended' OR subject IS NULL),
    CHECK (cut IS NULL OR kind = 'transferred')
) STRICT;

INSERT INTO assignments_told
    (id, request_key, kind, meter, upload, subject, identity, user, session, at, new, already_there)
SELECT a.id, a.request_key, 'assigned', u.meter, a.upload, a.patient, a.identity, a.user, '', a.at, a.new, a.already_there
FROM assignments a JOIN uploads u ON u.id = a.upload;

-- Which readings a row gave, or took away. The last row of a reading says whose it is.
CREATE TABLE assigned_readings (
    reading INTEGER NOT NULL REFERENCES readings (id),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    PRIMARY KEY (reading, assignment)
) STRICT, WITHOUT ROWID;

INSERT INTO assigned_readings SELECT id, assignment FROM readings WHERE assignment IS NOT NULL;

-- Whose a reading is, as the rows above say: kept beside them, because a record is read by person and time. The guards
-- below let nothing else stand here.
CREATE TABLE records (
    reading INTEGER PRIMARY KEY REFERENCES readings (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    time TEXT NOT NULL,
    assignment INTEGER NOT NULL REFERENCES assignments (id)
) STRICT;

INSERT INTO records SELECT id, patient, time, assignment FROM readings WHERE assignment IS NOT NULL;

CREATE TABLE readings_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL REFERENCES meters (id),
    kind TEXT NOT NULL,
    time TEXT NOT NULL,
    range TEXT NOT NULL CHECK (range IN ('in', 'low', 'high')),
    digits INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    unit TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    meter_index INTEGER NOT NULL,
    meal TEXT,
    doubts TEXT NOT NULL,
    raw TEXT NOT NULL,
    first_upload INTEGER NOT NULL REFERENCES uploads (id),
    UNIQUE (meter, kind, time, range, digits, decimals, unit, occurrence),
    CHECK ((range = 'in') = (unit IN ('mg/dL', 'mmol/L')))
) STRICT;

INSERT INTO readings_told
SELECT id, meter, kind, time, range, digits, decimals, unit, occurrence, meter_index, meal, doubts, raw, first_upload
FROM readings;

DROP TRIGGER repeated_readings_are_in_no_record;
DROP TABLE readings;
DROP TABLE assignments;
ALTER TABLE assignments_told RENAME TO assignments;
ALTER TABLE readings_told RENAME TO readings;

CREATE UNIQUE INDEX assignments_superseded_once ON assignments (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX assignments_of_subject ON assignments (subject);
CREATE INDEX assignments_of_upload ON assignments (upload);
CREATE INDEX assigned_readings_of_assignment ON assigned_readings (assignment);
CREATE INDEX records_of_subject ON records (subject, time);
CREATE INDEX records_by_time ON records (time);
CREATE INDEX records_of_assignment ON records (assignment);
CREATE INDEX readings_of_upload ON readings (first_upload);

CREATE TRIGGER assignments_are_never_replaced BEFORE INSERT ON assignments
WHEN EXISTS (
    SELECT 1 FROM assignments WHERE id = NEW.id OR request_key = NEW.request_key OR supersedes = NEW.supersedes
)
BEGIN SELECT RAISE(ABORT, 'an assignment is never replaced'); END;

-- An upload is in one record, until that was undone.
CREATE TRIGGER assignments_are_one_of_an_upload BEFORE INSERT ON assignments
WHEN NEW.kind = 'assigned' AND EXISTS (
    SELECT 1 FROM assignments a WHERE a.upload = NEW.upload AND a.kind = 'assigned'
        AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
)
BEGIN SELECT RAISE(ABORT, 'an upload is in one record'); END;

-- After two wrong answers initials do not do.
CREATE TRIGGER assignments_after_mismatches_need_an_identifier BEFORE INSERT ON assignments
WHEN NEW.kind = 'assigned' AND coalesce(NEW.identity, '') NOT IN ('identifier', 'owner')
    AND (SELECT count(*) FROM identity_attempts
         WHERE upload = NEW.upload AND subject = NEW.subject AND outcome = 'mismatch') >= 2
BEGIN SELECT RAISE(ABORT, 'after two wrong answers an identifier is needed'); END;

-- A row is about one meter.
CREATE TRIGGER assignments_supersede_of_one_meter BEFORE INSERT ON assignments
WHEN NEW.supersedes IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE id = NEW.supersedes AND meter = NEW.meter)
BEGIN SELECT RAISE(ABORT, 'an assignment supersedes one of its meter'); END;

CREATE TRIGGER assignments_are_never_changed BEFORE UPDATE ON assignments
BEGIN SELECT RAISE(ABORT, 'an assignment is never changed'); END;

CREATE TRIGGER assignments_are_never_deleted BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'an assignment is never deleted'); END;

-- A reading goes into a record of its own meter's story, and by an assignment only while it is in none.
CREATE TRIGGER assigned_readings_are_never_replaced BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM assigned_readings WHERE reading = NEW.reading AND assignment >= NEW.assignment)
BEGIN SELECT RAISE(ABORT, 'what an assignment gave is never replaced'); END;

CREATE TRIGGER assigned_readings_are_of_their_meter BEFORE INSERT ON assigned_readings
WHEN NOT EXISTS (
    SELECT 1 FROM assignments a JOIN readings r ON r.meter = a.meter
    WHERE a.id = NEW.assignment AND r.id = NEW.reading AND a.kind <> 'ended'
)
BEGIN SELECT RAISE(ABORT, 'an assignment gives readings of its meter'); END;

CREATE TRIGGER assigned_readings_are_never_moved BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM records WHERE reading = NEW.reading)
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE id = NEW.assignment AND kind IN ('transferred', 'undone'))
BEGIN SELECT RAISE(ABORT, 'a reading is never moved by an assignment'); END;

CREATE TRIGGER repeated_readings_stay_out BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM repeated_readings WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

CREATE TRIGGER assigned_readings_are_never_changed BEFORE UPDATE ON assigned_readings
BEGIN SELECT RAISE(ABORT, 'what an assignment gave is never changed'); END;

CREATE TRIGGER assigned_readings_are_never_deleted BEFORE DELETE ON assigned_readings
BEGIN SELECT RAISE(ABORT, 'what an assignment gave is never deleted'); END;

CREATE TRIGGER assigned_readings_make_the_record AFTER INSERT ON assigned_readings
BEGIN
    DELETE FROM records WHERE reading = NEW.reading;
    INSERT INTO records (reading, subject, time, assignment)
    SELECT r.id, a.subject, r.time, a.id FROM readings r JOIN assignments a ON a.id = NEW.assignment
    WHERE r.id = NEW.reading AND a.subject IS NOT NULL;
END;

CREATE TRIGGER records_are_what_was_assigned BEFORE INSERT ON records
WHEN EXISTS (SELECT 1 FROM records WHERE reading = NEW.reading) OR NOT EXISTS (
    SELECT 1 FROM readings r JOIN assignments a ON a.id = NEW.assignment
    WHERE r.id = NEW.reading AND r.time = NEW.time AND a.subject = NEW.subject
        AND a.id = (SELECT max(assignment) FROM assigned_readings WHERE reading = NEW.reading)
)
BEGIN SELECT RAISE(ABORT, 'a record holds what was assigned'); END;

CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'a reading is never moved'); END;

CREATE TRIGGER records_lose_nothing BEFORE DELETE ON records
WHEN OLD.assignment = (SELECT max(assignment) FROM assigned_readings WHERE reading = OLD.reading)
BEGIN SELECT RAISE(ABORT, 'a reading is never taken out of a record'); END;

CREATE TRIGGER readings_are_never_replaced BEFORE INSERT ON readings
WHEN EXISTS (SELECT 1 FROM readings WHERE id = NEW.id)
    OR EXISTS (
        SELECT 1 FROM readings WHERE meter = NEW.meter AND kind = NEW.kind AND time = NEW.time AND range = NEW.range
            AND digits = NEW.digits AND decimals = NEW.decimals AND unit = NEW.unit AND occurrence = NEW.occurrence
    )
BEGIN SELECT RAISE(ABORT, 'a reading is never replaced'); END;

CREATE TRIGGER readings_are_never_changed BEFORE UPDATE ON readings
BEGIN SELECT RAISE(ABORT, 'a reading is never changed'); END;

CREATE TRIGGER readings_are_never_deleted BEFORE DELETE ON readings
BEGIN SELECT RAISE(ABORT, 'a reading is never deleted'); END;

CREATE TRIGGER repeated_readings_are_in_no_record BEFORE INSERT ON repeated_readings
WHEN EXISTS (SELECT 1 FROM records WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

-- An upload stays as it is once it was given to somebody; only undoing that lets it wait again.
DROP TRIGGER uploads_stay_once_assigned;
CREATE TRIGGER uploads_stay_once_assigned BEFORE UPDATE ON uploads
WHEN OLD.state = 'assigned' AND (
    NEW.state <> 'pending' OR NEW.identity <> OLD.identity OR NEW.clock IS NOT OLD.clock OR NEW.read_at <> OLD.read_at
    OR NEW.counts <> OLD.counts OR NEW.first_time <> OLD.first_time OR NEW.last_time <> OLD.last_time
    OR NEW.warnings <> OLD.warnings
    OR coalesce((SELECT kind FROM assignments WHERE upload = OLD.id ORDER BY id DESC LIMIT 1), '') <> 'undone'
)
BEGIN SELECT RAISE(ABORT, 'an assigned upload is never changed'); END;

-- What this station has decided and the care platform has not recorded yet, in the order in which it was decided. What it
-- tells follows from the assignment. Whoever sends an item first puts off when it is due, so that of several programs one
-- sends it, and it is due again if that one ends without an answer.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ownership', 'readings')),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'refused')),
    due INTEGER,
    refusal TEXT,
    attempts INTEGER NOT NULL,
    CHECK ((state = 'queued') = (due IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    UNIQUE (assignment, kind)
) STRICT;

CREATE INDEX outbox_open ON outbox (id) WHERE state <> 'delivered';

CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox WHERE id = NEW.id OR key = NEW.key OR (assignment = NEW.assignment AND kind = NEW.kind)
)
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never replaced'); END;

CREATE TRIGGER outbox_keeps_what_it_tells BEFORE UPDATE OF id, key, line, kind, assignment ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never changed'); END;

CREATE TRIGGER outbox_delivers_once BEFORE UPDATE OF state, due, refusal, attempts ON outbox
WHEN OLD.state = 'delivered'
BEGIN SELECT RAISE(ABORT, 'what was delivered stays delivered'); END;

CREATE TRIGGER outbox_forgets_nothing BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never deleted'); END;

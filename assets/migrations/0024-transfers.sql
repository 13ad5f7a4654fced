-- A meter goes from one patient to another. From this day of its own clock on it is theirs; nothing: from the beginning.
-- What it sends later of the days before is not put into their record.
ALTER TABLE ownerships ADD COLUMN first_day TEXT CHECK (first_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');

DROP TRIGGER ownerships_are_never_changed;
CREATE TRIGGER ownerships_are_never_changed
BEFORE UPDATE OF id, meter, subject, opened_at, opened_by, opened_session, first_day ON ownerships
BEGIN SELECT RAISE(ABORT, 'an ownership is never changed'); END;

-- Which ownership ended and which began with it, from which day, why, by what each of the two was known, how many readings
-- went along and how many stayed, and the last assignment before it. What went along stands in `assignments`, for each row
-- whose readings went.
CREATE TABLE transfers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    meter INTEGER NOT NULL REFERENCES meters (id),
    closed INTEGER NOT NULL UNIQUE REFERENCES ownerships (id),
    opened INTEGER NOT NULL UNIQUE REFERENCES ownerships (id),
    first_day TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) > 0),
    identity_before TEXT NOT NULL CHECK (identity_before IN ('initials', 'identifier')),
    identity_after TEXT NOT NULL CHECK (identity_after IN ('initials', 'identifier')),
    moved INTEGER NOT NULL,
    stayed INTEGER NOT NULL,
    unsure INTEGER NOT NULL,
    last_assignment INTEGER NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK (closed <> opened)
) STRICT;

CREATE INDEX transfers_of_meter ON transfers (meter);

CREATE TRIGGER transfers_are_of_one_meter BEFORE INSERT ON transfers
WHEN NOT EXISTS (
    SELECT 1 FROM ownerships c JOIN ownerships o ON o.meter = c.meter
    WHERE c.id = NEW.closed AND o.id = NEW.opened AND c.meter = NEW.meter AND c.closed_why = 'transferred'
)
BEGIN SELECT RAISE(ABORT, 'a transfer is of one meter'); END;

CREATE TRIGGER transfers_are_never_replaced BEFORE INSERT ON transfers
WHEN EXISTS (
    SELECT 1 FROM transfers
    WHERE id = NEW.id OR request_key = NEW.request_key OR closed = NEW.closed OR opened = NEW.opened
)
BEGIN SELECT RAISE(ABORT, 'a transfer is never replaced'); END;

CREATE TRIGGER transfers_are_never_changed BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'a transfer is never changed'); END;

CREATE TRIGGER transfers_are_never_deleted BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'a transfer is never deleted'); END;

-- The checks of the two people before a transfer: beside those of an upload, whose block of a person no transfer lifts.
CREATE TABLE transfer_attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ownership INTEGER NOT NULL REFERENCES ownerships (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'mismatch')),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX transfer_attempts_of_ownership ON transfer_attempts (ownership, subject);

CREATE TRIGGER transfer_attempts_are_never_changed BEFORE UPDATE ON transfer_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;

CREATE TRIGGER transfer_attempts_are_never_deleted BEFORE DELETE ON transfer_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER transfer_attempts_are_never_replaced BEFORE INSERT ON transfer_attempts
WHEN EXISTS (SELECT 1 FROM transfer_attempts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an attempt is never replaced'); END;

-- Of what an assignment gave, some may go to somebody else and come back: it can be transferred more than once, and is
-- undone once.
DROP INDEX assignments_superseded_once;
CREATE UNIQUE INDEX assignments_undone_once ON assignments (supersedes) WHERE kind = 'undone';
CREATE INDEX assignments_superseding ON assignments (supersedes) WHERE supersedes IS NOT NULL;

DROP TRIGGER assignments_are_never_replaced;
CREATE TRIGGER assignments_are_never_replaced BEFORE INSERT ON assignments
WHEN EXISTS (
    SELECT 1 FROM assignments WHERE id = NEW.id OR request_key = NEW.request_key
        OR (supersedes = NEW.supersedes AND kind = 'undone' AND NEW.kind = 'undone')
)
BEGIN SELECT RAISE(ABORT, 'an assignment is never replaced'); END;

-- Readings go from the person who has the meter to the one who gets it.
CREATE TRIGGER transferred_readings_are_of_the_superseded BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM assignments WHERE id = NEW.assignment AND kind = 'transferred')
    AND NOT EXISTS (
        SELECT 1 FROM assignments a JOIN records x ON x.assignment = a.supersedes
        WHERE a.id = NEW.assignment AND x.reading = NEW.reading AND x.subject <> a.subject)
BEGIN SELECT RAISE(ABORT, 'a transfer moves what the superseded row gave'); END;

-- A visit is somebody's as long as their record has any of its readings, or it added none.
DROP VIEW last_uploads;
CREATE VIEW last_uploads AS
SELECT a.subject, max(u.read_at) AS last_upload FROM assignments a JOIN uploads u ON u.id = a.upload
WHERE a.subject IS NOT NULL
    AND ((a.kind = 'assigned' AND a.new = 0) OR EXISTS (SELECT 1 FROM records x WHERE x.assignment = a.id))
    AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')
GROUP BY a.subject;

DROP TRIGGER uploads_are_seen;
CREATE TRIGGER uploads_are_seen AFTER INSERT ON assignments
WHEN NEW.subject IS NOT NULL AND NEW.upload IS NOT NULL AND NEW.kind <> 'transferred'
BEGIN
    UPDATE last_seen SET last_upload = max(last_upload, (SELECT read_at FROM uploads WHERE id = NEW.upload))
    WHERE subject = NEW.subject;
END;

DROP TRIGGER undone_uploads_are_seen_no_more;
CREATE TRIGGER undone_uploads_are_seen_no_more AFTER INSERT ON assignments
WHEN NEW.kind = 'undone'
BEGIN
    UPDATE last_seen SET last_upload = coalesce(
        (SELECT max(u.read_at) FROM assignments a JOIN uploads u ON u.id = a.upload
         WHERE a.subject = last_seen.subject
            AND ((a.kind = 'assigned' AND a.new = 0) OR EXISTS (SELECT 1 FROM records x WHERE x.assignment = a.id))
            AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')),
        -9223372036854775808)
    WHERE subject = (SELECT subject FROM assignments WHERE id = NEW.supersedes);
END;

-- Each reading that goes along takes its visit with it.
CREATE TRIGGER transferred_uploads_are_seen AFTER INSERT ON records
WHEN EXISTS (SELECT 1 FROM assignments WHERE id = NEW.assignment AND kind = 'transferred')
BEGIN
    UPDATE last_seen SET last_upload = max(last_upload, coalesce(
        (SELECT u.read_at FROM assignments a JOIN uploads u ON u.id = a.upload WHERE a.id = NEW.assignment),
        last_upload))
    WHERE subject = NEW.subject;
END;

CREATE TRIGGER moved_uploads_are_seen_no_more AFTER DELETE ON records
WHEN NOT EXISTS (SELECT 1 FROM records WHERE assignment = OLD.assignment)
BEGIN
    UPDATE last_seen SET last_upload = coalesce(
        (SELECT max(u.read_at) FROM assignments a JOIN uploads u ON u.id = a.upload
         WHERE a.subject = last_seen.subject
            AND ((a.kind = 'assigned' AND a.new = 0) OR EXISTS (SELECT 1 FROM records x WHERE x.assignment = a.id))
            AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')),
        -9223372036854775808)
    WHERE subject = OLD.subject;
END;

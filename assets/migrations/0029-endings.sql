-- A meter is nobody's any more: it was replaced, is lost, or came back, and after this day of its own clock what it sends is
-- not this patient's; or it never was theirs, which has no day. Why, by what the patient was known, how many of its readings
-- their record has, and the last assignment before it.
CREATE TABLE endings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    meter INTEGER NOT NULL REFERENCES meters (id),
    ownership INTEGER NOT NULL UNIQUE REFERENCES ownerships (id),
    why TEXT NOT NULL CHECK (why IN ('replaced', 'lost', 'returned', 'error')),
    last_day TEXT CHECK (last_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reason TEXT NOT NULL CHECK (length(reason) > 0),
    identity TEXT NOT NULL CHECK (identity IN ('initials', 'identifier')),
    in_record INTEGER NOT NULL,
    last_assignment INTEGER NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((last_day IS NULL) = (why = 'error'))
) STRICT;

CREATE INDEX endings_of_meter ON endings (meter);

-- All that became of a meter is looked at whenever it is read.
CREATE INDEX ownerships_of_meter ON ownerships (meter);

CREATE TRIGGER endings_are_of_what_ended BEFORE INSERT ON endings
WHEN NOT EXISTS (
    SELECT 1 FROM ownerships WHERE id = NEW.ownership AND meter = NEW.meter AND closed_why = 'ended'
)
BEGIN SELECT RAISE(ABORT, 'an ending is of an ownership that ended'); END;

CREATE TRIGGER endings_are_never_replaced BEFORE INSERT ON endings
WHEN EXISTS (
    SELECT 1 FROM endings WHERE id = NEW.id OR request_key = NEW.request_key OR ownership = NEW.ownership
)
BEGIN SELECT RAISE(ABORT, 'an ending is never replaced'); END;

CREATE TRIGGER endings_are_never_changed BEFORE UPDATE ON endings
BEGIN SELECT RAISE(ABORT, 'an ending is never changed'); END;

CREATE TRIGGER endings_are_never_deleted BEFORE DELETE ON endings
BEGIN SELECT RAISE(ABORT, 'an ending is never deleted'); END;

-- An ending is taken back: with it another ownership of the same patient begins, which goes on where that one ended.
CREATE TABLE endings_undone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    ending INTEGER NOT NULL UNIQUE REFERENCES endings (id),
    opened INTEGER NOT NULL UNIQUE REFERENCES ownerships (id),
    reason TEXT,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER endings_undone_are_of_one_meter BEFORE INSERT ON endings_undone
WHEN NOT EXISTS (
    SELECT 1 FROM endings e JOIN ownerships c ON c.id = e.ownership JOIN ownerships o ON o.id = NEW.opened
    WHERE e.id = NEW.ending AND o.meter = c.meter AND o.subject = c.subject AND o.id > c.id
)
BEGIN SELECT RAISE(ABORT, 'what goes on is of the same meter and patient'); END;

CREATE TRIGGER endings_undone_are_never_replaced BEFORE INSERT ON endings_undone
WHEN EXISTS (
    SELECT 1 FROM endings_undone
    WHERE id = NEW.id OR request_key = NEW.request_key OR ending = NEW.ending OR opened = NEW.opened
)
BEGIN SELECT RAISE(ABORT, 'what was undone is never replaced'); END;

CREATE TRIGGER endings_undone_are_never_changed BEFORE UPDATE ON endings_undone
BEGIN SELECT RAISE(ABORT, 'what was undone is never changed'); END;

CREATE TRIGGER endings_undone_are_never_deleted BEFORE DELETE ON endings_undone
BEGIN SELECT RAISE(ABORT, 'what was undone is never deleted'); END;

-- The checks of the patient before an ending: beside those of an upload and of a transfer, whose blocks it lifts not.
CREATE TABLE ending_attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ownership INTEGER NOT NULL REFERENCES ownerships (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'mismatch')),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX ending_attempts_of_ownership ON ending_attempts (ownership);

CREATE TRIGGER ending_attempts_are_never_changed BEFORE UPDATE ON ending_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;

CREATE TRIGGER ending_attempts_are_never_deleted BEFORE DELETE ON ending_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER ending_attempts_are_never_replaced BEFORE INSERT ON ending_attempts
WHEN EXISTS (SELECT 1 FROM ending_attempts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an attempt is never replaced'); END;

-- Which ownership one goes on with that began when an ending was undone: the first of them.
CREATE VIEW ownership_origins AS
WITH RECURSIVE way (opened, origin) AS (
    SELECT u.opened, e.ownership FROM endings_undone u JOIN endings e ON e.id = u.ending
    UNION ALL
    SELECT way.opened, e.ownership FROM way
        JOIN endings_undone u ON u.opened = way.origin JOIN endings e ON e.id = u.ending
)
SELECT opened, min(origin) AS origin FROM way GROUP BY opened;

-- The ending of each meter that nobody has since: neither undone, nor was the meter anybody's after it but by mistake.
CREATE VIEW standing_endings AS
SELECT e.id, e.meter, e.ownership, o.subject, e.why, e.last_day, e.reason, e.last_assignment, e.user, e.at
FROM endings e JOIN ownerships o ON o.id = e.ownership
WHERE NOT EXISTS (SELECT 1 FROM endings_undone u WHERE u.ending = e.id)
    AND NOT EXISTS (
        SELECT 1 FROM ownerships n WHERE n.meter = e.meter AND n.id > e.ownership AND n.closed_why IS NOT 'undone'
            AND NOT EXISTS (SELECT 1 FROM endings m WHERE m.ownership = n.id AND m.why = 'error'));

-- Records of the directory that were merged into others, or are on their own again: what was theirs is shown and goes on
-- under the one that took their place, which is looked up when it is read. What was decided stays written as it was, so
-- that nothing is lost when a merger is undone. The newest row of a subject is in force.
CREATE TABLE mergers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject INTEGER NOT NULL REFERENCES subjects (id),
    into_subject INTEGER REFERENCES subjects (id) CHECK (into_subject <> subject),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX mergers_of_subject ON mergers (subject);
CREATE INDEX mergers_into ON mergers (into_subject);

-- Who has whose record now.
CREATE VIEW merged AS
SELECT subject, into_subject FROM mergers m
WHERE into_subject IS NOT NULL AND id = (SELECT max(id) FROM mergers WHERE subject = m.subject);

-- One that takes another's place has its own: so no chain leads round.
CREATE TRIGGER mergers_are_into_a_present_record BEFORE INSERT ON mergers
WHEN EXISTS (SELECT 1 FROM merged WHERE subject = NEW.into_subject)
BEGIN SELECT RAISE(ABORT, 'a record is merged into one that is there'); END;

CREATE TRIGGER mergers_are_of_a_directory BEFORE INSERT ON mergers
WHEN EXISTS (SELECT 1 FROM subjects WHERE id IN (NEW.subject, NEW.into_subject) AND key IS NULL)
BEGIN SELECT RAISE(ABORT, 'records of the directory are merged'); END;

CREATE TRIGGER mergers_are_never_replaced BEFORE INSERT ON mergers
WHEN EXISTS (SELECT 1 FROM mergers WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a merger is never replaced'); END;

CREATE TRIGGER mergers_are_never_changed BEFORE UPDATE ON mergers
BEGIN SELECT RAISE(ABORT, 'a merger is never changed'); END;

CREATE TRIGGER mergers_are_never_deleted BEFORE DELETE ON mergers
BEGIN SELECT RAISE(ABORT, 'a merger is never deleted'); END;

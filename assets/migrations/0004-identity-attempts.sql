-- The check of a person for an upload, answer by answer, for all stations together: a person was looked at, or what was
-- typed was not theirs. Kept for ever: nothing sets a count back.
CREATE TABLE identity_attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    patient INTEGER NOT NULL REFERENCES patients (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'mismatch')),
    user TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX identity_attempts_of_upload ON identity_attempts (upload, patient);

CREATE TRIGGER identity_attempts_are_never_changed BEFORE UPDATE ON identity_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;

CREATE TRIGGER identity_attempts_are_never_deleted BEFORE DELETE ON identity_attempts
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER identity_attempts_are_never_replaced BEFORE INSERT ON identity_attempts
WHEN EXISTS (SELECT 1 FROM identity_attempts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an attempt is never replaced'); END;

-- By what the person was known: initials, identifier, or that the meter was theirs. Assignments of the first form of
-- this file say nothing.
ALTER TABLE assignments ADD COLUMN identity TEXT CHECK (identity IN ('initials', 'identifier', 'owner'));

-- The last guard: after two wrong answers initials do not do.
CREATE TRIGGER assignments_after_mismatches_need_an_identifier BEFORE INSERT ON assignments
WHEN coalesce(NEW.identity, '') NOT IN ('identifier', 'owner')
    AND (SELECT count(*) FROM identity_attempts
         WHERE upload = NEW.upload AND patient = NEW.patient AND outcome = 'mismatch') >= 2
BEGIN SELECT RAISE(ABORT, 'after two wrong answers an identifier is needed'); END;

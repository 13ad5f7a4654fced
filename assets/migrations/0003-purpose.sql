-- What the store was made for: one row, written when it is made, and never changed.

CREATE TABLE purpose (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    purpose TEXT NOT NULL CHECK (purpose IN ('patients', 'training'))
) STRICT;

CREATE TRIGGER purpose_is_said_once BEFORE INSERT ON purpose
WHEN EXISTS (SELECT 1 FROM purpose)
BEGIN SELECT RAISE(ABORT, 'what the store is for is said once'); END;

CREATE TRIGGER purpose_is_never_changed BEFORE UPDATE ON purpose
BEGIN SELECT RAISE(ABORT, 'what the store is for is never changed'); END;

CREATE TRIGGER purpose_is_never_deleted BEFORE DELETE ON purpose
BEGIN SELECT RAISE(ABORT, 'what the store is for is never deleted'); END;

-- A patient has one number of the clinic. Labels are compared without regard to case.
CREATE TRIGGER identifiers_one_mrn BEFORE INSERT ON identifiers
WHEN NEW.label = 'MRN' COLLATE NOCASE
    AND EXISTS (SELECT 1 FROM identifiers WHERE patient = NEW.patient AND label = 'MRN' COLLATE NOCASE)
BEGIN SELECT RAISE(ABORT, 'a patient has one MRN'); END;

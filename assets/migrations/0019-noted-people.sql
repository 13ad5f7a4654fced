-- Who was noted as a new patient while the care platform did not answer, and what came of it. They are no patients:
-- nothing else names them. What was noted stays as it was; each row of the second table says how it stands since then,
-- and the newest is in force.
CREATE TABLE noted_people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE noted_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    noted INTEGER NOT NULL REFERENCES noted_people (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'begun', 'to-decide', 'created', 'taken-as', 'dropped')),
    patient TEXT,
    why TEXT,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((state IN ('created', 'taken-as')) = (patient IS NOT NULL)),
    CHECK ((state = 'to-decide') = (why IS NOT NULL))
) STRICT;

CREATE INDEX noted_steps_of ON noted_steps (noted, id);

CREATE TRIGGER noted_people_are_never_replaced BEFORE INSERT ON noted_people
WHEN EXISTS (SELECT 1 FROM noted_people WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'who was noted is never replaced'); END;

CREATE TRIGGER noted_people_are_never_changed BEFORE UPDATE ON noted_people
BEGIN SELECT RAISE(ABORT, 'who was noted is never changed'); END;

CREATE TRIGGER noted_people_are_never_deleted BEFORE DELETE ON noted_people
BEGIN SELECT RAISE(ABORT, 'who was noted is never deleted'); END;

-- One patient, one other or none is made of somebody, once.
CREATE TRIGGER noted_people_are_settled_once BEFORE INSERT ON noted_steps
WHEN EXISTS (SELECT 1 FROM noted_steps WHERE noted = NEW.noted AND state IN ('created', 'taken-as', 'dropped'))
BEGIN SELECT RAISE(ABORT, 'what became of who was noted stays so'); END;

-- While it is not known whether the platform has created them, they are nobody else.
CREATE TRIGGER noted_people_are_known_first BEFORE INSERT ON noted_steps
WHEN NEW.state IN ('taken-as', 'dropped')
    AND (SELECT state FROM noted_steps WHERE noted = NEW.noted ORDER BY id DESC LIMIT 1) = 'begun'
BEGIN SELECT RAISE(ABORT, 'who was noted may have been created'); END;

CREATE TRIGGER noted_steps_are_never_replaced BEFORE INSERT ON noted_steps
WHEN EXISTS (SELECT 1 FROM noted_steps WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'how it stood is never replaced'); END;

CREATE TRIGGER noted_steps_are_never_changed BEFORE UPDATE ON noted_steps
BEGIN SELECT RAISE(ABORT, 'how it stood is never changed'); END;

CREATE TRIGGER noted_steps_are_never_deleted BEFORE DELETE ON noted_steps
BEGIN SELECT RAISE(ABORT, 'how it stood is never deleted'); END;

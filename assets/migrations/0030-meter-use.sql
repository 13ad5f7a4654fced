-- Who uses a meter, as somebody said who was asked because its readings are odd beside the record of their patient. It
-- holds for what was shown, until the meter is read again.
CREATE TABLE use_answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    last_download INTEGER NOT NULL REFERENCES downloads (id),
    meter INTEGER NOT NULL REFERENCES meters (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    answer TEXT NOT NULL CHECK (answer IN ('one-person', 'more-people', 'not-known')),
    -- What was odd about them.
    about TEXT NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX use_answers_of_meter ON use_answers (meter, subject);

CREATE TRIGGER use_answers_are_never_changed BEFORE UPDATE ON use_answers
BEGIN SELECT RAISE(ABORT, 'what was said is never changed'); END;

CREATE TRIGGER use_answers_are_never_deleted BEFORE DELETE ON use_answers
BEGIN SELECT RAISE(ABORT, 'what was said is never deleted'); END;

CREATE TRIGGER use_answers_are_never_replaced BEFORE INSERT ON use_answers
WHEN EXISTS (SELECT 1 FROM use_answers WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'what was said is never replaced'); END;

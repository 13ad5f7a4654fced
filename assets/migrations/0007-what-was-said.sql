-- What was said of an upload, and what follows from it.

-- About whom it was said that they have the readings too: the keys of those patients, in order, as JSON. An answer about
-- one says nothing of another who got them later. Where nothing stands here, it is not known, and asked anew.
ALTER TABLE intake_answers ADD COLUMN held_by TEXT;

-- Doubts that do not hold, because a person said that the meter's clock is right and this computer's was not: what lies in
-- the future by ours is no doubt then. The doubt itself stays where it was written.
CREATE TABLE withdrawn_doubts (
    reading INTEGER NOT NULL REFERENCES readings (id),
    doubt TEXT NOT NULL CHECK (length(doubt) > 0),
    upload INTEGER NOT NULL REFERENCES uploads (id),
    PRIMARY KEY (reading, doubt)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER withdrawn_doubts_are_never_changed BEFORE UPDATE ON withdrawn_doubts
BEGIN SELECT RAISE(ABORT, 'a withdrawn doubt is never changed'); END;

CREATE TRIGGER withdrawn_doubts_are_never_deleted BEFORE DELETE ON withdrawn_doubts
BEGIN SELECT RAISE(ABORT, 'a withdrawn doubt is never deleted'); END;

CREATE TRIGGER withdrawn_doubts_are_never_replaced BEFORE INSERT ON withdrawn_doubts
WHEN EXISTS (SELECT 1 FROM withdrawn_doubts WHERE reading = NEW.reading AND doubt = NEW.doubt)
BEGIN SELECT RAISE(ABORT, 'a withdrawn doubt is never replaced'); END;

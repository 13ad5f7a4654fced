-- One reading whatever it was shown in, doubts that came later, and what people said of a download before it was assigned.
-- All of it is added to and never changed.

-- Whether any time of the download has seconds. Where none has, they were cut off.
ALTER TABLE downloads ADD COLUMN tells_seconds INTEGER NOT NULL DEFAULT 0 CHECK (tells_seconds IN (0, 1));

UPDATE downloads SET tells_seconds = 1
WHERE EXISTS (
    SELECT 1 FROM download_readings l JOIN readings r ON r.id = l.reading
    WHERE l.download = downloads.id AND substr(r.time, 18) NOT IN ('', '00')
);

-- What the download said of the reading, where that is not what is stored: another unit, no seconds, another meal.
ALTER TABLE download_readings ADD COLUMN said TEXT;

CREATE INDEX download_readings_of_reading ON download_readings (reading, download);

-- For what other records have of the same minute.
CREATE INDEX readings_by_time ON readings (time) WHERE patient IS NOT NULL;

-- Doubts besides those that a reading came with.
CREATE TABLE reading_doubts (
    reading INTEGER NOT NULL REFERENCES readings (id),
    doubt TEXT NOT NULL CHECK (length(doubt) > 0),
    upload INTEGER NOT NULL REFERENCES uploads (id),
    PRIMARY KEY (reading, doubt)
) STRICT, WITHOUT ROWID;

-- A reading of a meter without serial number that the patient's record had already. It goes into no record.
CREATE TABLE repeated_readings (
    reading INTEGER PRIMARY KEY REFERENCES readings (id),
    same_as INTEGER NOT NULL REFERENCES readings (id),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    CHECK (reading <> same_as)
) STRICT;

CREATE INDEX repeated_readings_of ON repeated_readings (same_as);

-- What a person said before an assignment: which clock is right, or that readings are this patient's although another
-- one has them. It holds until the meter is read again.
CREATE TABLE intake_answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    last_download INTEGER NOT NULL REFERENCES downloads (id),
    answer TEXT NOT NULL CHECK (answer IN ('meter-wrong', 'meter-right', 'shared')),
    patient INTEGER REFERENCES patients (id),
    user TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((answer = 'shared') = (patient IS NOT NULL))
) STRICT;

CREATE INDEX intake_answers_of_upload ON intake_answers (upload);

CREATE TRIGGER reading_doubts_are_never_changed BEFORE UPDATE ON reading_doubts
BEGIN SELECT RAISE(ABORT, 'a doubt is never changed'); END;

CREATE TRIGGER reading_doubts_are_never_deleted BEFORE DELETE ON reading_doubts
BEGIN SELECT RAISE(ABORT, 'a doubt is never deleted'); END;

CREATE TRIGGER repeated_readings_are_never_changed BEFORE UPDATE ON repeated_readings
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never changed'); END;

CREATE TRIGGER repeated_readings_are_never_deleted BEFORE DELETE ON repeated_readings
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never deleted'); END;

CREATE TRIGGER repeated_readings_are_in_no_record BEFORE INSERT ON repeated_readings
WHEN (SELECT patient FROM readings WHERE id = NEW.reading) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

CREATE TRIGGER repeated_readings_stay_out BEFORE UPDATE OF patient ON readings
WHEN NEW.patient IS NOT NULL AND EXISTS (SELECT 1 FROM repeated_readings WHERE reading = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

CREATE TRIGGER intake_answers_are_never_changed BEFORE UPDATE ON intake_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;

CREATE TRIGGER intake_answers_are_never_deleted BEFORE DELETE ON intake_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END;

CREATE TRIGGER downloads_keep_what_they_tell BEFORE UPDATE OF tells_seconds ON downloads
BEGIN SELECT RAISE(ABORT, 'a download is never changed'); END;

CREATE TRIGGER download_readings_keep_what_they_said BEFORE UPDATE OF said ON download_readings
BEGIN SELECT RAISE(ABORT, 'the provenance of a reading is never changed'); END;

CREATE TRIGGER reading_doubts_are_never_replaced BEFORE INSERT ON reading_doubts
WHEN EXISTS (SELECT 1 FROM reading_doubts WHERE reading = NEW.reading AND doubt = NEW.doubt)
BEGIN SELECT RAISE(ABORT, 'a doubt is never replaced'); END;

CREATE TRIGGER repeated_readings_are_never_replaced BEFORE INSERT ON repeated_readings
WHEN EXISTS (SELECT 1 FROM repeated_readings WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never replaced'); END;

CREATE TRIGGER intake_answers_are_never_replaced BEFORE INSERT ON intake_answers
WHEN EXISTS (SELECT 1 FROM intake_answers WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an answer is never replaced'); END;

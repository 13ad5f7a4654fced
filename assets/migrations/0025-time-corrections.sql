-- A meter's clock was wrong for a span of its own time, and somebody said by how much. What the meter told stays as it is
-- (readings.time); the time by which a record has a reading (records.time) is the corrected one, as long as the correction
-- stands. Rows are only added: a correction is undone by one that supersedes it.
CREATE TABLE time_corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('corrected', 'undone')),
    meter INTEGER NOT NULL REFERENCES meters (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    supersedes INTEGER REFERENCES time_corrections (id),
    first_time TEXT,
    last_time TEXT,
    seconds INTEGER,
    reason TEXT CHECK (length(reason) > 0),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((kind = 'undone') = (supersedes IS NOT NULL)),
    CHECK ((kind = 'corrected') = (first_time IS NOT NULL)),
    CHECK ((kind = 'corrected') = (last_time IS NOT NULL)),
    CHECK ((kind = 'corrected') = (seconds IS NOT NULL)),
    CHECK (kind <> 'corrected' OR (reason IS NOT NULL AND seconds <> 0 AND first_time <= last_time))
) STRICT;

CREATE UNIQUE INDEX time_corrections_superseded_once ON time_corrections (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX time_corrections_of_meter ON time_corrections (meter, subject);

-- Which readings it corrected, out of which assignment they were in the record then, and their corrected time.
CREATE TABLE corrected_readings (
    correction INTEGER NOT NULL REFERENCES time_corrections (id),
    reading INTEGER NOT NULL REFERENCES readings (id),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    time TEXT NOT NULL,
    PRIMARY KEY (reading, correction)
) STRICT, WITHOUT ROWID;

CREATE INDEX corrected_readings_of_correction ON corrected_readings (correction);
CREATE INDEX corrected_readings_of_assignment ON corrected_readings (assignment);

-- The corrected times that stand.
CREATE VIEW corrected_times AS
SELECT c.reading, c.correction, c.assignment, c.time FROM corrected_readings c
WHERE NOT EXISTS (SELECT 1 FROM time_corrections u WHERE u.supersedes = c.correction);

CREATE TRIGGER time_corrections_are_never_replaced BEFORE INSERT ON time_corrections
WHEN EXISTS (
    SELECT 1 FROM time_corrections WHERE id = NEW.id OR request_key = NEW.request_key OR supersedes = NEW.supersedes
)
BEGIN SELECT RAISE(ABORT, 'a correction of times is never replaced'); END;

CREATE TRIGGER time_corrections_supersede_of_one_meter BEFORE INSERT ON time_corrections
WHEN NEW.kind = 'undone' AND NOT EXISTS (
    SELECT 1 FROM time_corrections
    WHERE id = NEW.supersedes AND kind = 'corrected' AND meter = NEW.meter AND subject = NEW.subject
)
BEGIN SELECT RAISE(ABORT, 'a correction of times is undone where it was made'); END;

CREATE TRIGGER time_corrections_are_never_changed BEFORE UPDATE ON time_corrections
BEGIN SELECT RAISE(ABORT, 'a correction of times is never changed'); END;

CREATE TRIGGER time_corrections_are_never_deleted BEFORE DELETE ON time_corrections
BEGIN SELECT RAISE(ABORT, 'a correction of times is never deleted'); END;

-- A corrected reading is of the correction's meter, record and span, by as much as that says, and was not corrected
-- already: its record has it by the time that the meter told.
CREATE TRIGGER corrected_readings_are_of_their_correction BEFORE INSERT ON corrected_readings
WHEN NOT EXISTS (
    SELECT 1 FROM time_corrections t
        JOIN readings r ON r.id = NEW.reading AND r.meter = t.meter
        JOIN records x ON x.reading = r.id AND x.subject = t.subject
    WHERE t.id = NEW.correction AND t.kind = 'corrected'
        AND x.assignment = NEW.assignment AND x.time = r.time
        AND r.time <> '' AND r.time BETWEEN t.first_time AND t.last_time
        AND NEW.time = strftime('%Y-%m-%dT%H:%M:%S', substr(r.time, 1, 19), t.seconds || ' seconds') || substr(r.time, 20)
        AND NOT EXISTS (SELECT 1 FROM time_corrections u WHERE u.supersedes = t.id)
)
BEGIN SELECT RAISE(ABORT, 'a corrected time is what its correction says'); END;

-- What a care platform was told, or is to be told, is not corrected here alone. (Of a patient of this store there is
-- nobody to be told: what was decided is noted as delivered, and was never attempted.)
CREATE TRIGGER corrected_readings_are_of_this_store BEFORE INSERT ON corrected_readings
WHEN EXISTS (SELECT 1 FROM outbox WHERE assignment = NEW.assignment AND (attempts > 0 OR state <> 'delivered'))
    OR EXISTS (
        SELECT 1 FROM assignments a JOIN subjects s ON s.id = a.subject
        WHERE a.id = NEW.assignment AND s.key IS NOT NULL
    )
BEGIN SELECT RAISE(ABORT, 'what a care platform is told is not corrected here alone'); END;

CREATE TRIGGER corrected_readings_are_never_changed BEFORE UPDATE ON corrected_readings
BEGIN SELECT RAISE(ABORT, 'a corrected time is never changed'); END;

CREATE TRIGGER corrected_readings_are_never_deleted BEFORE DELETE ON corrected_readings
BEGIN SELECT RAISE(ABORT, 'a corrected time is never deleted'); END;

-- A correction was confirmed for one record: what leaves that is not corrected any more, which somebody says before.
CREATE TRIGGER assigned_readings_are_not_corrected BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM corrected_times WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a reading of corrected time stays where it is'); END;

-- A reading is never moved to another record; its time is the corrected one that stands, or the meter's own.
DROP TRIGGER records_are_never_changed;
CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records
WHEN NEW.reading <> OLD.reading OR NEW.subject <> OLD.subject OR NEW.assignment <> OLD.assignment
    OR NEW.time <> coalesce(
        (SELECT time FROM corrected_times WHERE reading = OLD.reading),
        (SELECT time FROM readings WHERE id = OLD.reading))
BEGIN SELECT RAISE(ABORT, 'a reading is never moved'); END;

CREATE TRIGGER corrected_readings_are_in_the_record AFTER INSERT ON corrected_readings
BEGIN
    UPDATE records SET time = NEW.time WHERE reading = NEW.reading;
END;

CREATE TRIGGER undone_corrections_leave_the_record AFTER INSERT ON time_corrections
WHEN NEW.kind = 'undone'
BEGIN
    UPDATE records SET time = (SELECT r.time FROM readings r WHERE r.id = records.reading)
    WHERE reading IN (SELECT reading FROM corrected_readings WHERE correction = NEW.supersedes);
    -- Once for all of them: each may have been the last in its turn, and what is doubted by now lies before what counts.
    UPDATE last_seen SET last_reading = coalesce(
        (SELECT c.time FROM counted_records c WHERE c.subject = NEW.subject ORDER BY c.time DESC LIMIT 1), '')
    WHERE subject = NEW.subject;
END;

-- The numbers use a reading of corrected time, whatever is doubted of the time that its meter told.
DROP VIEW counted_lows;
DROP VIEW counted_records;

CREATE VIEW counted_records AS
SELECT x.reading, x.subject, x.time, r.range, r.doubts,
    (r.digits / CASE r.decimals WHEN 0 THEN 1.0 WHEN 1 THEN 10.0 WHEN 2 THEN 100.0 WHEN 3 THEN 1000.0
        WHEN 4 THEN 10000.0 WHEN 5 THEN 100000.0 ELSE 1000000.0 END)
        * iif(r.unit = 'mmol/L', 18.01559, 1.0) AS mg_per_dl
FROM records x JOIN readings r ON r.id = x.reading
WHERE r.kind = 'blood' AND r.unit <> 'unscaled' AND x.time <> ''
    AND (r.doubts = '[]' OR NOT EXISTS (
        SELECT 1 FROM json_each(r.doubts) d
        WHERE d.value NOT IN ('questionable', 'outside-meter-range', 'kind-uncertain')
            AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = r.id AND w.doubt = d.value)
            AND NOT (
                d.value IN ('time-uncertain', 'time-ahead', 'time-before-model', 'clock-reset', 'clock-wrong')
                AND EXISTS (SELECT 1 FROM corrected_times k WHERE k.reading = r.id))))
    AND NOT EXISTS (
        SELECT 1 FROM reading_doubts d
        WHERE d.reading = r.id AND d.doubt NOT IN ('questionable', 'outside-meter-range', 'kind-uncertain')
            AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = r.id AND w.doubt = d.doubt)
            AND NOT (
                d.doubt IN ('time-uncertain', 'time-ahead', 'time-before-model', 'clock-reset', 'clock-wrong')
                AND EXISTS (SELECT 1 FROM corrected_times k WHERE k.reading = r.id)));

CREATE VIEW counted_lows AS
SELECT reading, subject, day, very_low FROM (
    SELECT c.reading, c.subject, substr(c.time, 1, 10) AS day,
        CASE
            WHEN c.range = 'low' THEN 1
            WHEN c.range = 'high' THEN NULL
            WHEN (instr(c.doubts, '"outside-meter-range"')
                    OR EXISTS (SELECT 1 FROM reading_doubts d
                               WHERE d.reading = c.reading AND d.doubt = 'outside-meter-range'))
                AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w
                                WHERE w.reading = c.reading AND w.doubt = 'outside-meter-range')
                THEN iif(c.mg_per_dl < 150.0, 1, NULL)
            WHEN round(c.mg_per_dl) < 54 THEN 1
            WHEN round(c.mg_per_dl) < 70 THEN 0
        END AS very_low
    FROM counted_records c)
WHERE very_low IS NOT NULL;

CREATE TRIGGER corrected_records_are_seen AFTER UPDATE OF time ON records
BEGIN
    DELETE FROM low_readings WHERE reading = NEW.reading;
    INSERT INTO low_readings (reading, subject, day, very_low)
    SELECT reading, subject, day, very_low FROM counted_lows WHERE reading = NEW.reading;
    -- Looked for only where this one was the last: of a record with many doubted readings it is a long way to the last
    -- that counts.
    UPDATE last_seen SET last_reading = coalesce(
        (SELECT c.time FROM counted_records c WHERE c.subject = NEW.subject ORDER BY c.time DESC LIMIT 1), '')
    WHERE subject = NEW.subject AND last_reading = OLD.time AND NEW.time <> OLD.time
        AND EXISTS (SELECT 1 FROM corrected_times WHERE reading = NEW.reading);
    UPDATE last_seen SET last_reading = NEW.time
    WHERE subject = NEW.subject AND last_reading < NEW.time
        AND EXISTS (SELECT 1 FROM counted_records WHERE reading = NEW.reading);
END;

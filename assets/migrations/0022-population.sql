-- The clinic's patients by last upload, by last reading and by lows: kept beside the story, because a list of a million
-- people cannot be made of all their readings. All of it follows from other rows, and can be made again.

-- Which readings of the records the numbers use, as domain::reading::Reading::left_out_for says: of blood, measured,
-- with a time that nobody doubts.
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
            AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = r.id AND w.doubt = d.value)))
    AND NOT EXISTS (
        SELECT 1 FROM reading_doubts d
        WHERE d.reading = r.id AND d.doubt NOT IN ('questionable', 'outside-meter-range', 'kind-uncertain')
            AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = r.id AND w.doubt = d.doubt));

-- Those of them that lie below 70 mg/dL, as domain::statistics::Range::of_reading says, and whether below 54. Beyond what
-- its meter measures a number is very low, or it is very high.
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

CREATE TABLE low_readings (
    reading INTEGER PRIMARY KEY REFERENCES readings (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    day TEXT NOT NULL,
    very_low INTEGER NOT NULL CHECK (very_low IN (0, 1))
) STRICT;

CREATE INDEX low_readings_by_day ON low_readings (day, subject, very_low);
CREATE INDEX low_readings_of_subject ON low_readings (subject, day, very_low);

-- When a meter of somebody was last read for them (the least number there is: never), and their last counted reading by
-- the meter's own time (nothing: none).
CREATE TABLE last_seen (
    subject INTEGER PRIMARY KEY REFERENCES subjects (id),
    last_upload INTEGER NOT NULL,
    last_reading TEXT NOT NULL
) STRICT;

CREATE INDEX last_seen_by_upload ON last_seen (last_upload, subject);
CREATE INDEX last_seen_by_reading ON last_seen (last_reading, subject);

CREATE VIEW last_uploads AS
SELECT a.subject, max(u.read_at) AS last_upload FROM assignments a JOIN uploads u ON u.id = a.upload
WHERE a.subject IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')
GROUP BY a.subject;

INSERT INTO low_readings (reading, subject, day, very_low) SELECT reading, subject, day, very_low FROM counted_lows;

INSERT INTO last_seen (subject, last_upload, last_reading)
SELECT s.id, coalesce(u.last_upload, -9223372036854775808), coalesce(r.last_reading, '')
FROM subjects s LEFT JOIN last_uploads u ON u.subject = s.id
    LEFT JOIN (SELECT subject, max(time) AS last_reading FROM counted_records GROUP BY subject) r ON r.subject = s.id;

CREATE TRIGGER subjects_are_seen AFTER INSERT ON subjects
BEGIN
    INSERT INTO last_seen (subject, last_upload, last_reading) VALUES (NEW.id, -9223372036854775808, '');
END;

CREATE TRIGGER uploads_are_seen AFTER INSERT ON assignments
WHEN NEW.subject IS NOT NULL AND NEW.upload IS NOT NULL
BEGIN
    UPDATE last_seen SET last_upload = max(last_upload, (SELECT read_at FROM uploads WHERE id = NEW.upload))
    WHERE subject = NEW.subject;
END;

CREATE TRIGGER undone_uploads_are_seen_no_more AFTER INSERT ON assignments
WHEN NEW.kind = 'undone'
BEGIN
    UPDATE last_seen SET last_upload = coalesce(
        (SELECT max(u.read_at) FROM assignments a JOIN uploads u ON u.id = a.upload
         WHERE a.subject = last_seen.subject
            AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')),
        -9223372036854775808)
    WHERE subject = (SELECT subject FROM assignments WHERE id = NEW.supersedes);
END;

CREATE TRIGGER records_are_seen AFTER INSERT ON records
BEGIN
    INSERT INTO low_readings (reading, subject, day, very_low)
    SELECT reading, subject, day, very_low FROM counted_lows WHERE reading = NEW.reading;
    UPDATE last_seen SET last_reading = NEW.time
    WHERE subject = NEW.subject AND last_reading < NEW.time
        AND EXISTS (SELECT 1 FROM counted_records WHERE reading = NEW.reading);
END;

CREATE TRIGGER records_are_seen_no_more AFTER DELETE ON records
BEGIN
    DELETE FROM low_readings WHERE reading = OLD.reading;
    UPDATE last_seen SET last_reading = coalesce(
        (SELECT c.time FROM counted_records c WHERE c.subject = OLD.subject ORDER BY c.time DESC LIMIT 1), '')
    WHERE subject = OLD.subject AND last_reading = OLD.time;
END;

CREATE TRIGGER doubted_readings_are_seen_no_more AFTER INSERT ON reading_doubts
BEGIN
    DELETE FROM low_readings WHERE reading = NEW.reading;
    INSERT INTO low_readings (reading, subject, day, very_low)
    SELECT reading, subject, day, very_low FROM counted_lows WHERE reading = NEW.reading;
    UPDATE last_seen SET last_reading = coalesce(
        (SELECT c.time FROM counted_records c WHERE c.subject = last_seen.subject ORDER BY c.time DESC LIMIT 1), '')
    WHERE (subject, last_reading) = (SELECT x.subject, x.time FROM records x WHERE x.reading = NEW.reading);
END;

CREATE TRIGGER undoubted_readings_are_seen AFTER INSERT ON withdrawn_doubts
BEGIN
    DELETE FROM low_readings WHERE reading = NEW.reading;
    INSERT INTO low_readings (reading, subject, day, very_low)
    SELECT reading, subject, day, very_low FROM counted_lows WHERE reading = NEW.reading;
    UPDATE last_seen SET last_reading = (SELECT c.time FROM counted_records c WHERE c.reading = NEW.reading)
    WHERE subject = (SELECT c.subject FROM counted_records c WHERE c.reading = NEW.reading)
        AND last_reading < (SELECT c.time FROM counted_records c WHERE c.reading = NEW.reading);
END;

-- An assignment is undone by somebody who works here. What of it the care platform was never sent is not sent any more;
-- what it has, or may have, is withdrawn there: one item more of the same assignment, which is never sent before what it
-- withdraws, nor behind what is decided later of the same meter.
CREATE TABLE outbox_undone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ownership', 'readings', 'withdrawal')),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'refused', 'withdrawn', 'undone')),
    due INTEGER,
    refusal TEXT,
    owner TEXT,
    attempts INTEGER NOT NULL,
    last TEXT CHECK (
        last IN ('under-way', 'recorded', 'already-there', 'put-off', 'not-allowed', 'unanswered', 'refused')
    ),
    why TEXT,
    CHECK ((state = 'queued') = (due IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'withdrawn') = (owner IS NOT NULL)),
    CHECK ((coalesce(last, '') IN ('put-off', 'not-allowed', 'unanswered')) = (why IS NOT NULL)),
    UNIQUE (assignment, kind)
) STRICT;

INSERT INTO outbox_undone (id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why)
SELECT id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why
FROM outbox ORDER BY id;

DROP TABLE outbox;
ALTER TABLE outbox_undone RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('queued', 'refused');
CREATE INDEX outbox_of_line ON outbox (line, id);

CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox WHERE id = NEW.id OR key = NEW.key OR (assignment = NEW.assignment AND kind = NEW.kind)
)
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never replaced'); END;

CREATE TRIGGER outbox_withdraws_what_was_undone BEFORE INSERT ON outbox
WHEN NEW.kind = 'withdrawal'
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE supersedes = NEW.assignment AND kind = 'undone')
BEGIN SELECT RAISE(ABORT, 'only what was undone is withdrawn'); END;

CREATE TRIGGER outbox_keeps_what_it_tells BEFORE UPDATE OF id, key, line, kind, assignment ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never changed'); END;

CREATE TRIGGER outbox_delivers_once BEFORE UPDATE OF state, due, refusal, owner, attempts, last, why ON outbox
WHEN OLD.state IN ('delivered', 'withdrawn', 'undone')
BEGIN SELECT RAISE(ABORT, 'what was delivered or taken back stays so'); END;

CREATE TRIGGER outbox_forgets_nothing BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never deleted'); END;

-- What a record had already is kept out by one assignment, and by another one once that was undone: the record that the
-- readings go into then may not have them.
CREATE TABLE repeated_readings_undone (
    reading INTEGER NOT NULL REFERENCES readings (id),
    same_as INTEGER NOT NULL REFERENCES readings (id),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    PRIMARY KEY (reading, assignment),
    CHECK (reading <> same_as)
) STRICT, WITHOUT ROWID;

INSERT INTO repeated_readings_undone (reading, same_as, assignment)
SELECT reading, same_as, assignment FROM repeated_readings;

DROP TRIGGER repeated_readings_stay_out;
DROP TABLE repeated_readings;
ALTER TABLE repeated_readings_undone RENAME TO repeated_readings;

CREATE INDEX repeated_readings_of ON repeated_readings (same_as);

-- What is kept out now.
CREATE VIEW kept_out AS
SELECT reading, same_as, assignment FROM repeated_readings q
WHERE NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = q.assignment AND u.kind = 'undone');

CREATE TRIGGER repeated_readings_stay_out BEFORE INSERT ON assigned_readings
WHEN EXISTS (SELECT 1 FROM kept_out WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

CREATE TRIGGER repeated_readings_are_in_no_record BEFORE INSERT ON repeated_readings
WHEN EXISTS (SELECT 1 FROM records WHERE reading = NEW.reading)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is in no record'); END;

CREATE TRIGGER repeated_readings_are_never_changed BEFORE UPDATE ON repeated_readings
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never changed'); END;

CREATE TRIGGER repeated_readings_are_never_deleted BEFORE DELETE ON repeated_readings
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never deleted'); END;

CREATE TRIGGER repeated_readings_are_never_replaced BEFORE INSERT ON repeated_readings
WHEN EXISTS (SELECT 1 FROM kept_out WHERE reading = NEW.reading)
    OR EXISTS (SELECT 1 FROM repeated_readings WHERE reading = NEW.reading AND assignment = NEW.assignment)
BEGIN SELECT RAISE(ABORT, 'a repeated reading is never replaced'); END;

-- What a care platform was told of is corrected there, too: one item more for each correction, and one for each that is
-- undone. It stands beside an assignment of its readings.
CREATE TABLE outbox_corrected (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ownership', 'readings', 'withdrawal', 'correction')),
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
    ended INTEGER,
    stayed INTEGER CHECK (stayed > 0),
    correction INTEGER UNIQUE REFERENCES time_corrections (id),
    CHECK ((state = 'queued') = (due IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'withdrawn') = (owner IS NOT NULL)),
    CHECK ((coalesce(last, '') IN ('put-off', 'not-allowed', 'unanswered')) = (why IS NOT NULL)),
    CHECK ((kind = 'correction') = (correction IS NOT NULL))
) STRICT;

INSERT INTO outbox_corrected
    (id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why, ended, stayed)
SELECT id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why, ended, stayed
FROM outbox ORDER BY id;

DROP TRIGGER corrected_readings_are_of_this_store;
DROP TABLE outbox;
ALTER TABLE outbox_corrected RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('queued', 'refused');
CREATE INDEX outbox_of_line ON outbox (line, id);
CREATE UNIQUE INDEX outbox_once ON outbox (assignment, kind) WHERE kind <> 'correction';
CREATE INDEX outbox_of_assignment ON outbox (assignment);

CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox WHERE id = NEW.id OR key = NEW.key OR correction = NEW.correction
        OR (assignment = NEW.assignment AND kind = NEW.kind AND kind <> 'correction')
)
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never replaced'); END;

CREATE TRIGGER outbox_withdraws_what_was_undone BEFORE INSERT ON outbox
WHEN NEW.kind = 'withdrawal'
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE supersedes = NEW.assignment AND kind = 'undone')
BEGIN SELECT RAISE(ABORT, 'only what was undone is withdrawn'); END;

CREATE TRIGGER outbox_keeps_what_it_tells BEFORE UPDATE OF id, key, line, kind, assignment, correction ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never changed'); END;

CREATE TRIGGER outbox_delivers_once
BEFORE UPDATE OF state, due, refusal, owner, attempts, last, why, ended, stayed ON outbox
WHEN OLD.state IN ('delivered', 'withdrawn', 'undone')
BEGIN SELECT RAISE(ABORT, 'what was delivered or taken back stays so'); END;

CREATE TRIGGER outbox_forgets_nothing BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never deleted'); END;

-- What a care platform is yet to be told is not corrected here: it would be told by its old time, or by a new one of
-- which nobody there could see that it is one.
CREATE TRIGGER corrected_readings_were_told BEFORE INSERT ON corrected_readings
WHEN EXISTS (SELECT 1 FROM outbox WHERE assignment = NEW.assignment AND kind <> 'correction' AND state <> 'delivered')
BEGIN SELECT RAISE(ABORT, 'what a care platform is to be told is not corrected before'); END;

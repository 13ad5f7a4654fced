-- What became somebody else's at the care platform first is taken back here: it is never sent again, nor is what builds on
-- it. What came of the last attempt is kept, so that it can be said why something waits. A claim that was refused because
-- the meter is somebody else's is made once more, and then taken back.
CREATE TABLE outbox_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    line TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ownership', 'readings')),
    assignment INTEGER NOT NULL REFERENCES assignments (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'refused', 'withdrawn')),
    due INTEGER,
    refusal TEXT,
    owner TEXT,
    attempts INTEGER NOT NULL,
    last TEXT CHECK (last IN ('under-way', 'recorded', 'already-there', 'put-off', 'unanswered', 'refused')),
    CHECK ((state = 'queued') = (due IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'withdrawn') = (owner IS NOT NULL)),
    UNIQUE (assignment, kind)
) STRICT;

INSERT INTO outbox_told (id, key, line, kind, assignment, state, due, refusal, attempts, last)
SELECT id, key, line, kind, assignment,
    iif(json_extract(refusal, '$.owned-by') IS NULL, state, 'queued'),
    iif(json_extract(refusal, '$.owned-by') IS NULL, due, 0),
    json_extract(refusal, '$.because'), attempts,
    CASE state WHEN 'delivered' THEN 'recorded' WHEN 'refused' THEN 'refused' END
FROM outbox ORDER BY id;

DROP TABLE outbox;
ALTER TABLE outbox_told RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('queued', 'refused');
CREATE INDEX outbox_of_line ON outbox (line, id);

CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox WHERE id = NEW.id OR key = NEW.key OR (assignment = NEW.assignment AND kind = NEW.kind)
)
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never replaced'); END;

CREATE TRIGGER outbox_keeps_what_it_tells BEFORE UPDATE OF id, key, line, kind, assignment ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never changed'); END;

CREATE TRIGGER outbox_delivers_once BEFORE UPDATE OF state, due, refusal, owner, attempts, last ON outbox
WHEN OLD.state IN ('delivered', 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'what was delivered or taken back stays so'); END;

CREATE TRIGGER outbox_forgets_nothing BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never deleted'); END;

-- Why something was put off is kept with it, and whether it was because of who was signed in: such a thing is tried again
-- as soon as somebody signs in. Of what was put off before, the reason is not known.
CREATE TABLE outbox_with_reason (
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

INSERT INTO outbox_with_reason (id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why)
SELECT id, key, line, kind, assignment, state, due, refusal, owner, attempts, last,
    iif(last IN ('put-off', 'unanswered'), '', NULL)
FROM outbox ORDER BY id;

DROP TABLE outbox;
ALTER TABLE outbox_with_reason RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (id) WHERE state IN ('queued', 'refused');
CREATE INDEX outbox_of_line ON outbox (line, id);

CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (
    SELECT 1 FROM outbox WHERE id = NEW.id OR key = NEW.key OR (assignment = NEW.assignment AND kind = NEW.kind)
)
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never replaced'); END;

CREATE TRIGGER outbox_keeps_what_it_tells BEFORE UPDATE OF id, key, line, kind, assignment ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never changed'); END;

CREATE TRIGGER outbox_delivers_once BEFORE UPDATE OF state, due, refusal, owner, attempts, last, why ON outbox
WHEN OLD.state IN ('delivered', 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'what was delivered or taken back stays so'); END;

CREATE TRIGGER outbox_forgets_nothing BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what is to be delivered is never deleted'); END;

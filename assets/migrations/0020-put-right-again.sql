-- What may be in another person's record can be put right, be sent again, and be there again: it is put right up to the
-- last record that it was sent to by then.
CREATE TABLE outbox_put_right_up_to (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES outbox (id),
    last_record INTEGER NOT NULL REFERENCES outbox_records (id),
    reason TEXT NOT NULL CHECK (length(reason) > 0),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (item, last_record)
) STRICT;

INSERT INTO outbox_put_right_up_to (item, last_record, reason, user, session, at)
SELECT p.item, (SELECT max(id) FROM outbox_records WHERE item = p.item), p.reason, p.user, p.session, p.at
FROM outbox_put_right p ORDER BY p.at;

DROP TABLE outbox_put_right;
ALTER TABLE outbox_put_right_up_to RENAME TO outbox_put_right;

CREATE TRIGGER outbox_put_right_is_never_changed BEFORE UPDATE ON outbox_put_right
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

CREATE TRIGGER outbox_put_right_is_never_deleted BEFORE DELETE ON outbox_put_right
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

CREATE TRIGGER outbox_put_right_is_never_replaced BEFORE INSERT ON outbox_put_right
WHEN EXISTS (
    SELECT 1 FROM outbox_put_right WHERE id = NEW.id OR (item = NEW.item AND last_record = NEW.last_record)
)
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

-- Of a merger from before it was kept which assignment was the last before it: whoever is typed from now on is typed
-- after it, and is asked once more and not each time.
DROP TRIGGER mergers_are_never_changed;

UPDATE mergers SET last_assignment = (SELECT coalesce(max(id), 0) FROM assignments) WHERE last_assignment IS NULL;

CREATE TRIGGER mergers_are_never_changed BEFORE UPDATE ON mergers
BEGIN SELECT RAISE(ABORT, 'a merger is never changed'); END;

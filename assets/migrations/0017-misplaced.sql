-- Into whose record something was sent, where that is not the one it was decided for: at the platform the one had taken
-- the other's place. Once each has their own again, it stands in another person's record there. The newest row of an item
-- is in force; without any it was sent to whom it was decided for.
CREATE TABLE outbox_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES outbox (id),
    subject INTEGER NOT NULL REFERENCES subjects (id),
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_records_of_item ON outbox_records (item);

CREATE TRIGGER outbox_records_are_never_changed BEFORE UPDATE ON outbox_records
BEGIN SELECT RAISE(ABORT, 'into whose record something was sent is never changed'); END;

CREATE TRIGGER outbox_records_are_never_deleted BEFORE DELETE ON outbox_records
BEGIN SELECT RAISE(ABORT, 'into whose record something was sent is never deleted'); END;

CREATE TRIGGER outbox_records_are_never_replaced BEFORE INSERT ON outbox_records
WHEN EXISTS (SELECT 1 FROM outbox_records WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'into whose record something was sent is never replaced'); END;

-- Somebody has put right at the platform what was in another person's record there.
CREATE TABLE outbox_put_right (
    item INTEGER PRIMARY KEY REFERENCES outbox (id),
    reason TEXT NOT NULL CHECK (length(reason) > 0),
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER outbox_put_right_is_never_changed BEFORE UPDATE ON outbox_put_right
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

CREATE TRIGGER outbox_put_right_is_never_deleted BEFORE DELETE ON outbox_put_right
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

CREATE TRIGGER outbox_put_right_is_never_replaced BEFORE INSERT ON outbox_put_right
WHEN EXISTS (SELECT 1 FROM outbox_put_right WHERE item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'what was put right stays so'); END;

-- The last assignment before a merger: what was typed after it was typed for the record that took the place. Of mergers
-- from before this was kept it is not known.
ALTER TABLE mergers ADD COLUMN last_assignment INTEGER;

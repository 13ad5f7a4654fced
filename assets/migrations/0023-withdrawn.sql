-- When the last attempt to deliver an item ended, as long as none is under way: what is withdrawn counts as withdrawn only
-- when nothing was sent of it for so long that nothing can still arrive. And how many readings stayed in the record,
-- because another station stands behind them too.
ALTER TABLE outbox ADD COLUMN ended INTEGER;
ALTER TABLE outbox ADD COLUMN stayed INTEGER CHECK (stayed > 0);

CREATE TRIGGER outbox_ends_once BEFORE UPDATE OF ended, stayed ON outbox
WHEN OLD.state IN ('delivered', 'withdrawn', 'undone')
BEGIN SELECT RAISE(ABORT, 'what was delivered or taken back stays so'); END;

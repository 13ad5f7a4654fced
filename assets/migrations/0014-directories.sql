-- Of which care platform the patients are who have a directory's key: its address, and the tenant there. The same key is
-- somebody else at another one. Said before the first of them is known here; the newest row is in force, and a later one
-- says that the same platform is found at another address, after somebody made sure of it.
CREATE TABLE directories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    base TEXT NOT NULL CHECK (base <> ''),
    tenant TEXT NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER directories_are_never_changed BEFORE UPDATE ON directories
BEGIN SELECT RAISE(ABORT, 'of which directory the patients are is never changed'); END;

CREATE TRIGGER directories_are_never_deleted BEFORE DELETE ON directories
BEGIN SELECT RAISE(ABORT, 'of which directory the patients are is never deleted'); END;

CREATE TRIGGER directories_are_never_replaced BEFORE INSERT ON directories
WHEN EXISTS (SELECT 1 FROM directories WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'of which directory the patients are is never replaced'); END;

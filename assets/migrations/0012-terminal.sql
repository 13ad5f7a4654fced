-- What this computer is called where it is named on a care platform: as the gateway of readings. Made once, and never changed,
-- so that it stays the same whatever the computer is called and wherever it stands.
CREATE TABLE terminal (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL
) STRICT;

CREATE TRIGGER terminal_is_named_once BEFORE INSERT ON terminal
WHEN EXISTS (SELECT 1 FROM terminal)
BEGIN SELECT RAISE(ABORT, 'the terminal is named once'); END;

CREATE TRIGGER terminal_keeps_its_name BEFORE UPDATE ON terminal
BEGIN SELECT RAISE(ABORT, 'the terminal keeps its name'); END;

CREATE TRIGGER terminal_is_never_forgotten BEFORE DELETE ON terminal
BEGIN SELECT RAISE(ABORT, 'the terminal is never forgotten'); END;

-- What was found out of a care platform's server by trying, as its client writes it down, so that it is not tried again at each
-- start. It can be found out again, and so it may be forgotten.
CREATE TABLE servers (
    base TEXT PRIMARY KEY,
    learnt TEXT NOT NULL
) STRICT;

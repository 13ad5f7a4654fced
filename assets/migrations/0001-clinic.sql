-- The clinic's store. Times of this computer are nanoseconds since 1970 UTC; times of a meter are its own wall clock
-- as text. Words (status, kind, unit ...) are those of the domain types.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL CHECK (length(login) > 0),
    login_folded TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (length(name) > 0),
    role TEXT NOT NULL CHECK (role IN ('assistant', 'clinician', 'administrator', 'auditor')),
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- By digest, because people type passwords into the login field, and for unknown names too, because otherwise the
-- throttle would tell which names exist.
CREATE TABLE sign_in_failures (
    login_digest BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE patients (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    family TEXT NOT NULL CHECK (length(family) > 0),
    given TEXT NOT NULL CHECK (length(given) > 0),
    born TEXT NOT NULL,
    gender TEXT NOT NULL CHECK (gender IN ('female', 'male', 'other', 'unknown')),
    status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'PENDING', 'MERGED', 'DECEASED')),
    merged_into INTEGER REFERENCES patients (id),
    email TEXT,
    phone TEXT,
    family_folded TEXT NOT NULL,
    given_folded TEXT NOT NULL,
    reason_despite_look_alike TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    request_key TEXT UNIQUE,
    CHECK (merged_into IS NULL OR status = 'MERGED')
) STRICT;

-- People of one year of birth, for look-alikes.
CREATE INDEX patients_alike ON patients (born, family_folded, given_folded);

CREATE TABLE identifiers (
    patient INTEGER NOT NULL REFERENCES patients (id),
    position INTEGER NOT NULL,
    label TEXT NOT NULL COLLATE NOCASE CHECK (length(label) > 0),
    value TEXT NOT NULL CHECK (length(value) > 0),
    folded TEXT NOT NULL CHECK (length(folded) > 0),
    PRIMARY KEY (patient, position),
    UNIQUE (label, folded)
) STRICT, WITHOUT ROWID;

-- One row for each word under which a patient is found, in the order in which hits are shown: family names (1), given
-- names (2), identifiers and birth dates (3); ACTIVE first. `entry` holds all that ranking needs, so that a search
-- reads one range of one tree.
CREATE TABLE search_words (
    field INTEGER NOT NULL,
    inactive INTEGER NOT NULL,
    word TEXT NOT NULL,
    entry TEXT NOT NULL,
    patient INTEGER NOT NULL REFERENCES patients (id),
    PRIMARY KEY (field, inactive, word, entry, patient)
) STRICT, WITHOUT ROWID;

CREATE TABLE meters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    identifiable INTEGER NOT NULL CHECK (identifiable IN (0, 1)),
    model TEXT NOT NULL,
    serial TEXT NOT NULL
) STRICT;

CREATE TABLE ownerships (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL REFERENCES meters (id),
    patient INTEGER NOT NULL REFERENCES patients (id),
    opened_at INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    closed_at INTEGER,
    closed_by TEXT,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
) STRICT;

-- The last guard against two owners of one meter.
CREATE UNIQUE INDEX ownerships_one_open ON ownerships (meter) WHERE closed_at IS NULL;
CREATE INDEX ownerships_of_patient ON ownerships (patient);

-- What waits for, or was given to, a patient: one or, while it waits, several downloads of one meter.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL REFERENCES meters (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'assigned')),
    identity TEXT NOT NULL,
    clock TEXT,
    read_at INTEGER NOT NULL,
    counts TEXT NOT NULL,
    first_time TEXT NOT NULL,
    last_time TEXT NOT NULL,
    warnings INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX uploads_one_pending ON uploads (meter) WHERE state = 'pending';
CREATE INDEX uploads_of_meter ON uploads (meter);

-- One conversation with one meter, with every byte of it.
CREATE TABLE downloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upload INTEGER NOT NULL REFERENCES uploads (id),
    identity TEXT NOT NULL,
    clock TEXT,
    announced INTEGER,
    warnings TEXT NOT NULL,
    transcript BLOB NOT NULL,
    user TEXT NOT NULL,
    read_at INTEGER NOT NULL
) STRICT;

CREATE INDEX downloads_of_upload ON downloads (upload);

CREATE TABLE assignments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key TEXT NOT NULL UNIQUE,
    upload INTEGER NOT NULL UNIQUE REFERENCES uploads (id),
    patient INTEGER NOT NULL REFERENCES patients (id),
    user TEXT NOT NULL,
    at INTEGER NOT NULL,
    new INTEGER NOT NULL,
    already_there INTEGER NOT NULL
) STRICT;

CREATE INDEX assignments_of_patient ON assignments (patient);

-- A result is the same one when kind, time, value and its place among equal ones of a download are the same, wherever
-- the meter's memory has moved it meanwhile. An empty time is an unknown one.
CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL REFERENCES meters (id),
    kind TEXT NOT NULL,
    time TEXT NOT NULL,
    range TEXT NOT NULL CHECK (range IN ('in', 'low', 'high')),
    digits INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    unit TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    meter_index INTEGER NOT NULL,
    meal TEXT,
    doubts TEXT NOT NULL,
    raw TEXT NOT NULL,
    first_upload INTEGER NOT NULL REFERENCES uploads (id),
    patient INTEGER REFERENCES patients (id),
    assignment INTEGER REFERENCES assignments (id),
    UNIQUE (meter, kind, time, range, digits, decimals, unit, occurrence),
    CHECK ((range = 'in') = (unit IN ('mg/dL', 'mmol/L'))),
    CHECK ((patient IS NULL) = (assignment IS NULL))
) STRICT;

CREATE INDEX readings_of_record ON readings (patient, time) WHERE patient IS NOT NULL;
CREATE INDEX readings_of_upload ON readings (first_upload);

-- Where each download had each reading: the provenance of every number.
CREATE TABLE download_readings (
    download INTEGER NOT NULL REFERENCES downloads (id),
    position INTEGER NOT NULL,
    reading INTEGER NOT NULL REFERENCES readings (id),
    meter_index INTEGER NOT NULL,
    PRIMARY KEY (download, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE recents (
    user TEXT NOT NULL,
    patient INTEGER NOT NULL REFERENCES patients (id),
    used INTEGER NOT NULL,
    PRIMARY KEY (user, patient)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    patient TEXT NOT NULL,
    upload TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;

-- A stored reading stays as it came. It gets a patient once.
CREATE TRIGGER readings_are_never_changed
BEFORE UPDATE OF meter, kind, time, range, digits, decimals, unit, occurrence, meter_index, meal, doubts, raw,
    first_upload ON readings
BEGIN SELECT RAISE(ABORT, 'a reading is never changed'); END;

CREATE TRIGGER readings_are_never_moved BEFORE UPDATE OF patient, assignment ON readings
WHEN OLD.patient IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a reading is never moved'); END;

CREATE TRIGGER readings_are_never_deleted BEFORE DELETE ON readings
BEGIN SELECT RAISE(ABORT, 'a reading is never deleted'); END;

-- What was promised stays, whatever statement comes: no row of what follows is deleted, replaced by an INSERT OR REPLACE
-- (which goes round triggers on DELETE where recursive_triggers is off), or changed but in the one way that it may.

-- A line is written at the end and continues the chain; nothing is put between, before or in the place of another.
CREATE TRIGGER audit_is_only_continued BEFORE INSERT ON audit
WHEN NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), zeroblob(32))
    OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only continued'); END;

CREATE TRIGGER audit_is_continued_at_its_end AFTER INSERT ON audit
WHEN NEW.id <> (SELECT max(id) FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit trail is only continued'); END;

CREATE TRIGGER readings_are_never_replaced BEFORE INSERT ON readings
WHEN EXISTS (SELECT 1 FROM readings WHERE id = NEW.id)
    OR EXISTS (
        SELECT 1 FROM readings WHERE meter = NEW.meter AND kind = NEW.kind AND time = NEW.time AND range = NEW.range
            AND digits = NEW.digits AND decimals = NEW.decimals AND unit = NEW.unit AND occurrence = NEW.occurrence
    )
BEGIN SELECT RAISE(ABORT, 'a reading is never replaced'); END;

CREATE TRIGGER readings_keep_their_number BEFORE UPDATE OF id ON readings
BEGIN SELECT RAISE(ABORT, 'a reading is never changed'); END;

-- An ownership is opened, and closed once.
CREATE TRIGGER ownerships_are_never_replaced BEFORE INSERT ON ownerships
WHEN EXISTS (SELECT 1 FROM ownerships WHERE id = NEW.id)
    OR (NEW.closed_at IS NULL AND EXISTS (SELECT 1 FROM ownerships WHERE meter = NEW.meter AND closed_at IS NULL))
BEGIN SELECT RAISE(ABORT, 'an ownership is never replaced'); END;

CREATE TRIGGER ownerships_are_never_changed BEFORE UPDATE OF id, meter, patient, opened_at, opened_by ON ownerships
BEGIN SELECT RAISE(ABORT, 'an ownership is never changed'); END;

CREATE TRIGGER ownerships_are_closed_once BEFORE UPDATE OF closed_at, closed_by ON ownerships
WHEN OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL
BEGIN SELECT RAISE(ABORT, 'an ownership is closed once'); END;

CREATE TRIGGER ownerships_are_never_deleted BEFORE DELETE ON ownerships
BEGIN SELECT RAISE(ABORT, 'an ownership is never deleted'); END;

CREATE TRIGGER assignments_are_never_replaced BEFORE INSERT ON assignments
WHEN EXISTS (
    SELECT 1 FROM assignments WHERE id = NEW.id OR request_key = NEW.request_key OR upload = NEW.upload
)
BEGIN SELECT RAISE(ABORT, 'an assignment is never replaced'); END;

CREATE TRIGGER assignments_are_never_changed BEFORE UPDATE ON assignments
BEGIN SELECT RAISE(ABORT, 'an assignment is never changed'); END;

CREATE TRIGGER assignments_are_never_deleted BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'an assignment is never deleted'); END;

-- An upload may gather more while it waits; once it was given to somebody it stays as it is.
CREATE TRIGGER uploads_are_never_replaced BEFORE INSERT ON uploads
WHEN EXISTS (SELECT 1 FROM uploads WHERE id = NEW.id)
    OR (NEW.state = 'pending' AND EXISTS (SELECT 1 FROM uploads WHERE meter = NEW.meter AND state = 'pending'))
BEGIN SELECT RAISE(ABORT, 'an upload is never replaced'); END;

CREATE TRIGGER uploads_stay_with_their_meter BEFORE UPDATE OF id, meter ON uploads
BEGIN SELECT RAISE(ABORT, 'an upload stays with its meter'); END;

CREATE TRIGGER uploads_stay_once_assigned BEFORE UPDATE ON uploads
WHEN OLD.state = 'assigned'
BEGIN SELECT RAISE(ABORT, 'an assigned upload is never changed'); END;

CREATE TRIGGER uploads_are_never_deleted BEFORE DELETE ON uploads
BEGIN SELECT RAISE(ABORT, 'an upload is never deleted'); END;

-- What a meter sent.
CREATE TRIGGER downloads_are_never_replaced BEFORE INSERT ON downloads
WHEN EXISTS (SELECT 1 FROM downloads WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a download is never replaced'); END;

CREATE TRIGGER downloads_are_never_changed
BEFORE UPDATE OF id, upload, identity, clock, announced, warnings, transcript, user, read_at ON downloads
BEGIN SELECT RAISE(ABORT, 'a download is never changed'); END;

CREATE TRIGGER downloads_are_never_deleted BEFORE DELETE ON downloads
BEGIN SELECT RAISE(ABORT, 'a download is never deleted'); END;

CREATE TRIGGER download_readings_are_never_replaced BEFORE INSERT ON download_readings
WHEN EXISTS (SELECT 1 FROM download_readings WHERE download = NEW.download AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'the provenance of a reading is never replaced'); END;

CREATE TRIGGER download_readings_are_never_changed
BEFORE UPDATE OF download, position, reading, meter_index ON download_readings
BEGIN SELECT RAISE(ABORT, 'the provenance of a reading is never changed'); END;

CREATE TRIGGER download_readings_are_never_deleted BEFORE DELETE ON download_readings
BEGIN SELECT RAISE(ABORT, 'the provenance of a reading is never deleted'); END;

-- What all of that points to.
CREATE TRIGGER meters_are_never_replaced BEFORE INSERT ON meters
WHEN EXISTS (SELECT 1 FROM meters WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a meter is never replaced'); END;

CREATE TRIGGER meters_keep_their_number BEFORE UPDATE OF id ON meters
BEGIN SELECT RAISE(ABORT, 'a meter keeps its number'); END;

CREATE TRIGGER meters_are_never_deleted BEFORE DELETE ON meters
BEGIN SELECT RAISE(ABORT, 'a meter is never deleted'); END;

CREATE TRIGGER patients_are_never_replaced BEFORE INSERT ON patients
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.id OR request_key = NEW.request_key)
BEGIN SELECT RAISE(ABORT, 'a patient is never replaced'); END;

CREATE TRIGGER patients_keep_their_number BEFORE UPDATE OF id ON patients
BEGIN SELECT RAISE(ABORT, 'a patient keeps their number'); END;

CREATE TRIGGER patients_are_never_deleted BEFORE DELETE ON patients
BEGIN SELECT RAISE(ABORT, 'a patient is never deleted'); END;

CREATE TRIGGER identifiers_are_never_replaced BEFORE INSERT ON identifiers
WHEN EXISTS (SELECT 1 FROM identifiers WHERE patient = NEW.patient AND position = NEW.position)
    OR EXISTS (SELECT 1 FROM identifiers WHERE label = NEW.label AND folded = NEW.folded)
BEGIN SELECT RAISE(ABORT, 'an identifier is never replaced'); END;

CREATE TRIGGER identifiers_are_never_changed BEFORE UPDATE ON identifiers
BEGIN SELECT RAISE(ABORT, 'an identifier is never changed'); END;

CREATE TRIGGER identifiers_are_never_deleted BEFORE DELETE ON identifiers
BEGIN SELECT RAISE(ABORT, 'an identifier is never deleted'); END;

CREATE TRIGGER users_are_never_replaced BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id OR login_folded = NEW.login_folded)
BEGIN SELECT RAISE(ABORT, 'a user is never replaced'); END;

CREATE TRIGGER users_keep_their_number BEFORE UPDATE OF id ON users
BEGIN SELECT RAISE(ABORT, 'a user keeps their number'); END;

CREATE TRIGGER users_are_never_deleted BEFORE DELETE ON users
BEGIN SELECT RAISE(ABORT, 'a user is never deleted'); END;

-- Since when somebody of the staff does not work here any more; nothing: they do.
ALTER TABLE users ADD COLUMN disabled_at INTEGER;

-- Whether their password was given to them by somebody else, who knows it: they choose another one before they work.
ALTER TABLE users ADD COLUMN password_is_given INTEGER NOT NULL DEFAULT 0 CHECK (password_is_given IN (0, 1));

-- Which line of the trail tells of the last change of role, password or of being disabled: sign-ins of before it are over.
ALTER TABLE users ADD COLUMN sign_ins_end INTEGER;

CREATE INDEX audit_sign_ins ON audit (session) WHERE action = 'signed-in';

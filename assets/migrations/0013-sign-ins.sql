-- With what the tokens of somebody who signed in at an authorization server are renewed, so that all programs on this store
-- renew them from one place. One for each person there; the newest has the highest number. It is gone with its sign-in, and
-- whoever signs in again gets another one.
CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer TEXT NOT NULL,
    client TEXT NOT NULL,
    user TEXT NOT NULL,
    session TEXT NOT NULL UNIQUE,
    refresh TEXT NOT NULL,
    UNIQUE (issuer, client, user)
) STRICT;

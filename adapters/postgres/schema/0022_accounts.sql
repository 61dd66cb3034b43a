-- Passwords: how often who tried, where somebody is signed in, and who was here when.

ALTER TABLE access.people
ADD COLUMN seen_at timestamptz;
COMMENT ON COLUMN access.people.seen_at IS 'to the minute; null of who was never here';

ALTER TABLE access.sessions
ADD COLUMN browser text NOT NULL DEFAULT '',
ADD COLUMN is_by_link boolean NOT NULL DEFAULT false,
ADD CONSTRAINT sessions_browser_is_short CHECK (char_length(browser) <= 100);
COMMENT ON COLUMN access.sessions.is_by_link IS 'whoever came by a link need not know the password to choose another';
CREATE INDEX sessions_person_id_idx ON access.sessions (person_id);

CREATE TABLE access.sign_in_tries (
    subject bytea NOT NULL,
    tries integer NOT NULL,
    tried_at timestamptz NOT NULL,
    CONSTRAINT sign_in_tries_pkey PRIMARY KEY (subject),
    CONSTRAINT sign_in_tries_subject_is_sha256 CHECK (octet_length(subject) = 32)
);
COMMENT ON TABLE access.sign_in_tries IS 'How many passwords were tried lately, for an email address and from a network address?';
COMMENT ON COLUMN access.sign_in_tries.subject IS 'a digest: people type passwords where an address belongs';

GRANT SELECT, INSERT, DELETE ON access.sign_in_tries TO order_ledger_app;
GRANT UPDATE (tries, tried_at) ON access.sign_in_tries TO order_ledger_app;
GRANT UPDATE (seen_at) ON access.people TO order_ledger_app;

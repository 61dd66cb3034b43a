-- Who signs in by the organisation's OpenID Connect: known there by its own name of them, for ever.

CREATE TABLE access.identities (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject),
    CONSTRAINT identities_person_id_fkey FOREIGN KEY (person_id) REFERENCES access.people (person_id)
);
COMMENT ON TABLE access.identities IS 'Which person is this subject of an OpenID provider?';

GRANT SELECT, INSERT ON access.identities TO order_ledger_app;

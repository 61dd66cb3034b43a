-- People sign in; programs have keys. What is secret is stored hashed.

CREATE TABLE access.people (
    person_id text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL,
    name text NOT NULL,
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT people_pkey PRIMARY KEY (person_id),
    CONSTRAINT people_email_key UNIQUE (email),
    CONSTRAINT people_email_is_lower_case CHECK (email = lower(email) AND char_length(email) <= 254),
    CONSTRAINT people_name_is_short CHECK (char_length(name) BETWEEN 1 AND 200)
);
COMMENT ON TABLE access.people IS 'Who may sign in, by which address?';
COMMENT ON COLUMN access.people.password_hash IS 'argon2id; null of who signs in by a link or elsewhere';

CREATE TABLE access.memberships (
    person_id text COLLATE "C" NOT NULL,
    shop text COLLATE "C" NOT NULL,
    role text NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (person_id, shop),
    CONSTRAINT memberships_person_id_fkey FOREIGN KEY (person_id) REFERENCES access.people (person_id),
    CONSTRAINT memberships_shop_fkey FOREIGN KEY (shop) REFERENCES access.shops (shop),
    CONSTRAINT memberships_role_is_known
        CHECK (role IN ('viewer', 'customer_service', 'maintainer', 'admin', 'auditor'))
);
COMMENT ON TABLE access.memberships IS 'What is a person to a shop?';

CREATE TABLE access.sessions (
    digest bytea NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (digest),
    CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES access.people (person_id),
    CONSTRAINT sessions_digest_is_sha256 CHECK (octet_length(digest) = 32)
);
COMMENT ON TABLE access.sessions IS 'Who is signed in, until when at the latest?';

CREATE TABLE access.sign_in_links (
    digest bytea NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT sign_in_links_pkey PRIMARY KEY (digest),
    CONSTRAINT sign_in_links_person_id_fkey FOREIGN KEY (person_id) REFERENCES access.people (person_id),
    CONSTRAINT sign_in_links_digest_is_sha256 CHECK (octet_length(digest) = 32)
);
COMMENT ON TABLE access.sign_in_links IS 'Which links sign somebody in, once?';

GRANT SELECT, INSERT ON
    access.people,
    access.memberships,
    access.sessions,
    access.sign_in_links
TO order_ledger_app;
GRANT UPDATE (name, password_hash, revoked_at) ON access.people TO order_ledger_app;
GRANT UPDATE (role) ON access.memberships TO order_ledger_app;
GRANT DELETE ON access.memberships, access.sessions, access.sign_in_links TO order_ledger_app;
GRANT UPDATE (seen_at) ON access.sessions TO order_ledger_app;
GRANT UPDATE (used_at) ON access.sign_in_links TO order_ledger_app;

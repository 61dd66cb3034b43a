-- Who may reach what. The application may issue and revoke, never alter what was issued.

CREATE SCHEMA access;
COMMENT ON SCHEMA access IS 'Which shops are served, and who reaches them by which key';

CREATE TABLE access.shops (
    shop text COLLATE "C" NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT shops_pkey PRIMARY KEY (shop),
    CONSTRAINT shops_shop_is_a_token CHECK (shop ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    CONSTRAINT shops_name_is_short CHECK (char_length(name) <= 200)
);
COMMENT ON TABLE access.shops IS 'Which shops does this ledger serve?';

CREATE TABLE access.keys (
    key_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL,
    role text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT keys_pkey PRIMARY KEY (key_id),
    CONSTRAINT keys_name_is_short CHECK (char_length(name) <= 200),
    CONSTRAINT keys_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT keys_role_is_known
        CHECK (role IN ('viewer', 'customer_service', 'maintainer', 'admin', 'auditor'))
);
COMMENT ON TABLE access.keys IS 'Which keys were issued, in which role, until when?';

CREATE TABLE access.key_shops (
    key_id text COLLATE "C" NOT NULL,
    shop text COLLATE "C" NOT NULL,
    CONSTRAINT key_shops_pkey PRIMARY KEY (key_id, shop),
    CONSTRAINT key_shops_key_id_fkey FOREIGN KEY (key_id) REFERENCES access.keys (key_id),
    CONSTRAINT key_shops_shop_fkey FOREIGN KEY (shop) REFERENCES access.shops (shop)
);
COMMENT ON TABLE access.key_shops IS 'Which shops does a key reach?';

GRANT USAGE ON SCHEMA access TO order_ledger_app;
GRANT SELECT, INSERT ON access.shops, access.keys, access.key_shops TO order_ledger_app;
GRANT UPDATE (name, revoked_at) ON access.shops TO order_ledger_app;
GRANT UPDATE (revoked_at) ON access.keys TO order_ledger_app;

-- The secrets that actions need: signing secrets of webhooks, credentials of course platforms.

CREATE TABLE vault.secrets (
    shop text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    retires_at timestamptz,
    CONSTRAINT secrets_pkey PRIMARY KEY (shop, name, generation),
    CONSTRAINT secrets_name_is_short CHECK (char_length(name) BETWEEN 1 AND 2100),
    CONSTRAINT secrets_generation_is_positive CHECK (generation >= 1)
);
COMMENT ON TABLE vault.secrets IS 'Which secrets does a shop''s action sign or sign in with?';
COMMENT ON COLUMN vault.secrets.sealed IS
    'AES-256-GCM under a key of the master key''s, bound to shop, name and generation';
COMMENT ON COLUMN vault.secrets.retires_at IS 'Until when a replaced secret is still valid';

GRANT SELECT, INSERT, DELETE ON vault.secrets TO order_ledger_app;
GRANT UPDATE (retires_at) ON vault.secrets TO order_ledger_app;

-- The keys that seal personal data: one per customer and shop, wrapped by the master key.

CREATE SCHEMA vault;
COMMENT ON SCHEMA vault IS 'The wrapped keys of personal data';

CREATE TABLE vault.customer_keys (
    key_id uuid NOT NULL,
    shop text COLLATE "C" NOT NULL,
    customer_hash bytea,
    wrapped_key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CONSTRAINT customer_keys_pkey PRIMARY KEY (key_id),
    CONSTRAINT customer_keys_customer_key UNIQUE (shop, customer_hash),
    -- A destroyed key forgets whose it was too: a customer who comes back gets a new one.
    CONSTRAINT customer_keys_destroyed_check CHECK (
        (wrapped_key IS NULL) = (destroyed_at IS NOT NULL)
        AND (customer_hash IS NULL) = (destroyed_at IS NOT NULL)
    )
);
COMMENT ON TABLE vault.customer_keys IS 'Which key seals what we know about this customer of this shop?';
COMMENT ON COLUMN vault.customer_keys.customer_hash IS 'HMAC-SHA256 of the shop and the case-folded email';

CREATE TABLE vault.master_key (
    is_only boolean NOT NULL DEFAULT true,
    fingerprint bytea NOT NULL,
    CONSTRAINT master_key_pkey PRIMARY KEY (is_only),
    CONSTRAINT master_key_is_only_check CHECK (is_only)
);
COMMENT ON TABLE vault.master_key IS 'Which master key wraps the keys of this database?';

GRANT USAGE ON SCHEMA vault TO order_ledger_app;
GRANT SELECT, INSERT ON vault.customer_keys, vault.master_key TO order_ledger_app;

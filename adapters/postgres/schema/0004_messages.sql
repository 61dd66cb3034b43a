-- What came from outside and did not become facts (yet). What was applied stands in journal.inbox.

CREATE SCHEMA messages;
COMMENT ON SCHEMA messages IS 'Messages that wait, that can not be applied, or that came again';

CREATE TABLE messages.held (
    held_id bigint GENERATED ALWAYS AS IDENTITY,
    shop text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    type text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    body_bytes integer NOT NULL,
    received_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    times_seen integer NOT NULL,
    CONSTRAINT held_pkey PRIMARY KEY (held_id),
    CONSTRAINT held_message_key UNIQUE (shop, message_id, digest),
    CONSTRAINT held_outcome_is_known CHECK (outcome IN ('parked', 'quarantined'))
);
COMMENT ON TABLE messages.held IS 'Which messages wait for a fact, which can never succeed as they are, and why?';
COMMENT ON COLUMN messages.held.body IS 'Sealed (nonce, AES-256-GCM); the start of it where body_bytes is over the limit';
CREATE INDEX held_stream_index ON messages.held (stream, held_id);
CREATE INDEX held_parked_index ON messages.held (held_id) WHERE outcome = 'parked';
CREATE INDEX held_shop_index ON messages.held (shop, held_id);

CREATE TABLE messages.duplicates (
    shop text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    times_seen integer NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT duplicates_pkey PRIMARY KEY (shop, message_id)
);
COMMENT ON TABLE messages.duplicates IS 'Which applied messages came again with the same content, how often, when last?';

GRANT USAGE ON SCHEMA messages TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON messages.held TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE ON messages.duplicates TO order_ledger_app;

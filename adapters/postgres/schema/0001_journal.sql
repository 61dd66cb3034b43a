-- The journal: what happened, for ever. The application may read it and append to it, nothing else.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'order_ledger_app') THEN
        CREATE ROLE order_ledger_app NOLOGIN;
    END IF;
EXCEPTION
    -- Roles belong to the whole server: another database of ours may just have made it.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

CREATE SCHEMA journal;
COMMENT ON SCHEMA journal IS 'What happened, and which messages and requests are known';

CREATE TABLE journal.events (
    position bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    event_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT events_position_check CHECK (position > 0),
    -- The library's own cases begin at version 0.
    CONSTRAINT events_version_check CHECK (version >= 0),
    CONSTRAINT events_pkey PRIMARY KEY (position),
    CONSTRAINT events_stream_version_key UNIQUE (stream, version)
);
COMMENT ON TABLE journal.events IS 'What happened, in which order? Positions are gapless from 1';
COMMENT ON COLUMN journal.events.data IS 'One JSON document; hashes cover exactly these bytes';

CREATE TABLE journal.inbox (
    shop text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    stream text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT inbox_pkey PRIMARY KEY (shop, message_id)
);
COMMENT ON TABLE journal.inbox IS 'Was this message or request handled before, with the same content, and about which stream?';
-- The newest of a shop. Rows of one append share their key, so it stays small; one on stream would not.
CREATE INDEX inbox_recorded_index ON journal.inbox (shop, recorded_at);

CREATE FUNCTION journal.refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;

CREATE TRIGGER events_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.events
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();

CREATE TRIGGER inbox_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.inbox
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();

GRANT USAGE ON SCHEMA journal TO order_ledger_app;
GRANT SELECT ON journal.events, journal.inbox TO order_ledger_app;

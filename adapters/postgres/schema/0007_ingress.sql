-- How each partition's ingress is: so that a stalled one is seen.

CREATE TABLE messages.ingress (
    partition integer NOT NULL,
    lag bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT ingress_pkey PRIMARY KEY (partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE messages.ingress IS 'When did the puller of each partition last hear from NATS, and how much was left to take in?';

GRANT SELECT, INSERT, UPDATE, DELETE ON messages.ingress TO order_ledger_app;

-- What people did about attention, and what they were told of it without asking.

CREATE SCHEMA attention;
COMMENT ON SCHEMA attention IS 'Re-runs of many actions at once, and alerts that left the page';

CREATE TABLE attention.reruns (
    shop text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    options jsonb NOT NULL,
    targets jsonb NOT NULL,
    remaining bigint NOT NULL,
    needs_force bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT reruns_pkey PRIMARY KEY (shop, key)
);
COMMENT ON TABLE attention.reruns IS 'Which actions does an idempotency key of a re-run of many stand for, and what did they leave?';

CREATE TABLE attention.episodes (
    shop text COLLATE "C" NOT NULL,
    cause text COLLATE "C" NOT NULL,
    episode integer NOT NULL,
    subject jsonb NOT NULL,
    appeared_at timestamptz NOT NULL,
    absent_since timestamptz,
    ended_at timestamptz,
    appeared_told_at timestamptz,
    aged_told_at timestamptz,
    CONSTRAINT episodes_pkey PRIMARY KEY (shop, cause, episode)
);
COMMENT ON TABLE attention.episodes IS 'When did each cause of trouble begin and end, and when was it decided to tell of it?';

CREATE INDEX episodes_open_index
ON attention.episodes (shop, cause)
WHERE ended_at IS NULL;

CREATE TABLE attention.alerts (
    shop text COLLATE "C" NOT NULL,
    alert_id text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    notices jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL,
    done_at timestamptz,
    failure text NOT NULL DEFAULT '',
    CONSTRAINT alerts_pkey PRIMARY KEY (shop, alert_id, channel),
    CONSTRAINT alerts_channel_is_known CHECK (channel IN ('email', 'webhook'))
);
COMMENT ON TABLE attention.alerts IS 'Who is to be told of which causes, and what became of it?';
COMMENT ON COLUMN attention.alerts.failure
IS 'The code of the last failure; with done_at it was given up';

CREATE INDEX alerts_waiting_index
ON attention.alerts (retry_at)
WHERE done_at IS NULL;

GRANT USAGE ON SCHEMA attention TO order_ledger_app;
GRANT SELECT, INSERT ON attention.reruns TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE ON attention.episodes, attention.alerts TO order_ledger_app;

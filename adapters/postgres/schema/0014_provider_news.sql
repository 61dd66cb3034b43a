-- What payment providers told by themselves, and where their money differs from what is recorded.

CREATE SCHEMA providers;
COMMENT ON SCHEMA providers IS 'What payment providers told, and where their money differs from the ledger''s';

CREATE TABLE providers.news (
    shop text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    news_id text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    news jsonb NOT NULL,
    told_at timestamptz NOT NULL,
    retry_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    waits_for text NOT NULL DEFAULT '',
    done_at timestamptz,
    refusal text NOT NULL DEFAULT '',
    CONSTRAINT news_pkey PRIMARY KEY (shop, provider, news_id)
);
COMMENT ON TABLE providers.news IS 'What did a provider tell, and was it taken in? Kept for ever: a repeat is recognised by it';
COMMENT ON COLUMN providers.news.news IS 'A fact of processors/provider_news.py: nothing personal';
COMMENT ON COLUMN providers.news.waits_for IS 'The code of what keeps it from being taken in for now';
COMMENT ON COLUMN providers.news.refusal IS 'With done_at: why the order did not take it in';

CREATE INDEX news_waiting_index
ON providers.news (retry_at)
WHERE done_at IS NULL;
CREATE INDEX news_subject_index
ON providers.news (shop, provider, subject);

CREATE TABLE providers.differences (
    shop text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    transaction_id text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    payment_id text NOT NULL,
    currency text NOT NULL,
    ours bigint NOT NULL,
    theirs bigint NOT NULL,
    why text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT differences_pkey PRIMARY KEY (shop, provider, transaction_id)
);
COMMENT ON TABLE providers.differences IS 'Of which payments has the provider returned other money than is recorded? Gone once they agree';
COMMENT ON COLUMN providers.differences.ours IS 'Returned by the ledger''s orders, in minor units';

CREATE TABLE providers.reconciliations (
    shop text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    tried_at timestamptz NOT NULL,
    done_at timestamptz,
    failure text NOT NULL DEFAULT '',
    CONSTRAINT reconciliations_pkey PRIMARY KEY (shop, provider)
);
COMMENT ON TABLE providers.reconciliations IS 'When was a shop''s money last compared with its provider''s?';
COMMENT ON COLUMN providers.reconciliations.failure IS 'The code of the last try''s failure; empty after a success';

GRANT USAGE ON SCHEMA providers TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE ON providers.news, providers.reconciliations TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON providers.differences TO order_ledger_app;

-- The payments index: an entry for each payment that was received under a provider's own id.

CREATE TABLE IF NOT EXISTS read_models.payments_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    position bigint NOT NULL,
    number integer NOT NULL,
    provider text COLLATE "C" NOT NULL,
    transaction_id text COLLATE "C" NOT NULL,
    payment_id text COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    CONSTRAINT payments_v1_pkey PRIMARY KEY (position, number)
);
COMMENT ON TABLE read_models.payments_v1 IS 'Whose payment is it that a provider speaks of?';
COMMENT ON COLUMN read_models.payments_v1.position IS 'Of the event that added the entry';

CREATE INDEX IF NOT EXISTS payments_v1_transaction_index
ON read_models.payments_v1 (shop, provider, transaction_id);
CREATE INDEX IF NOT EXISTS payments_v1_order_index
ON read_models.payments_v1 (shop, order_id);

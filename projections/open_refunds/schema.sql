-- Orders that have money open; a row goes when nothing of its order is.

CREATE TABLE IF NOT EXISTS read_models.open_refunds_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    number text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    owed_since timestamptz,
    open_since timestamptz,
    unallocated_since timestamptz,
    items jsonb NOT NULL,
    CONSTRAINT open_refunds_v1_pkey PRIMARY KEY (shop, order_id),
    CONSTRAINT open_refunds_v1_since CHECK (
        since = least(owed_since, open_since, unallocated_since)
    )
);
COMMENT ON TABLE read_models.open_refunds_v1
IS 'Which customers are owed money, and which paybacks are not settled?';
COMMENT ON COLUMN read_models.open_refunds_v1.owed_since
IS 'Of the oldest sum that a person must pay back by hand';
COMMENT ON COLUMN read_models.open_refunds_v1.open_since
IS 'Of the oldest sum that is in flight, or of which nobody knows';
COMMENT ON COLUMN read_models.open_refunds_v1.unallocated_since
IS 'Of the oldest sum that a provider returned by itself and nobody has accounted for';

CREATE INDEX IF NOT EXISTS open_refunds_v1_since_index
ON read_models.open_refunds_v1 (shop, since, order_id);
CREATE INDEX IF NOT EXISTS open_refunds_v1_owed_index
ON read_models.open_refunds_v1 (shop, owed_since, order_id)
WHERE owed_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS open_refunds_v1_open_index
ON read_models.open_refunds_v1 (shop, open_since, order_id)
WHERE open_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS open_refunds_v1_unallocated_index
ON read_models.open_refunds_v1 (shop, unallocated_since, order_id)
WHERE unallocated_since IS NOT NULL;

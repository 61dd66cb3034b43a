-- The orders table: one row per order, written whole. Empty text means that nothing is known.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE IF NOT EXISTS read_models.orders_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    number text COLLATE pg_c_utf8 NOT NULL,
    status text COLLATE "C" NOT NULL,
    payment_status text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    email text COLLATE pg_c_utf8 NOT NULL,
    first_name text COLLATE pg_c_utf8 NOT NULL,
    last_name text COLLATE pg_c_utf8 NOT NULL,
    currency text COLLATE "C" NOT NULL,
    total bigint NOT NULL,
    original_total bigint NOT NULL,
    refunded bigint NOT NULL,
    received bigint NOT NULL,
    is_paid boolean NOT NULL,
    products text[] NOT NULL,
    order_bumps text[] NOT NULL,
    pre_upsells text[] NOT NULL,
    payment_provider text NOT NULL,
    payment_method text NOT NULL,
    payment_stage text,
    source text COLLATE "C" NOT NULL,
    tags text[] COLLATE "C" NOT NULL,
    discount_codes text[] COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    is_imported boolean NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT orders_v1_pkey PRIMARY KEY (shop, order_id)
);
COMMENT ON TABLE read_models.orders_v1 IS 'Which orders has a shop, and how does each stand now?';
COMMENT ON COLUMN read_models.orders_v1.position IS 'Of the last event that the row knows';

CREATE INDEX IF NOT EXISTS orders_v1_created_index
ON read_models.orders_v1 (shop, created_at, order_id);
CREATE INDEX IF NOT EXISTS orders_v1_status_index
ON read_models.orders_v1 (shop, status, created_at, order_id);
CREATE INDEX IF NOT EXISTS orders_v1_payment_status_index
ON read_models.orders_v1 (shop, payment_status, created_at, order_id);
CREATE INDEX IF NOT EXISTS orders_v1_source_index
ON read_models.orders_v1 (shop, source, created_at, order_id);
CREATE INDEX IF NOT EXISTS orders_v1_number_index
ON read_models.orders_v1 (shop, lower(number));
CREATE INDEX IF NOT EXISTS orders_v1_first_name_index
ON read_models.orders_v1 (shop, lower(first_name));
CREATE INDEX IF NOT EXISTS orders_v1_last_name_index
ON read_models.orders_v1 (shop, lower(last_name));
CREATE INDEX IF NOT EXISTS orders_v1_words_index
ON read_models.orders_v1 USING gin (lower(email) gin_trgm_ops, tags, discount_codes);

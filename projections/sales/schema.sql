-- The sales entries: what each fact added to the report, never changed and never taken away.

CREATE TABLE IF NOT EXISTS read_models.sales_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    position bigint NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    order_number text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    product_id text COLLATE "C" NOT NULL,
    product_name text COLLATE "C" NOT NULL,
    line_kind text COLLATE "C",
    vat_rate integer,
    provider text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    gross bigint NOT NULL,
    vat bigint NOT NULL,
    units bigint NOT NULL,
    CONSTRAINT sales_v1_pkey PRIMARY KEY (position, number)
);
COMMENT ON TABLE read_models.sales_v1 IS 'What was sold, refunded and lost, and when?';
COMMENT ON COLUMN read_models.sales_v1.kind IS 'Carries the sign; a negative amount takes back';
COMMENT ON COLUMN read_models.sales_v1.line_kind IS 'NULL, like the rate: of no line';
COMMENT ON COLUMN read_models.sales_v1.vat_rate IS 'Basis points';
COMMENT ON COLUMN read_models.sales_v1.position IS 'Of the event that added the entry';

CREATE INDEX IF NOT EXISTS sales_v1_at_index
ON read_models.sales_v1 (shop, at);
CREATE INDEX IF NOT EXISTS sales_v1_order_index
ON read_models.sales_v1 (shop, order_id);

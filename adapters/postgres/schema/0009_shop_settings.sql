-- What merchants set for a whole shop. Its name for people stands on access.shops alone.

CREATE TABLE access.shop_settings (
    shop text COLLATE "C" NOT NULL,
    sender text NOT NULL,
    reply_to text NOT NULL,
    business_id text NOT NULL,
    address text NOT NULL,
    grace_seconds integer NOT NULL,
    alert_email text NOT NULL,
    alert_webhook_url text NOT NULL,
    alert_age_seconds integer NOT NULL,
    CONSTRAINT shop_settings_pkey PRIMARY KEY (shop),
    CONSTRAINT shop_settings_shop_fkey FOREIGN KEY (shop) REFERENCES access.shops (shop),
    CONSTRAINT shop_settings_grace_is_a_time CHECK (grace_seconds >= 0),
    CONSTRAINT shop_settings_alert_age_is_a_time CHECK (alert_age_seconds >= 0)
);
COMMENT ON TABLE access.shop_settings IS 'How does a shop sign its emails, how long is its grace, and who is told of trouble?';

GRANT SELECT, INSERT, UPDATE ON access.shop_settings TO order_ledger_app;

-- Who is on an order that needs attention, and which wait until later; nothing of the order itself.

CREATE TABLE attention.cases (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    standing text NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT cases_pkey PRIMARY KEY (shop, order_id),
    CONSTRAINT cases_person_id_fkey FOREIGN KEY (person_id) REFERENCES access.people (person_id),
    CONSTRAINT cases_standing_is_known CHECK (standing IN ('taken', 'snoozed')),
    CONSTRAINT cases_end_after_they_begin CHECK (ends_at > began_at)
);
COMMENT ON TABLE attention.cases IS 'Who is on an order that needs attention, or lets it wait, until when?';
COMMENT ON COLUMN attention.cases.ends_at IS 'From then on the row says nothing any more';

GRANT SELECT, INSERT, DELETE ON attention.cases TO order_ledger_app;
GRANT UPDATE (standing, person_id, began_at, ends_at) ON attention.cases TO order_ledger_app;

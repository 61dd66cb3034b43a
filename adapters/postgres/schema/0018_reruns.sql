-- What a key of a re-run of many came to is told whole again: by whom, up to where, and what was left.

ALTER TABLE attention.reruns
ADD COLUMN asked_by text NOT NULL DEFAULT '',
ADD COLUMN not_asking jsonb NOT NULL DEFAULT '[]',
ADD COLUMN position bigint;
COMMENT ON COLUMN attention.reruns.not_asking IS 'Named actions that asked for no look then';
COMMENT ON COLUMN attention.reruns.position
IS 'Of the last fact recorded under the key; null until all of it was asked for';

GRANT UPDATE (position) ON attention.reruns TO order_ledger_app;

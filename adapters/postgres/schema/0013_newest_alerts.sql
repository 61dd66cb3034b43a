-- When a shop was told last is asked at every look, whatever the table's length.

CREATE INDEX alerts_newest_index ON attention.alerts (shop, made_at);

-- In which time zone a shop's days begin, for reports by day.

ALTER TABLE access.shop_settings
ADD COLUMN zone text COLLATE "C" NOT NULL DEFAULT 'Europe/Helsinki';

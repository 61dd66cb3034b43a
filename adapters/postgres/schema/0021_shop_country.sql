-- How amounts, dates and numbers are written for the people of a shop, in whatever language.

ALTER TABLE access.shop_settings
ADD COLUMN country text COLLATE "C" NOT NULL DEFAULT 'FI';

-- What a shop writes before the numbers of its credit notes.

ALTER TABLE access.shop_settings
ADD COLUMN credit_note_prefix text NOT NULL DEFAULT '';

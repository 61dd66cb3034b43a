"""What people may write into the ledger: their words, without what steers a screen."""

NOTE_PATTERN = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
"""Control characters steer whatever shows them; a new line and a tab are writing."""
ONE_LINE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*$"

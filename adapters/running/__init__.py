"""The loops that keep running: followers of the journal, and what is known of them."""

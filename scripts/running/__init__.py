"""What `scripts/run` does once everything is installed: a whole ledger, and orders for it."""

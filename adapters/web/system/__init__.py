"""How far each part of the ledger is, and whether it lives."""

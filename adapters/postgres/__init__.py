"""The journal and everything else that stands in PostgreSQL."""

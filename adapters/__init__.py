"""Adapters: everything that touches PostgreSQL, NATS, HTTP, the terminal or the clock."""

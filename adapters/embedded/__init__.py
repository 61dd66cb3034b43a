"""PostgreSQL and NATS as children of ours: the default for a first look and for tests."""

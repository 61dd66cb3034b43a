"""The seeded simulator: real rules and followers on a simulated journal, bus, receivers and clock."""

"""The order and its rules: pure functions over facts, with no I/O, clock or randomness."""

"""One order as people look at it: details now or then, and its history. Nothing is stored."""

"""What each fact does to the order, by subject. No rules, no exceptions, no time."""

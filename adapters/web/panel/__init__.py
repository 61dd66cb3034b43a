"""One order beside the list: everything about it, now or as it was."""

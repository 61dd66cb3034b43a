"""How often a process looks for garbage in cycles.

The rule to know: a role that makes millions of values and hardly a cycle calls this once, at its
start. Python's default threshold of 700 costs a fifth of all the CPU of taking messages in, and a
third of that of folding events into read models.
"""

import gc

GARBAGE_THRESHOLD = 50_000
"""New containers between two looks."""


def collect_seldom() -> None:
    """Look for cycles once in so many new values, for the whole process."""
    gc.set_threshold(GARBAGE_THRESHOLD)

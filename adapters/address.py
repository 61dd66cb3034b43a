"""Addresses of ours, as far as every door writes them alike."""


def with_query(path: str, query: str) -> str:
    """Put a query after a path; an empty one leaves no question mark behind."""
    return f"{path}?{query}" if query else path

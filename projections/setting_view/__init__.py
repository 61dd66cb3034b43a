"""A published action setting with its revisions, as people look at it: see `view`."""

"""Addresses of our own pages, where a form or a link says where to go next."""

HOME = "/"


def own_path(path: str) -> str:
    """Take a path of our own, else lead home: what names a host, or may be read as one, is not."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() and "\\" not in path else HOME

"""What tests of every folder share: a database of one's own and its addresses."""

from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from adapters.embedded.roles import Login

TEST_SECONDS_MAX = 120
"""An asynchronous test that takes longer hangs; it is cut off."""


class Database(Struct, frozen=True, kw_only=True):
    """A fresh database with the whole schema; dropped after its test."""

    name: str
    owner_url: str
    """As the schema's owner."""
    url: str
    """As the application: least privilege."""


def url_of(server_url: str, *, login: Login, database: str) -> str:
    """Address a database of the server as another login."""
    parts = urlsplit(server_url)
    host = f"{parts.hostname}:{parts.port or 5432}"
    netloc = f"{login.name}:{login.password}@{host}"
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))

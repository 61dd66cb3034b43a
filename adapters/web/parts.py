"""What the pages need of the process that serves them, beside what the API needs."""

from typing import Protocol, runtime_checkable

from adapters.auth.openid.identities import Identities
from adapters.auth.openid.signing_in import OpenIdSignIn
from adapters.auth.people import People
from adapters.auth.sessions import Sessions
from adapters.auth.sign_in import SignIn
from adapters.auth.sign_in_links import SignInLinks
from adapters.http_api.parts import ApiParts
from adapters.postgres.journal import Journal


@runtime_checkable
class PageParts(ApiParts, Protocol):
    """The adapters that pages use."""

    @property
    def journal(self) -> Journal:
        """Tells how far the log has come."""
        ...

    @property
    def people(self) -> People:
        """Who may sign in."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        ...

    @property
    def identities(self) -> Identities:
        """Who signs in by the organisation's OpenID Connect."""
        ...

    @property
    def openid(self) -> OpenIdSignIn | None:
        """Signs people in by it; None where none is set."""
        ...

    @property
    def sign_in_links(self) -> SignInLinks:
        """Opens the page once, for whoever holds a link."""
        ...

    @property
    def sign_in(self) -> SignIn:
        """Holds passwords against what is kept."""
        ...

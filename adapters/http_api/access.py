"""Who asks, and for which shop. A route that names no permission lets nobody in.

A shop or an order out of the caller's reach looks exactly like one that does not exist.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler

from adapters.auth.keys import Caller, Keys
from adapters.auth.roles import Permission
from adapters.http_api.parameters import ShopParameter
from adapters.http_api.problems import HttpRejection, NotFound
from domain.identifiers import ShopId

PUBLIC: Mapping[str, Any] = {"is_public": True}
"""The options of a route that everybody may ask."""

KeyedRequest = Request[Caller, None, State]


class NotAuthenticated(HttpRejection):
    """No key, or not one that we know and still accept."""

    code = "not_authenticated"
    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="order-ledger"'}


class NotAllowed(HttpRejection):
    """The key is good, but its role may not do this."""

    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN


class ShopRequired(HttpRejection):
    """The key reaches several shops, and the query does not say which."""

    code = "shop_required"


def needs(permission: Permission) -> Mapping[str, Any]:
    """Give the options of a route that asks for a permission."""
    return {"permission": permission}


async def require_key(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Identify the caller by the key and hold the role against the route's permission.

    A guard: it runs before anything else is read.
    """
    if handler.opt.get("is_public"):
        return
    keys: Keys = connection.app.state.parts.keys
    caller = await keys.authenticate(_bearer_of(connection))
    if caller is None:
        raise NotAuthenticated("Send a valid access key: Authorization: Bearer olk_…")
    permission = handler.opt.get("permission")
    if permission is None or not caller.may(permission):
        raise NotAllowed(f"The role {caller.role.value} may not do this.")
    connection.scope["user"] = caller


async def is_still_let_in(keys: Keys, request: KeyedRequest, shop: ShopId) -> bool:
    """Say whether a request's key reaches the shop now, for an answer that takes long."""
    caller = await keys.authenticate(_bearer_of(request))
    return caller is not None and shop in caller.shops


async def reach_shop(request: KeyedRequest, shop: ShopParameter = None) -> ShopId:
    """Say which shop a request is about: the one it names, or the only one of its key."""
    shops = request.user.shops
    if shop is None and len(shops) == 1:
        return next(iter(shops))
    if shop is None:
        raise ShopRequired("This key reaches several shops: say which by ?shop=")
    if shop not in shops:
        raise NotFound("There is no such shop.")
    return ShopId(shop)


def _bearer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    scheme, _, text = connection.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""

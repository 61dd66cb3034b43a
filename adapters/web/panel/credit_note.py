"""`/orders/{order_id}/refunds/{refund_id}/credit-note`: the document that the customer was sent."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.credit_notes import DocumentFormat, credit_note_answer
from adapters.http_api.escaped import path_part
from adapters.web.access import PageRequest
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId, RefundId


@get("/orders/{order_id:uuid}/refunds/{refund_id:str}/credit-note", opt=needs(Permission.SEE))
async def credit_note(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    refund_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[bytes]:
    """Give it as a PDF to keep; one that has no number yet is refused with what it waits for."""
    refund = RefundId(path_part(request, "/refunds/"))
    answer = await credit_note_answer(
        parts.order_reader, visit.shop, OrderId(order_id), refund, DocumentFormat.PDF
    )
    disposition = answer.headers["Content-Disposition"]
    answer.headers["Content-Disposition"] = disposition.replace("inline", "attachment", 1)
    answer.headers["Cache-Control"] = "no-store"
    return answer

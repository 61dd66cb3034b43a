"""`GET /orders/{id}/refunds/{refund}/credit-note`: the document that the customer was sent."""

import asyncio
from enum import StrEnum
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from adapters.auth.roles import Permission
from adapters.clock import utc_now
from adapters.http_api.access import KeyedRequest, needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.escaped import path_part
from adapters.http_api.order_sheet import OrderIdParameter
from adapters.http_api.parameters import RefundIdParameter
from adapters.http_api.parts import ApiParts
from adapters.reading.order_reader import OrderReader
from domain.identifiers import OrderId, RefundId, ShopId

PDF = "application/pdf"
HTML = "text/html"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page of an email carries its looks within, and loads nothing."""


class DocumentFormat(StrEnum):
    """How a document is laid out."""

    PDF = "pdf"
    HTML = "html"


@get(
    "/orders/{order_id:uuid}/refunds/{refund_id:str}/credit-note",
    operation_id="showCreditNote",
    summary="The credit note of a refund",
    tags=["orders"],
    media_type=PDF,
    responses={
        200: ResponseSpec(
            data_container=bytes,
            generate_examples=False,
            description="The PDF (PDF/A-2a); with `format=html` the same as a page.",
            media_type=PDF,
            examples=[Example(summary="a PDF", value="%PDF-1.7 …")],
        )
    }
    | keyed_problems(409),
    opt=needs(Permission.SEE),
)
async def orders_credit_note(
    *,
    request: KeyedRequest,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    order_id: OrderIdParameter,
    refund_id: RefundIdParameter,  # noqa: ARG001 - documented and held to its limits
    format_: Annotated[
        DocumentFormat, QueryParameter(name="format", description="As a PDF or as a page.")
    ] = DocumentFormat.PDF,
) -> Response[bytes]:
    """Give the document with its number; its words on the money are those of now."""
    refund = RefundId(path_part(request, "/refunds/"))
    return await credit_note_answer(parts.order_reader, shop_id, OrderId(order_id), refund, format_)


async def credit_note_answer(
    order_reader: OrderReader,
    shop: ShopId,
    order_id: OrderId,
    refund: RefundId,
    format_: DocumentFormat,
) -> Response[bytes]:
    """Lay the document out; raises OrderUnknown, RefundUnknown, CreditNoteNotIssued."""
    from adapters.credit_notes.reading import (  # noqa: PLC0415 - slow to load, seldom asked for
        read_credit_note,
    )

    document = await read_credit_note(order_reader, shop, order_id, refund, utc_now())
    if format_ is DocumentFormat.HTML:
        headers = {"Content-Security-Policy": PAGE_POLICY}
        return Response(document.html().encode(), media_type=HTML, headers=headers)
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}"'}
    return Response(await asyncio.to_thread(document.pdf), media_type=PDF, headers=headers)

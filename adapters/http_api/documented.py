"""How routes document their problems: each status with one example."""

from collections.abc import Mapping
from http import HTTPStatus

from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from msgspec import to_builtins

from adapters.http_api.problems import PROBLEM_MEDIA_TYPE, ProblemDetails

PROBLEM_EXAMPLES: Mapping[int, tuple[str, str]] = {
    400: ("invalid_parameter", "limit: Expected `int` <= 200"),
    401: ("not_authenticated", "Send a valid access key: Authorization: Bearer olk_…"),
    403: ("not_allowed", "The role viewer may not do this."),
    404: ("not_found", "There is no such order."),
    409: ("not_replayable", "This message was applied; there is nothing to replay."),
    422: (
        "idempotency_key_reused",
        "This idempotency key stands for another request, which was granted.",
    ),
    503: ("try_again", "The ledger is busy or restarting. Try again in a moment."),
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Document the problems that a route may answer with."""
    return {status: _problem(status, *PROBLEM_EXAMPLES[status]) for status in statuses}


def keyed_problems(*more: int) -> dict[int, ResponseSpec]:
    """Document the problems of a route that asks for a key."""
    return problems(400, 401, 403, 404, 503, *more)


def _problem(status: int, code: str, detail: str) -> ResponseSpec:
    phrase = HTTPStatus(status).phrase
    example = to_builtins(ProblemDetails(title=phrase, status=status, code=code, detail=detail))
    return ResponseSpec(
        data_container=ProblemDetails,
        generate_examples=False,
        description=phrase,
        media_type=PROBLEM_MEDIA_TYPE,
        examples=[Example(summary=code, value=example)],
    )

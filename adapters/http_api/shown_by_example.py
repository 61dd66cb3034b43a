"""Shows every operation of the description by an example, made by the code that answers."""

from typing import Any

from msgspec import to_builtins

from adapters.http_api.command_examples import COMMAND_EXAMPLES
from adapters.http_api.examples import EXAMPLES
from adapters.http_api.refund_examples import REFUND_EXAMPLES
from adapters.http_api.report_examples import REPORT_EXAMPLES

EXAMPLE_BY_OPERATION = {**EXAMPLES, **COMMAND_EXAMPLES, **REFUND_EXAMPLES, **REPORT_EXAMPLES}


def add_examples(description: dict[str, Any]) -> None:
    """Give every operation that has one its example. Litestar itself would drop their nulls."""
    for path in description["paths"].values():
        for operation in path.values():
            example = EXAMPLE_BY_OPERATION.get(operation["operationId"])
            if example is not None:
                answer = operation["responses"]["200"]["content"]["application/json"]
                answer["example"] = to_builtins(example, enc_hook=str)

"""What a form says. A box that is not ticked is not sent, so every flag is off unless it is there."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from litestar.datastructures import FormMultiDict
from msgspec import Struct

from adapters.display.csv_cells import CsvFormat
from adapters.http_api.problems import InvalidQuery
from adapters.web.access import PageRequest
from domain.identifiers import OrderId
from domain.phrase import say


class Form(Struct, frozen=True):
    """The fields of a form or of a query, by name, each any number of times."""

    fields: FormMultiDict

    def text(self, name: str) -> str:
        """Read a field; "" if it is not there."""
        return self.untouched(name).strip()

    def untouched(self, name: str) -> str:
        """Read a field with the spaces around it, which a password or an id may have.

        Without NUL, which no database takes and nobody types.
        """
        return str(self.fields.get(name, "")).replace("\0", "")

    def texts(self, name: str) -> Sequence[str]:
        """Read all fields of this name."""
        return [str(value) for value in self.fields.getall(name, [])]

    def flag(self, name: str) -> bool:
        """Say whether a box is ticked."""
        return name in self.fields


async def read_form(request: PageRequest) -> Form:
    """Read the body of a form that was sent; of a plain request, its query."""
    if request.method == "GET":
        return Form(FormMultiDict(request.query_params.multi_items()))
    return Form(await request.form())


def csv_format_in(form: Form) -> CsvFormat:
    """Read as what a file is wanted; raise InvalidQuery."""
    named = form.text("format") or CsvFormat.STANDARD
    if named not in set(CsvFormat):
        raise InvalidQuery(say("There is no such format of the file."))
    return CsvFormat(named)


def order_ids_in(texts: Iterable[str]) -> list[OrderId]:
    """Read the ids of orders, each once; what is none is left out."""
    found: dict[OrderId, None] = {}
    for text in texts:
        with suppress(ValueError):
            found[OrderId(UUID(text))] = None
    return list(found)

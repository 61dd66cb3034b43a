"""The sandbox in a browser: what it shows, and forms that end and make trouble."""

from contextlib import closing
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from scripts.receivers.places import CONTROL
from scripts.receivers.trouble import Kind, Trouble
from tests.sandbox_program import SandboxProgram
from tests.scripts.receivers.calling import deliver


class Answer(NamedTuple):
    """What a browser would get."""

    status: int
    location: str | None
    page: str


def test_it_shows_trouble_and_what_was_received(sandbox: SandboxProgram) -> None:
    sandbox.trouble(Trouble(target="kajabi/yoga", kind=Kind.HANG))
    deliver(sandbox, "msg_of_the_page")
    page = asked(sandbox).page
    assert "Calm kajabi/yoga" in page
    assert "never answers" in page
    assert "books" in page.partition("Received last")[2]


def test_a_button_calms_one_receiver_or_all(sandbox: SandboxProgram) -> None:
    for target in ("kajabi/yoga", "crm", "stripe"):
        sandbox.trouble(Trouble(target=target, kind=Kind.ERROR))
    assert posted(sandbox, "calm", target="crm").location == "/sandbox"
    assert [one.target for one in sandbox.standing().troubles] == ["kajabi/yoga", "stripe"]
    posted(sandbox, "calm")
    assert sandbox.standing().troubles == ()


def test_a_part_of_a_receiver_is_troubled_by_the_form(sandbox: SandboxProgram) -> None:
    posted(sandbox, "make-trouble", receiver="mail", part=" a@example.com ", kind="hang")
    [trouble] = sandbox.standing().troubles
    assert (trouble.target, trouble.kind) == ("mail/a@example.com", Kind.HANG)


@pytest.mark.parametrize(
    ("receiver", "part", "kind"), [("mail", "", "500"), ("stripe", "part", "500")]
)
def test_what_cannot_be_is_said_on_the_page(
    sandbox: SandboxProgram, receiver: str, part: str, kind: str
) -> None:
    answer = posted(sandbox, "make-trouble", receiver=receiver, part=part, kind=kind)
    assert 'role="alert"' in answer.page
    assert sandbox.standing().troubles == ()


def test_no_other_site_may_change_anything(sandbox: SandboxProgram) -> None:
    sandbox.trouble(Trouble(target="crm", kind=Kind.ERROR))
    answer = asked(sandbox, "POST", "/calm", site="cross-site")
    assert answer.status == 403
    assert [one.target for one in sandbox.standing().troubles] == ["crm"]


def posted(sandbox: SandboxProgram, form: str, **fields: str) -> Answer:
    return asked(sandbox, "POST", f"/{form}", fields)


def asked(
    sandbox: SandboxProgram,
    method: str = "GET",
    path: str = "",
    fields: dict[str, str] | None = None,
    site: str = "same-origin",
) -> Answer:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": site}
    port = sandbox.places.ports[CONTROL]
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, f"/sandbox{path}", urlencode(fields or {}), form)
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("Location"), answer.read().decode())

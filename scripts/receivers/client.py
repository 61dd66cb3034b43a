"""Asks a running sandbox: what it received, and for trouble."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec

from scripts.receivers.book import Received
from scripts.receivers.control import RECEIVED_MAX, Standing
from scripts.receivers.paytrail import Ending, Instruction, Money
from scripts.receivers.places import CONTROL, Places
from scripts.receivers.stripe_control import (
    DashboardRefund,
    DisputeAsked,
    Listener,
    Telling,
)
from scripts.receivers.stripe_control import Ending as StripeEnding
from scripts.receivers.stripe_control import Instruction as StripeInstruction
from scripts.receivers.stripe_control import Money as StripeMoney
from scripts.receivers.trouble import Trouble

ANSWER_SECONDS_MAX = 10


class SandboxSilent(Exception):
    """There is no sandbox in this folder, or it does not run."""


class SandboxRefused(Exception):
    """The sandbox knows no such receiver, or cannot do this with it."""


class Sandbox:
    """A running sandbox, from outside."""

    def __init__(self, places: Places) -> None:
        self.places = places

    @classmethod
    def of(cls, folder: Path) -> "Sandbox":
        """Find the sandbox of a folder; raise SandboxSilent where it never had one."""
        places = Places.read(folder)
        if places is None:
            raise SandboxSilent(f"{folder} has no sandbox: start one with `scripts/sandbox run`")
        return cls(places)

    def standing(self) -> Standing:
        """Tell how it stands."""
        return msgspec.json.decode(self._ask("GET", "state"), type=Standing)

    def received(self, target: str = "", limit: int = RECEIVED_MAX) -> list[Received]:
        """List what a receiver, or a part of it, has received, the newest last."""
        query = {"target": target, "limit": str(limit)}
        return msgspec.json.decode(self._ask("GET", "received", query), type=list[Received])

    def trouble(self, trouble: Trouble) -> None:
        """Switch trouble on; raise SandboxRefused for what cannot be."""
        self._ask("POST", "trouble", body=trouble)

    def calm(self, target: str = "") -> None:
        """Switch trouble off, and the verifying of signatures: a target's, or all."""
        self._ask("DELETE", "trouble", {"target": target})

    def verify(self, receiver: str, *secrets: str) -> None:
        """Let a receiver take only what one of these has signed; raise SandboxRefused."""
        self._ask("POST", "secrets", body={"receiver": receiver, "secrets": secrets})

    def sign_out(self) -> int:
        """Let no token of Kajabi's API be valid any longer; tell how many there were."""
        return msgspec.json.decode(self._ask("DELETE", "tokens"), type=int)

    def paytrail_money(self) -> Money:
        """Show the money of Paytrail's account."""
        return msgspec.json.decode(self._ask("GET", "paytrail"), type=Money)

    def instruct_paytrail(self, instruction: Instruction) -> None:
        """Tell Paytrail what to do with refunds."""
        self._ask("POST", "paytrail/instruction", body=instruction)

    def end_at_paytrail(self, ending: Ending) -> int:
        """Let what is pending at Paytrail end, or what ended be told again; count the refunds."""
        return msgspec.json.decode(self._ask("POST", "paytrail/ending", body=ending), type=int)

    def stripe_money(self) -> StripeMoney:
        """Show the money of Stripe's account, and what it told."""
        return msgspec.json.decode(self._ask("GET", "stripe"), type=StripeMoney)

    def instruct_stripe(self, instruction: StripeInstruction) -> None:
        """Tell Stripe what to do with refunds."""
        self._ask("POST", "stripe/instruction", body=instruction)

    def listen_to_stripe(self, listener: Listener) -> None:
        """Say where Stripe tells its events."""
        self._ask("POST", "stripe/listener", body=listener)

    def let_stripe_tell(self, telling: Telling) -> int:
        """Have Stripe tell events now; say how many it told."""
        return msgspec.json.decode(self._ask("POST", "stripe/telling", body=telling), type=int)

    def end_at_stripe(self, ending: StripeEnding) -> int:
        """Let refunds go on at Stripe; count those that did."""
        return msgspec.json.decode(self._ask("POST", "stripe/ending", body=ending), type=int)

    def refund_in_stripes_dashboard(self, refund: DashboardRefund) -> str:
        """Refund by hand at Stripe; give the refund's id."""
        asked = self._ask("POST", "stripe/dashboard-refund", body=refund)
        return msgspec.json.decode(asked, type=str)

    def dispute_at_stripe(self, dispute: DisputeAsked) -> str:
        """Begin a dispute at Stripe, or let it go on; give its id."""
        return msgspec.json.decode(self._ask("POST", "stripe/dispute", body=dispute), type=str)

    def pass_time_at_stripe(self, hours: float) -> None:
        """Let Stripe's memory of keys grow older."""
        self._ask("POST", "stripe/clock", body={"hours": hours})

    def epassi_money(self) -> dict[str, int]:
        """Show the cents that Epassi gave back, by payment."""
        return msgspec.json.decode(self._ask("GET", "epassi"), type=dict[str, int])

    def _ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> bytes:
        url = f"{self.places.url(CONTROL)}/sandbox/{path}?{urlencode(query or {})}"
        content = None if body is None else msgspec.json.encode(body)
        request = Request(url, data=content, method=method)  # noqa: S310 - http on loopback
        try:
            with urlopen(request, timeout=ANSWER_SECONDS_MAX) as answer:  # noqa: S310 - the same
                read: bytes = answer.read()
                return read
        except HTTPError as error:
            with error:
                raise SandboxRefused(msgspec.json.decode(error.read())["detail"]) from error
        except (URLError, ConnectionError) as error:
            raise SandboxSilent(
                f"the sandbox at {url.partition('?')[0]} does not answer"
            ) from error

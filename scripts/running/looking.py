"""What a person is told while `scripts/run` runs: where to look, what was fed, what comes next."""

import shlex
import sys

from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.banner import banner, command
from adapters.up import Standing
from domain.identifiers import ShopId
from domain.order.stages import PaymentStatus
from scripts.receivers.places import Receiver
from scripts.running.demo import TROUBLED_OFFER
from scripts.running.finding import Failures, failures, newest_with

TROUBLE_SECONDS_MAX = 15.0
"""How long actions have to fail before examples are given without them."""
REFUNDED = (PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)
SANDBOX = "scripts/sandbox"


class Guide(Struct, frozen=True, kw_only=True):
    """Speaks to the person who started it, on stderr where stdout is for a program."""

    standing: Standing
    shop: ShopId
    """The one that examples are of."""
    key: str
    sandbox_page: str
    """Where the receivers are shown, with buttons for their trouble."""
    is_json: bool

    def say_where_to_look(self) -> None:
        """Print addresses, the key, and commands that need no order."""
        where = (
            f"Receivers  {self.sandbox_page}  (take mail and made-up actions on this machine)",
            f"           {self._sandbox('state')}",
        )
        self.say(banner(self.standing, self.shop, self.key, where))

    async def say_what_to_try(self, parts: Parts) -> None:
        """Print commands about the newest paid and refunded orders; nothing without any."""
        paid = await newest_with(parts, self.shop, [PaymentStatus.PAID])
        if paid:
            self._say_commands(
                "Try",
                self._ledger("orders", "list", "--status", paid.status),
                self._ledger("orders", "show", paid.number),
                self._ledger("orders", "history", paid.number),
            )
        refunded = await newest_with(parts, self.shop, REFUNDED)
        if refunded:
            self.say("One with a refund, to be completed as if nothing had been returned:")
            complete = ("orders", "complete", refunded.number, "--restore-refunded-data")
            self._say_commands("Try", self._ledger(*complete, "--dry-run"), self._ledger(*complete))

    async def say_what_is_troubled(self, parts: Parts) -> None:
        """Print how the first trouble is seen, ended and repaired."""
        self.say(
            "One Kajabi offer and the former address of the bookkeeping answer 500, and the "
            "customer list hangs, until you calm them: here, or on the page of the receivers."
        )
        self._say_how_to_repair(await failures(parts, self.shop, TROUBLE_SECONDS_MAX))

    async def say_how_to_trouble(self, parts: Parts) -> None:
        """Print how trouble is made and seen, and what an earlier run has left to repair."""
        self.say("The receivers have no trouble now. To bring some, and to end it:")
        troubled = f"{Receiver.KAJABI}/{TROUBLED_OFFER}"
        self._say_commands("Try", self._sandbox("trouble", troubled, "500"), self._sandbox("calm"))
        found = await failures(parts, self.shop, 0)
        if found.plain is None:
            self._say_commands("See", self._ledger("attention"), self._sandbox("received"))
        self._say_how_to_repair(found)

    def say(self, words: str) -> None:
        """Print at once."""
        print(words, file=sys.stderr if self.is_json else sys.stdout, flush=True)

    def _say_how_to_repair(self, found: Failures) -> None:
        """Take one unlucky order as the example, and one that has newer settings."""
        plain, outdated = found
        if plain:
            self._say_commands(
                "See",
                self._ledger("attention"),
                self._ledger("orders", "show", plain.number),
                self._sandbox("calm"),
                self._ledger("orders", "rerun", plain.number, plain.action_id),
                self._ledger("orders", "complete", plain.number),
                self._ledger("orders", "history", plain.number),
                self._sandbox("received"),
            )
        if outdated:
            self.say("One that failed with settings that have been bettered since:")
            rerun = ("orders", "rerun", outdated.number, outdated.action_id)
            self._say_commands("Try", self._ledger(*rerun, "--use-latest-configuration"))

    def _say_commands(self, word: str, *commands: str) -> None:
        words = (word, *[" " * len(word)] * (len(commands) - 1))
        self.say("\n".join(f"{word}  {one}" for word, one in zip(words, commands, strict=True)))

    def _ledger(self, *words: str) -> str:
        return command(self.standing, *words, "--shop", self.shop)

    def _sandbox(self, *words: str) -> str:
        return shlex.join([SANDBOX, *words, "--data", str(self.standing.data)])

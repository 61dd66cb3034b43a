"""Every provider with the other side that it talks to, for the tests that hold for all of them.

A new provider is a new function here, and one more line in `SUBJECTS`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from processors.refund_provider import RefundProvider, TransferTask
from scripts.receivers.epassi import PATH
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.executors.subjects import closed_port
from tests.adapters.providers.given_epassi import epassi
from tests.adapters.providers.given_paytrail import payment as paytrail_payment
from tests.adapters.providers.given_paytrail import paytrail
from tests.adapters.providers.given_stripe import payment as stripe_payment
from tests.adapters.providers.given_stripe import refund_named, stripe
from tests.adapters.providers.refunds import task_of
from tests.sandbox_program import SandboxProgram
from tests.support import Database

SHORT_SECONDS = 1.0
SECRET = "s3cret0123456789"
"""In every credential that is the tests' own: no standing may hold it."""


class Wrong(StrEnum):
    """What the other side may do wrong."""

    HANGS = "hangs"
    BREAKS_OFF = "breaks off"
    LOSES_ITS_ANSWER = "loses its answer"
    FAILS = "fails"
    IS_AWAY = "is away"
    HAS_NO_CREDENTIALS = "has no credentials"


KIND_BY_WRONG = {
    Wrong.HANGS: Kind.HANG,
    Wrong.BREAKS_OFF: Kind.RESET,
    Wrong.LOSES_ITS_ANSWER: Kind.LOST,
    Wrong.FAILS: Kind.ERROR,
}


class Subject(Struct):
    """A provider under test."""

    provider: RefundProvider
    task: Callable[[int], TransferTask]
    """A transfer of a payment of this amount at most."""
    returned: Callable[[], int]
    """What its own ledger says went back."""


OpenSubject: TypeAlias = Callable[
    [Database, SandboxProgram, Wrong | None, int], AbstractAsyncContextManager[Subject]
]
"""The last is a test's own number, which tells its payment from others'."""


@asynccontextmanager
async def at_stripe(
    database: Database, sandbox: SandboxProgram, wrong: Wrong | None, mark: int
) -> AsyncIterator[Subject]:
    transaction = stripe_payment(mark)
    url = _spoiled(sandbox, Receiver.STRIPE, wrong)
    secret = "" if wrong is Wrong.HAS_NO_CREDENTIALS else f"sk_test_{SECRET}"
    refund = refund_named(transaction)
    async with stripe(database, url, secret=secret, seconds_max=SHORT_SECONDS) as provider:
        yield Subject(
            provider=provider,
            task=lambda amount: task_of("stripe", transaction, amount=amount, refund=refund),
            returned=lambda: sandbox.stripe_money().returned.get(transaction, 0),
        )


@asynccontextmanager
async def at_paytrail(
    database: Database, sandbox: SandboxProgram, wrong: Wrong | None, mark: int
) -> AsyncIterator[Subject]:
    transaction = paytrail_payment(mark)
    url = _spoiled(sandbox, Receiver.PAYTRAIL, wrong)
    more = {"secret": ""} if wrong is Wrong.HAS_NO_CREDENTIALS else {}
    async with paytrail(database, url, seconds_max=SHORT_SECONDS, **more) as provider:
        yield Subject(
            provider=provider,
            task=lambda amount: task_of("paytrail", transaction, amount=amount),
            returned=lambda: sandbox.paytrail_money().returned.get(transaction, 0),
        )


@asynccontextmanager
async def at_epassi(
    database: Database, sandbox: SandboxProgram, wrong: Wrong | None, mark: int
) -> AsyncIterator[Subject]:
    paid = f"paid-{mark}"
    url = f"{_spoiled(sandbox, Receiver.EPASSI, wrong)}{PATH}"
    more = {"secret": ""} if wrong is Wrong.HAS_NO_CREDENTIALS else {}
    async with epassi(database, url, seconds_max=SHORT_SECONDS, **more) as provider:
        yield Subject(
            provider=provider,
            task=lambda amount: task_of("epassi", paid, amount=amount),
            returned=lambda: sandbox.epassi_money().get(paid, 0),
        )


SUBJECTS: Mapping[str, OpenSubject] = {
    "Stripe": at_stripe,
    "Paytrail": at_paytrail,
    "Epassi": at_epassi,
}


def _spoiled(sandbox: SandboxProgram, receiver: Receiver, wrong: Wrong | None) -> str:
    """Make the trouble that is wanted; say where to call."""
    if wrong is Wrong.IS_AWAY:
        return f"http://127.0.0.1:{closed_port()}"
    if wrong in KIND_BY_WRONG:
        sandbox.trouble(Trouble(target=receiver, kind=KIND_BY_WRONG[wrong], next=1))
    return sandbox.places.url(receiver)

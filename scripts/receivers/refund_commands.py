"""`scripts/sandbox refunds|end|money`: what the sandbox's payment providers do with refunds."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from cyclopts import App, Parameter, validators

from scripts.receivers import paytrail, paytrail_account, stripe_account, stripe_control
from scripts.receivers.client import Sandbox, SandboxRefused
from scripts.receivers.showing import show_money

FOLDER = Path("ledger-data")

Data = Annotated[Path, Parameter(env_var="ORDER_LEDGER_DATA")]
Told = Literal["paytrail", "stripe"]
T = TypeVar("T", bound=StrEnum)


def register(app: App) -> None:
    """Give `scripts/sandbox` these commands."""
    for command in (refunds, end, money):
        app.command(command)


def refunds(
    provider: Told,
    manner: str,
    *,
    next: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None,  # noqa: A002
    data: Data = FOLDER,
) -> None:
    """Say what a payment provider does with refunds from now on.

    Parameters
    ----------
    provider
        paytrail or stripe.
    manner
        Of paytrail: ok, pending, fail, short (the balance is too small), refused, unsupported.
        Of stripe: succeeded, pending, requires_action, short, failed, canceled.
    next
        For the next so many refunds only.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    if provider == "stripe":
        of_stripe = _manner(stripe_account.Manner, manner)
        sandbox.instruct_stripe(stripe_control.Instruction(manner=of_stripe, next=next))
    else:
        of_paytrail = _manner(paytrail_account.Manner, manner)
        sandbox.instruct_paytrail(paytrail.Instruction(manner=of_paytrail, next=next))
    print(f"{provider}: {'all' if next is None else f'the next {next}'} refunds are {manner}")


def end(
    provider: Told, status: str, *, payment: str = "", times: int = 1, data: Data = FOLDER
) -> None:
    """Let refunds that are pending end, and tell the ledger.

    Parameters
    ----------
    provider
        paytrail or stripe.
    status
        Of paytrail: ok or fail. Of stripe: succeeded, failed or canceled.
    payment
        The payment whose refunds end, by the provider's own id; needed of stripe. Those of
        paytrail that have ended already are told again.
    times
        How often paytrail calls back.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    if provider == "stripe":
        sandbox.end_at_stripe(stripe_control.Ending(payment=payment, status=status))
        return
    ending = {"status": status, "payment": payment, "callbacks": times}
    told = sandbox.end_at_paytrail(msgspec.convert(ending, paytrail.Ending))
    print(f"Refunds that were told: {told}")


def money(provider: Literal["epassi", "paytrail", "stripe"], *, data: Data = FOLDER) -> None:
    """Show what went back to customers by a payment provider's own ledger, by payment.

    Parameters
    ----------
    provider
        paytrail, stripe or epassi.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    by_provider: Mapping[str, Callable[[], dict[str, int]]] = {
        "epassi": sandbox.epassi_money,
        "paytrail": lambda: sandbox.paytrail_money().returned,
        "stripe": lambda: sandbox.stripe_money().returned,
    }
    show_money(by_provider[provider]())


def _manner(manners: Iterable[T], name: str) -> T:
    found = {str(manner): manner for manner in manners}
    if name not in found:
        raise SandboxRefused(f"no manner {name!r}: there are {', '.join(found)}")
    return found[name]

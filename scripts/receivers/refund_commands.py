"""`scripts/sandbox refunds|end|money` and Stripe's `dashboard-refund` and `dispute`.

The rule to know: a word that a provider does not know is answered with those that it knows.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec
from cyclopts import App, Parameter, validators

from scripts.receivers import paytrail, paytrail_account, stripe_account, stripe_control
from scripts.receivers.client import Sandbox, SandboxRefused
from scripts.receivers.showing import show_money

FOLDER = Path("ledger-data")

Data = Annotated[Path, Parameter(env_var="ORDER_LEDGER_DATA")]
Told = Literal["paytrail", "stripe"]
T = TypeVar("T", bound=StrEnum)

STATUSES_BY_PROVIDER = {"paytrail": paytrail.EndStatus, "stripe": stripe_control.EndStatus}


def register(app: App) -> None:
    """Give `scripts/sandbox` these commands."""
    for command in (refunds, end, dashboard_refund, dispute, money):
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
        Only this payment's, by the provider's own id; of paytrail those that have ended already
        are told again, of stripe those that have succeeded can fail.
    times
        How often paytrail calls back.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    _require_known("status", get_args(STATUSES_BY_PROVIDER[provider]), status)
    if provider == "stripe":
        at_stripe = {"status": status, "payment": payment}
        told = sandbox.end_at_stripe(msgspec.convert(at_stripe, stripe_control.Ending))
    else:
        ending = {"status": status, "payment": payment, "callbacks": times}
        told = sandbox.end_at_paytrail(msgspec.convert(ending, paytrail.Ending))
    if payment and not told:
        raise SandboxRefused(f"{provider} has no refund of {payment} that could be {status}")
    print(f"Refunds that were told: {told}")


def dashboard_refund(
    *,
    payment: str,
    amount: Annotated[int, Parameter(validator=validators.Number(gte=1))],
    data: Data = FOLDER,
) -> None:
    """Refund a payment in Stripe's own dashboard, as a merchant can without the ledger.

    Parameters
    ----------
    payment
        The payment, by Stripe's own id (`pi_…`), as `orders show` tells it.
    amount
        How much, in Stripe's minor units (cents).
    data
        Folder of the sandbox.
    """
    asked = stripe_control.DashboardRefund(payment=payment, amount=amount)
    print(f"Refunded: {Sandbox.of(data).refund_in_stripes_dashboard(asked)}")


def dispute(
    status: str = "needs_response",
    *,
    payment: str,
    amount: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None,
    data: Data = FOLDER,
) -> None:
    """Let a customer's bank dispute a payment at Stripe, or let its dispute go on.

    Parameters
    ----------
    status
        needs_response begins one, warning_needs_response an inquiry; then under_review, won, lost,
        warning_under_review or warning_closed.
    payment
        The payment, by Stripe's own id (`pi_…`), as `orders show` tells it.
    amount
        How much of it, in Stripe's minor units (cents); all if not said.
    data
        Folder of the sandbox.
    """
    _require_known("status", get_args(stripe_control.DisputeStatus), status)
    asked = {"payment": payment, "amount": amount, "status": status}
    disputed = msgspec.convert(asked, stripe_control.DisputeAsked)
    print(f"Dispute {Sandbox.of(data).dispute_at_stripe(disputed)}: {status}")


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
    _require_known("manner", found, name)
    return found[name]


def _require_known(what: str, known: Iterable[str], name: str) -> None:
    if name not in known:
        raise SandboxRefused(f"no {what} {name!r}: there are {', '.join(known)}")

"""The tree of commands. Each group's commands live in the module of its name."""

import importlib.metadata
import sys
from collections.abc import Sequence
from functools import cache

from cyclopts import App

from adapters.cli import (
    access,
    action_settings,
    alerts,
    attention_rerun,
    contracts,
    credit_note,
    messages,
    order_refund,
    processors,
    projections,
    refunds,
    refunds_reconcile,
    reports,
    running,
    schema,
    secrets,
    shop_settings,
    users,
)
from adapters.cli.exits import WrongUse, ending

JSON_OPTION = "--json"
FIRST_SURROGATE, LAST_SURROGATE = "\ud800", "\udfff"
"""What Python reads an argument's other bytes as."""


@cache
def build_app() -> App:
    """Put the commands together, once: groups are made when their modules are."""
    app = App(
        name="order-ledger",
        help="The event-sourced order ledger for online checkouts.",
        version=_version,
        help_format="plaintext",
        result_action="return_none",
    )
    running.register(app)
    app.command(order_refund.app)
    refunds.app.command(refunds_reconcile.reconcile)
    refunds.app.command(credit_note.credit_note)
    app.command(refunds.app)
    app.command(attention_rerun.app)
    app.command(reports.app)
    app.command(alerts.app)
    app.command(messages.app)
    app.command(projections.app)
    app.command(processors.app)
    app.command(shop_settings.app)
    app.command(action_settings.app)
    app.command(access.keys_app)
    app.command(users.app)
    app.command(secrets.app)
    app.command(schema.app)
    app.command(contracts.app)
    return app


def run(arguments: Sequence[str] | None = None) -> None:
    """Run one command; SystemExit with its exit code unless it is 0."""
    given = sys.argv[1:] if arguments is None else arguments
    with ending(is_json=JSON_OPTION in given):
        if any(FIRST_SURROGATE <= letter <= LAST_SURROGATE for word in given for letter in word):
            raise WrongUse("an argument is not UTF-8 text")
        build_app()(given)


def _version() -> str:
    return importlib.metadata.version("order-ledger")

"""`docs/domain.md` says what the specifications show: who records which fact, to what effect."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from domain.message import ActorKind
from domain.order.decide import OrderWish
from domain.order.events import OrderFact
from domain.rejection import Rejection
from tests.domain.matrix import (
    LIFECYCLE,
    documented_commands,
    documented_facts,
    documented_refusals,
)
from tests.spec import REFUSED, STATED, Stated

NOT_SPECIFICATIONS = ("test_matrix", "test_invariants")


def stated() -> set[Stated]:
    """Run every specification that needs nothing, and see what was stated."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        if file.stem not in NOT_SPECIFICATIONS:
            for specification in specifications(import_module(f"tests.domain.{file.stem}")):
                specification()
    return STATED


def specifications(module: ModuleType) -> Iterator[Callable[[], None]]:
    for name, member in vars(module).items():
        if name.startswith("Test") and inspect.isclass(member):
            instance = member()
            yield from those_among(getattr(instance, method) for method in dir(member))
        else:
            yield from those_among([member])


def those_among(members: Iterable[Any]) -> Iterator[Callable[[], None]]:
    for member in members:
        is_test = getattr(member, "__name__", "").startswith("test_")
        if is_test and not inspect.signature(member).parameters:
            yield member


def test_the_matrix_says_which_command_records_which_fact() -> None:
    shown = {(one.command.__name__, one.fact.__name__) for one in stated()}
    said = {
        (command, name) for name, fact in documented_facts().items() for command in fact.commands
    }
    assert said == shown


def test_the_matrix_says_what_each_fact_does_to_the_status() -> None:
    shown: dict[str, set[str]] = {name: set() for name in documented_facts()}
    for one in stated():
        if one.status is not None:
            shown[one.fact.__name__].add(one.status)
    for name, fact in documented_facts().items():
        assert shown[name] <= fact.statuses, name
        is_any = fact.statuses >= LIFECYCLE
        assert fact.statuses - shown[name] <= (LIFECYCLE if is_any else set()), name


def test_the_matrix_has_every_fact_and_every_command() -> None:
    assert set(documented_facts()) == {fact.__name__ for fact in get_args(OrderFact)}
    assert set(documented_commands()) == {command.__name__ for command in get_args(OrderWish)}


def test_every_refusal_is_stated_and_documented() -> None:
    stated()
    refusals = {kind.code: kind.is_early for kind in refusals_of_orders()}
    assert len(refusals) == len(refusals_of_orders())
    assert set(refusals) == REFUSED
    assert refusals == documented_refusals()


def refusals_of_orders() -> list[type[Rejection]]:
    return [k for k in Rejection.__subclasses__() if k.__module__.startswith("domain.order.")]


def test_who_may_cause_a_fact_is_who_may_ask_for_it() -> None:
    who = documented_commands()
    for name, fact in documented_facts().items():
        assert fact.who == frozenset().union(*(who[command] for command in fact.commands)), name
        assert fact.who <= set(ActorKind)

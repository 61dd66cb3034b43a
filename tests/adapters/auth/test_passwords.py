"""Passwords: only a hash is kept, of today's parameters, and not too many are checked at once."""

import asyncio
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters

from adapters.auth.passwords import (
    IN_HAND_MAX,
    TYPED_LENGTH_MAX,
    Passwords,
    PasswordTooLong,
    PasswordTooShort,
    SignInBusy,
    check_length,
)
from adapters.auth.people import People
from adapters.auth.roles import Role
from adapters.auth.sessions import Sessions
from adapters.auth.shops import Shops
from adapters.auth.sign_in import SignIn
from adapters.auth.sign_in_limits import SignInLimits
from adapters.postgres.database import open_pool
from domain.identifiers import ShopId
from tests.support import Database

PASSWORD = "kolme sanaa riittää"


async def test_a_password_fits_its_hash_alone() -> None:
    passwords = Passwords()
    kept = await passwords.hash(PASSWORD)

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert (await passwords.verify(kept, PASSWORD)).is_right
    assert (await passwords.verify(kept, unicodedata.normalize("NFD", PASSWORD))).is_right
    assert not (await passwords.verify(kept, PASSWORD + " ")).is_right
    assert not (await passwords.verify(None, PASSWORD)).is_right
    assert not (await passwords.verify("no hash", PASSWORD)).is_right


async def test_what_is_longer_than_any_password_fits_nothing() -> None:
    passwords = Passwords()
    kept = await passwords.hash("x" * 128)

    assert not (await passwords.verify(kept, "x" * 129)).is_right


async def test_a_long_password_fits_also_where_a_keyboard_writes_letters_in_parts() -> None:
    passwords, longest = Passwords(), unicodedata.normalize("NFD", "ä" * 128)
    check_length(longest)
    kept = await passwords.hash(longest)

    assert (await passwords.verify(kept, longest)).is_right
    assert (await passwords.verify(kept, "ä" * 128)).is_right


@pytest.mark.parametrize("begins", ["a", "x" * 20])
def test_parts_without_end_are_refused_before_they_are_put_in_order(
    begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_order: list[str] = []

    def normalize(_form: str, text: str) -> str:
        put_in_order.append(text)
        return text

    monkeypatch.setattr(unicodedata, "normalize", normalize)
    with pytest.raises(PasswordTooLong):
        check_length(begins + "\u0315\u0300" * 15_000)

    assert all(len(text) <= TYPED_LENGTH_MAX for text in put_in_order)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [("ä" * 11, PasswordTooShort), ("x" * 129, PasswordTooLong), ("", PasswordTooShort)],
)
def test_a_password_has_12_to_128_characters(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_length(password)


@pytest.mark.parametrize("password", ["ä" * 12, "x" * 128, "            "])
def test_only_the_length_counts(password: str) -> None:
    check_length(password)


async def test_too_many_at_once_are_refused_rather_than_queued_for_ever() -> None:
    passwords = Passwords()
    tries = [passwords.verify(None, PASSWORD) for _ in range(IN_HAND_MAX + 1)]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert [type(answer) for answer in answers].count(SignInBusy) == 1
    assert not (await passwords.verify(None, PASSWORD)).is_right


async def test_a_hash_of_former_parameters_is_made_anew_at_the_next_sign_in(
    database: Database,
) -> None:
    former = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1)
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        await Shops(pool).add(ShopId("kauppa"), "Kauppa")
        people = People(pool)
        person = await people.add("aino@example.com", "Aino", ShopId("kauppa"), Role.VIEWER)
        await people.set_password(person.person_id, former.hash(PASSWORD))
        signing = SignIn(
            people=people,
            sessions=Sessions(pool),
            limits=SignInLimits(pool),
            passwords=Passwords(),
        )
        await signing.by_password("aino@example.com", PASSWORD, "192.0.2.1")
        kept = await people.password_of("aino@example.com")
        again = await signing.by_password("aino@example.com", PASSWORD, "192.0.2.1")

    assert kept is not None
    assert extract_parameters(kept.password_hash or "").memory_cost > 1_024
    assert again == person.person_id

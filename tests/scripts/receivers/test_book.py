"""What the sandbox counts as doubled: an effect that lasts, and takes place once more."""

import pytest

from scripts.receivers.book import Book, Effect
from scripts.receivers.kajabi import KajabiOffers, Member
from scripts.receivers.kajabi_api import KajabiApi
from scripts.receivers.places import Receiver

AINO = Member(name="Aino", email="aino@example.com", external_user_id="aino")


@pytest.fixture
def book() -> Book:
    return Book()


def figures(book: Book, receiver: Receiver) -> tuple[int, int]:
    tally = book.tally(receiver, url="")
    return tally.effects, tally.doubled


def test_an_effect_under_a_key_that_had_one_is_doubled_once_however_often(book: Book) -> None:
    for _ in range(3):
        book.note(Receiver.MAIL, "aino", "message-1", Effect.DONE)

    assert figures(book, Receiver.MAIL) == (3, 1)


def test_an_effect_after_it_was_undone_is_a_new_one(book: Book) -> None:
    offers = KajabiOffers(book)
    offers.activate("yoga", AINO, sends_email=False)
    for _ in range(2):
        offers.deactivate("yoga", AINO)
        offers.activate("yoga", AINO, sends_email=False)

    assert figures(book, Receiver.KAJABI) == (5, 0)


def test_what_was_undone_of_another_member_changes_nothing(book: Book) -> None:
    book.note(Receiver.KAJABI, "yoga", "activate yoga aino", Effect.DONE)
    book.note(
        Receiver.KAJABI, "yoga", "deactivate yoga ida", Effect.DONE, undoes="activate yoga ida"
    )
    book.note(Receiver.KAJABI, "yoga", "activate yoga aino", Effect.DONE)

    assert figures(book, Receiver.KAJABI) == (3, 1)


def test_the_api_grants_anew_what_it_revoked(book: Book) -> None:
    api = KajabiApi(book)
    contact = api.make("Aino", "aino@example.com")
    for _ in range(2):
        api.grant(contact, "yoga", sends_email=False)
        api.revoke(contact.customer_id, "yoga")

    assert figures(book, Receiver.KAJABI_API) == (5, 0)

"""Emails in the merchant's own words: what a template can say, and what it cannot do."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.executors.email.custom import BODY_LENGTH_MAX, custom_letter
from adapters.executors.email.merchant_template import TemplateWrong
from adapters.executors.email.placeholders import values_of
from adapters.mail.letter import Letter
from domain.configuration.settings import CustomEmail
from domain.order.state import Order
from domain.order.values import Customer
from tests.adapters.executors.email.given import COURSE_ORDER, DEMO, order_of
from tests.examples import CUSTOMER

ENGLISH_ORDER = replace(COURSE_ORDER, country="SE")


def letter(body: str, subject: str = "Hei", order: Order = ENGLISH_ORDER) -> Letter:
    assert order.customer is not None
    return custom_letter(CustomEmail(subject=subject, body=body), order, order.customer, DEMO)


def mistake(body: str) -> str:
    with pytest.raises(TemplateWrong) as wrong:
        letter(body)
    return str(wrong.value)


def test_placeholders_stand_for_what_the_customer_bought() -> None:
    body = "{{ customer.first_name }} / {{ order.number }} / {{ order.date }} / {{ shop.name }}\n"

    assert letter(body).text == "Aino / 1001 / 20 November 2026 / Piano school\n"
    assert letter("{{ lines }}").text == (
        "Piano course: €180.00\n2 x Sheet music: €50.00\nPrivate lesson: €70.00"
    )
    assert letter("x", subject="Order {{ order.number }}").subject == "Order 1001"


def test_the_total_is_what_the_order_comes_to_now() -> None:
    assert letter("{{ order.total }}").text == "€275.00"


def test_amounts_and_days_are_written_in_the_customers_language() -> None:
    finnish = letter("{{ order.date }} {{ order.total }}", order=COURSE_ORDER)

    assert finnish.text == "20. marraskuuta 2026 275,00\N{NO-BREAK SPACE}€"


def test_a_missing_name_can_have_a_stand_in() -> None:
    nameless = order_of(Customer(email="a@example.com"))
    body = "Hi {{ customer.first_name or 'there' }}!{% if customer.company %} For firms.{% endif %}"

    assert letter(body, order=nameless).text == "Hi there!"
    assert letter(body).text == "Hi Aino! For firms."


def test_every_placeholder_stands_in_the_documentation() -> None:
    page = _documentation()
    names = values_of(ENGLISH_ORDER, CUSTOMER, DEMO)
    assert [name for name in names if f"`{{{{ {name} }}}}`" not in page] == []


def _documentation() -> str:
    docs = Path(__file__).parents[4] / "docs"
    return "".join(page.read_text() for page in docs.glob("actions*"))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("{{ customer.firstname }}", "{{ customer.firstname }}"),
        ("{{ customer }}", "{{ customer }}"),
        ("{{ customer.first_name.upper }}", "{{ customer.first_name.upper }}"),
        ("{% if order.paid %}x{% endif %}", "{{ order.paid }}"),
        ("\n\n{{ nobody }}", "Line 3"),
    ],
)
def test_an_unknown_placeholder_is_named_with_those_that_there_are(body: str, named: str) -> None:
    words = mistake(body)

    assert named in words
    assert "customer.first_name, customer.last_name" in words


@pytest.mark.parametrize(
    "body", ["{{ customer.first_name", "{% if lines %}", "{{ }}", "{% endif %}", "{{ 'a }}"]
)
def test_a_template_that_does_not_parse_is_told_by_its_line(body: str) -> None:
    assert mistake(body).startswith("Line 1: ")


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(1000000000) %}x{% endfor %}",
        "{{ range(10) }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x' * 1000000000 }}",
        "{{ lines ~ lines }}",
        "{{ lines | upper }}",
        "{{ lines.format(lines) }}",
        "{{ lines[0] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ self }}",
        "{{ lines.__class__ }}",
        "{% set a = lines %}",
        "{% include 'receipt.html' %}",
        "{% extends 'layout.html' %}",
        "{% import 'receipt.html' as r %}",
        "{% macro m() %}{% endmacro %}",
        "{% block b %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ lines if lines else lines }}",
        "{{ {'a': lines} }}",
    ],
)
def test_a_template_can_do_nothing_but_name_and_choose(body: str) -> None:
    assert mistake(body).startswith("Line 1: ")


@pytest.mark.parametrize(
    "body",
    [
        "{{ " + "(" * 1_200 + "lines" + ")" * 1_200 + " }}",
        "{{ " + "not " * 90 + "lines }}",
        "{{ " + " or ".join(["lines"] * 90) + " }}",
        "{% if lines %}" * 90 + "{% endif %}" * 90,
    ],
    ids=["brackets", "not", "or", "if"],
)
def test_a_template_nested_beyond_reason_is_refused(body: str) -> None:
    assert mistake(body) == "The template is nested too deeply."


@pytest.mark.parametrize(
    "body",
    [
        "{{ lines }}" * 1_000,
        "{{ " + "(" * 20_000,
        "{{ " + " or ".join(["lines"] * 2_000) + " }}",
        "{# #}" * 1_000,
    ],
    ids=["placeholders", "brackets", "or", "remarks"],
)
def test_a_template_that_would_take_long_to_read_is_refused_first(body: str) -> None:
    assert mistake(body) == "Line 1: there are too many placeholders, about 500 are allowed."


def test_five_hundred_placeholders_are_not_too_many() -> None:
    assert letter("{{ shop.name }}" * 500).text == "Piano school" * 500


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert mistake("{{ " + "9" * 5_000 + " }}") == "The template holds a number that is too long."


def test_a_text_that_grows_beyond_its_limit_is_refused_before_it_is_whole() -> None:
    wordy = order_of(Customer(email="a@example.com", first_name="A" * 2_000))
    body = "{{ customer.first_name }}" * 300
    with pytest.raises(TemplateWrong, match=f"beyond {BODY_LENGTH_MAX} characters"):
        letter(body, order=wordy)


def test_the_page_is_the_text_with_nothing_of_it_as_markup() -> None:
    customer = Customer(email="a@example.com", first_name="<b>Aino</b>")
    page = letter(
        "Hi {{ customer.first_name }}\n<i>https://x.example</i>", order=order_of(customer)
    )

    assert page.text == "Hi <b>Aino</b>\n<i>https://x.example</i>"
    assert "Hi &lt;b&gt;Aino&lt;/b&gt;<br>\n&lt;i&gt;https://x.example&lt;/i&gt;<br>" in page.html


def test_what_customers_write_is_never_read_as_a_template() -> None:
    customer = Customer(email="a@example.com", first_name="{{ order.number }}{% if %}")

    assert letter("{{ customer.first_name }}", order=order_of(customer)).text == (
        "{{ order.number }}{% if %}"
    )

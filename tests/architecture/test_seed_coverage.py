"""`docs/seed-coverage.md` quotes the merchant's page whole, and names tests that there are.

The rule to know: what the page says stands here, word by word. A sentence that the document leaves
out, changes or puts elsewhere fails, and so does a test of the seed that the document forgets, or
one that can be skipped. Only the browser's own fixture skips, where a machine has none; under CI it
fails instead.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "seed-coverage.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (?!Sentence |---)(?P<sentence>.*?) \| (?P<tests>.*) \|$", re.MULTILINE)

OF_PAGES = ("tests/adapters/web/", "tests/browser/")
"""Whose tests ask a running server for its pages, or look at them in a browser."""
Kinds = tuple[type[ast.FunctionDef] | type[ast.AsyncFunctionDef], ...]
SKIPPING = {"skip", "skipif", "xfail", "importorskip"}

SEED = {
    "Order Management": (
        "Order Management shows all purchases made through your checkout. You can filter orders, "
        "view details, and perform manual actions."
    ),
    "Requires attention": (
        "The Requires attention tab lists orders where the payment was received but one or more "
        "post-purchase actions (receipt email, course access grant, webhooks, etc.) have not "
        "completed within a few minutes. In these cases the customer might not have received "
        "everything they bought, so the order needs a manual check. "
        "A counter next to the tab — and on the Order Management item in the sidebar — shows how "
        "many orders currently need attention, so problems are visible even from other pages. "
        "To investigate, open the order and check the Post-Purchase Actions section for failure "
        "messages. Re-run individual actions from the list, or use Complete Order to re-run "
        "everything at once."
    ),
    "Orders Table": (
        "Orders are shown in a table. Each row displays: Column Description "
        "Status The current status of the order. "
        "Created When the order was created. Hover to see the exact time. "
        "Customer The customer's email address. "
        "Total The order total with currency. "
        "Products Names of purchased products. Order Bumps and Pre-upsells are shown separately. "
        "Payment Method Payment provider, payment method, and payment status. "
        "Source Checkout link source and tags. "
        "Country The customer's country based on billing information."
    ),
    "Filtering": (
        "Orders can be filtered by order number, email, first and last name, status, source, tag, "
        "and discount code."
    ),
    "Order Details": (
        "Clicking an order opens a side panel showing: "
        "General — offer, total, source, purchased products and prices, any discounts, and VAT "
        "breakdown "
        "Customer — all billing form fields collected from the customer, and analytics consent "
        "status "
        "Payments — all payment attempts with provider, payment method, and status "
        "Post-Purchase Actions — action execution statuses and any error messages"
    ),
    "Complete Order": (
        "Marks the order as Completed manually. If Run post-purchase actions is checked, the "
        "actions re-run; the order is marked Completed regardless of whether every action "
        "succeeds. Failed actions stay visible in the post-purchase actions list and can be "
        "re-run individually. "
        "The confirmation dialog may show additional options depending on the situation: "
        "Also restore refunded data (total amount, refunded products, and payment status) — shown "
        "only if the order has a refund history. "
        "Use latest configuration — shown only if a post-purchase action has failed. Replaces the "
        "failed action's settings with the current configuration before re-running. This change "
        "is permanent and cannot be undone. "
        "Run post-purchase actions — on by default. When unchecked, the order is marked as "
        "Completed directly without re-running any actions. Use this when you want to close the "
        "order out without re-firing side effects — you can still re-run individual actions later "
        "from the order sheet if needed."
    ),
    "Re-run Post-Purchase Actions": (
        "Each row in the order's Post-Purchase Actions section has a re-run button. Use it to "
        "re-trigger a single action — for example, to resend a receipt email or retry a failed "
        "integration call — without re-running every action on the order. "
        "Re-runs work on orders in any status, including Completed and Refunded ones, and can "
        "target actions in any state. Re-running a successful action requires confirmation in the "
        "dialog because the side effects (email, webhook, course grant) will fire again. If an "
        "action is stuck in Running state, the button switches to Force re-run with a stronger "
        "warning — use this only when you are confident the previous run is no longer active. "
        "For full details, including the Use latest template option, see Post-Purchase Actions → "
        "Re-running Individual Actions."
    ),
    "Refund": (
        "Returns payment to the customer in full or in part. Refunds are processed automatically "
        "through the original payment provider where technically supported. Payment methods that "
        "support direct refunds: Stripe — supports both full and partial refunds Paytrail — "
        "supports both full and partial refunds Epassi — supports full refunds only; partial "
        "refunds are recorded in the system but funds are not returned automatically If the "
        "payment method does not support direct refunds, the refund must be processed manually in "
        "the payment provider's own dashboard. Refund form fields: Refund amount per product — "
        "you can refund each product partially or in full. The form shows the maximum refundable "
        "amount per product. Refund payments — checked by default. Attempts the refund through "
        "the payment provider. Unchecking this records the refund in the order data only, without "
        "returning any funds. Remove access — shown per product when the refunded amount equals "
        "the full product price. Automatically removes the customer's access, such as a Kajabi "
        "course grant. Remove offer access — shown only if the order has offer- or order-level "
        "Kajabi actions. Removes access granted through those actions. Always mark orders "
        "correctly even when a direct refund is not possible. Unrefunded orders skew order "
        "reports."
    ),
}


def names_in(path: Path, kinds: Kinds = (ast.FunctionDef, ast.AsyncFunctionDef)) -> Iterator[str]:
    """Name the tests of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, kinds) and node.name.startswith("test_"):
            yield node.name


def rows_of(section: str) -> list[tuple[str, str]]:
    """Read the sentences of a section, each with its tests."""
    _, _, after = PAGE.partition(f"\n## {section}\n")
    return ROW.findall(after.partition("\n## ")[0])


@pytest.mark.parametrize("section", SEED)
def test_the_document_says_what_the_page_says_whole_and_in_its_order(section: str) -> None:
    assert " ".join(sentence for sentence, _ in rows_of(section)) == SEED[section]


def test_the_sections_stand_in_the_order_of_the_page() -> None:
    assert re.findall("^## (.*)$", PAGE, re.MULTILINE) == list(SEED)


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(PAGE)
        if not (ROOT / path).exists() or name not in set(names_in(ROOT / path))
    ]

    assert missing == []


@pytest.mark.parametrize("section", SEED)
def test_every_sentence_is_stated_by_a_test_of_the_pages(section: str) -> None:
    """Those that are asynchronous ask a server; others in these folders test a function."""
    not_stated = [
        sentence
        for sentence, tests in rows_of(section)
        if not any(
            path.startswith(OF_PAGES)
            and name in set(names_in(ROOT / path, (ast.AsyncFunctionDef,)))
            for path, name in NAMED.findall(tests)
        )
    ]

    assert not_stated == []


def test_no_test_that_is_named_can_be_skipped() -> None:
    skipping = [
        (path, node.lineno)
        for path in {path for path, _ in NAMED.findall(PAGE)}
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Attribute) and node.attr in SKIPPING
    ]

    assert skipping == []


def test_every_test_of_the_seed_stands_beside_its_sentence() -> None:
    named = set(NAMED.findall(PAGE))
    stated = {
        (str(path.relative_to(ROOT)), name)
        for folder in ("journeys", "adapters/web")
        for path in (ROOT / "tests" / folder).glob("test_seed_*.py")
        for name in names_in(path)
    }

    assert stated <= named

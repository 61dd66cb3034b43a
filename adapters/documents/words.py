"""The words of receipts in the languages that customers read."""

from msgspec import Struct

from domain.order.values import LineKind


class Words(Struct, frozen=True, kw_only=True):
    """What a receipt says in one language. `{}` is filled in."""

    receipt_subject: str
    receipt: str
    order: str
    date: str
    business_id: str
    customer: str
    products: str
    replaces: str
    list_price: str
    discount: str
    discounts: str
    vat: str
    vat_breakdown: str
    net: str
    gross: str
    total: str
    payments: str
    refunds: str
    refund: str
    total_after_refunds: str
    vat_included: str
    kinds: dict[str, str]
    """How a product that was added to the order is marked."""
    methods: dict[str, str]
    """Ways to pay; one that is missing here is a brand's name and reads as itself."""


ENGLISH = Words(
    receipt_subject="Receipt for order {}",
    receipt="Receipt",
    order="Order",
    date="Date",
    business_id="Business ID",
    customer="Customer",
    products="Products",
    replaces="in place of {}",
    list_price="List price",
    discount="Discount",
    discounts="Discounts",
    vat="VAT",
    vat_breakdown="VAT breakdown",
    net="Net",
    gross="Gross",
    total="Total",
    payments="Payments",
    refunds="Refunds",
    refund="Refund",
    total_after_refunds="Total after refunds",
    vat_included="VAT included",
    kinds={LineKind.ORDER_BUMP: "Order bump", LineKind.PRE_UPSELL: "Pre-upsell"},
    methods={
        "bank": "Online bank",
        "bank_transfer": "Bank transfer",
        "benefit": "Employee benefit",
        "card": "Card",
        "credit": "Credit",
        "free": "Free of charge",
        "invoice": "Invoice",
        "mobile": "Mobile payment",
        "wallet": "Wallet",
    },
)

FINNISH = Words(
    receipt_subject="Kuitti tilauksesta {}",
    receipt="Kuitti",
    order="Tilaus",
    date="Päivämäärä",
    business_id="Y-tunnus",
    customer="Asiakas",
    products="Tuotteet",
    replaces="tuotteen {} tilalla",
    list_price="Listahinta",
    discount="Alennus",
    discounts="Alennukset",
    vat="ALV",
    vat_breakdown="ALV-erittely",
    net="Veroton",
    gross="Verollinen",
    total="Yhteensä",
    payments="Maksut",
    refunds="Hyvitykset",
    refund="Hyvitys",
    total_after_refunds="Yhteensä hyvitysten jälkeen",
    vat_included="Sisältää ALV:n",
    kinds={LineKind.ORDER_BUMP: "Lisätuote", LineKind.PRE_UPSELL: "Lisätarjous"},
    methods={
        "bank": "Verkkopankki",
        "bank_transfer": "Tilisiirto",
        "benefit": "Henkilöstöetu",
        "card": "Kortti",
        "credit": "Luotto",
        "free": "Maksuton",
        "invoice": "Lasku",
        "mobile": "Mobiilimaksu",
        "wallet": "Lompakko",
    },
)

"""From a message that the contract allows to the wish that the domain decides on.

The rule to know: nothing is judged and nothing is worked out here; only names change.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.messaging.contracts import (
    ActionConfigurationRemovedV1,
    ActionConfiguredV1,
    ActionIn,
    CustomerIn,
    DiscountIn,
    Inbound,
    LineIn,
    MoneyIn,
    OrderPlacedV1,
    OrderStartedV1,
    PaymentFailedV1,
    PaymentReceivedV1,
    PaymentStartedV1,
    RefundRecordedV1,
)
from adapters.messaging.parsing import Message
from adapters.messaging.published_settings import settings_of
from adapters.postgres.keyring import CustomerRef
from domain.configuration.commands import ConfigureAction, RemoveActionConfiguration
from domain.configuration.settings import ActionLevel
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    LineId,
    OrderId,
    PaymentId,
    RefundId,
    SettingId,
)
from domain.message import Command
from domain.money import Money
from domain.order.commands.lifecycle import DiscountAsked, LineAsked, PlaceOrder, StartOrder
from domain.order.commands.payments import FailPayment, ReceivePayment, StartPayment
from domain.order.commands.refunds import LineAmount, RecordRefund
from domain.order.values import Address, Customer, Link, Offer, PlannedAction

CustomerKeys = Mapping[CustomerRef, CustomerKeyId]


def customer_of(message: Message) -> CustomerRef | None:
    """Name the customer whose key the message's facts are sealed under, if it brings one."""
    if isinstance(message.data, OrderPlacedV1):
        return CustomerRef(message.shop, message.data.customer.email)
    return None


def wish_of(message: Message, now: datetime, keys: CustomerKeys) -> Command:
    """Translate a message. `keys` holds the key of its `customer_of`."""
    if isinstance(message.data, OrderPlacedV1):
        customer = CustomerRef(message.shop, message.data.customer.email)
        return _place(message, message.data, now, keys[customer])
    return _TRANSLATIONS[type(message.data)](message, message.data, now)


def _start(message: Message, data: OrderStartedV1, now: datetime) -> StartOrder:
    return StartOrder(
        now=now,
        at=message.at,
        shop=message.shop,
        order_id=OrderId(UUID(message.topic)),
        offer=Offer(id=data.offer.id, name=data.offer.name),
        link=Link(id=data.link.id, source=data.link.source, tags=data.link.tags),
        currency=data.currency,
    )


def _place(
    message: Message, data: OrderPlacedV1, now: datetime, customer_key: CustomerKeyId
) -> PlaceOrder:
    return PlaceOrder(
        now=now,
        at=message.at,
        number=data.number,
        customer=_customer(data.customer),
        customer_key=customer_key,
        country=data.country,
        analytics_consent=data.analytics_consent,
        currency=data.currency,
        lines=tuple(map(_line, data.lines)),
        total=data.total,
        discounts=tuple(map(_discount, data.discounts)),
        actions=tuple(map(_action, data.actions)),
        imported=data.imported,
    )


def _customer(customer: CustomerIn) -> Customer:
    address = customer.address
    return Customer(
        email=customer.email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        phone=customer.phone,
        company=customer.company,
        business_id=customer.business_id,
        address=Address(
            street=address.street,
            postal_code=address.postal_code,
            city=address.city,
            region=address.region,
        ),
        custom_fields=customer.custom_fields,
    )


def _line(line: LineIn) -> LineAsked:
    return LineAsked(
        line_id=LineId(line.line_id),
        kind=line.kind,
        product_id=line.product_id,
        name=line.name,
        quantity=line.quantity,
        list_price=line.list_price,
        vat_rate=line.vat_rate,
        discount=line.discount,
        vat=line.vat,
        replaces_product=line.replaces_product,
    )


def _discount(discount: DiscountIn) -> DiscountAsked:
    line_ids = tuple(map(LineId, discount.line_ids))
    return DiscountAsked(code=discount.code, amount=discount.amount, line_ids=line_ids)


def _action(action: ActionIn) -> PlannedAction:
    return PlannedAction(
        action_id=ActionId(action.action_id),
        name=action.name,
        level=ActionLevel(action.level),
        settings=settings_of(action.settings),
        line_id=None if action.line_id is None else LineId(action.line_id),
        setting_id=None if action.setting_id is None else SettingId(action.setting_id),
        revision=action.revision,
    )


def _start_payment(message: Message, data: PaymentStartedV1, now: datetime) -> StartPayment:
    return StartPayment(
        now=now,
        at=message.at,
        payment_id=PaymentId(data.payment_id),
        provider=data.provider,
        method=data.method,
        amount=_money(data.amount),
        sub_method=data.sub_method,
    )


def _receive_payment(message: Message, data: PaymentReceivedV1, now: datetime) -> ReceivePayment:
    return ReceivePayment(
        now=now,
        at=message.at,
        payment_id=PaymentId(data.payment_id),
        provider=data.provider,
        method=data.method,
        amount=_money(data.amount),
        transaction_id=data.transaction_id,
        sub_method=data.sub_method,
    )


def _fail_payment(message: Message, data: PaymentFailedV1, now: datetime) -> FailPayment:
    return FailPayment(
        now=now,
        at=message.at,
        payment_id=PaymentId(data.payment_id),
        provider=data.provider,
        method=data.method,
        code=data.code,
        message=data.message,
        sub_method=data.sub_method,
    )


def _money(money: MoneyIn) -> Money:
    return Money(amount=money.amount, currency=money.currency)


def _record_refund(message: Message, data: RefundRecordedV1, now: datetime) -> RecordRefund:
    lines = (LineAmount(line_id=LineId(line.line_id), amount=line.amount) for line in data.lines)
    return RecordRefund(
        now=now,
        at=message.at,
        refund_id=RefundId(data.refund_id),
        lines=tuple(lines),
        currency=data.currency,
        payment_id=None if data.payment_id is None else PaymentId(data.payment_id),
        reference=data.reference,
        reason=data.reason,
    )


def _configure(message: Message, data: ActionConfiguredV1, now: datetime) -> ConfigureAction:
    return ConfigureAction(
        now=now,
        at=message.at,
        shop=message.shop,
        setting_id=SettingId(message.topic),
        level=ActionLevel(data.level),
        level_id=data.level_id,
        name=data.name,
        settings=settings_of(data.settings),
        revision=data.revision,
    )


def _remove_configuration(
    message: Message, data: ActionConfigurationRemovedV1, now: datetime
) -> RemoveActionConfiguration:
    return RemoveActionConfiguration(
        now=now,
        at=message.at,
        shop=message.shop,
        setting_id=SettingId(message.topic),
        revision=data.revision,
    )


_TRANSLATIONS: dict[type[Inbound], Callable[[Message, Any, datetime], Command]] = {
    OrderStartedV1: _start,
    PaymentStartedV1: _start_payment,
    PaymentReceivedV1: _receive_payment,
    PaymentFailedV1: _fail_payment,
    RefundRecordedV1: _record_refund,
    ActionConfiguredV1: _configure,
    ActionConfigurationRemovedV1: _remove_configuration,
}

"""From a wish to facts: one decision per command.

A decision returns the facts to record, `[]` when it is already so, or raises a rejection. It
depends on the command and the order alone, so asking it without recording is a dry run.
"""

from typing import TypeAlias, assert_never

from domain.order import (
    action_outcomes,
    actions,
    completion,
    credit_notes,
    disputes,
    external_refunds,
    lifecycle,
    manual_actions,
    manual_refunds,
    payments,
    record_refund,
    refunds,
    transfers,
)
from domain.order.commands import actions as action_wishes
from domain.order.commands import lifecycle as order_wishes
from domain.order.commands import payments as payment_wishes
from domain.order.commands import refunds as refund_wishes
from domain.order.commands import transfers as transfer_wishes
from domain.order.commands.actions import ActionWish
from domain.order.commands.lifecycle import OrderWideWish
from domain.order.commands.payments import PaymentWish
from domain.order.commands.refunds import RefundWish
from domain.order.commands.transfers import TransferWish
from domain.order.events import OrderFact
from domain.order.state import Order

OrderWish: TypeAlias = OrderWideWish | PaymentWish | ActionWish | RefundWish | TransferWish
"""Everything that an order can be asked."""


def decide(command: OrderWish, order: Order) -> list[OrderFact]:
    """Decide on a command; raises Rejection."""
    if isinstance(command, OrderWideWish):
        return _decide_order_wide(command, order)
    if isinstance(command, PaymentWish):
        return _decide_payment(command, order)
    if isinstance(command, ActionWish):
        return _decide_action(command, order)
    if isinstance(command, RefundWish):
        return _decide_refund(command, order)
    return _decide_transfer(command, order)


def _decide_order_wide(command: OrderWideWish, order: Order) -> list[OrderFact]:
    match command:
        case order_wishes.StartOrder():
            return lifecycle.start_order(command, order)
        case order_wishes.PlaceOrder():
            return lifecycle.place_order(command, order)
        case order_wishes.CompleteOrder():
            return completion.complete_order(command, order)
        case order_wishes.AddNote():
            return lifecycle.add_note(command, order)
        case order_wishes.EraseCustomerData():
            return lifecycle.erase_customer_data(command, order)
        case _:
            assert_never(command)


def _decide_payment(command: PaymentWish, order: Order) -> list[OrderFact]:
    match command:
        case payment_wishes.StartPayment():
            return payments.start_payment(command, order)
        case payment_wishes.ReceivePayment():
            return payments.receive_payment(command, order)
        case payment_wishes.FailPayment():
            return payments.fail_payment(command, order)
        case payment_wishes.OpenDispute():
            return disputes.open_dispute(command, order)
        case payment_wishes.CloseDispute():
            return disputes.close_dispute(command, order)
        case _:
            assert_never(command)


def _decide_action(  # noqa: C901, PLR0911 - one case per command
    command: ActionWish, order: Order
) -> list[OrderFact]:
    match command:
        case action_wishes.RequestActions():
            return actions.request_actions(command, order)
        case action_wishes.StartAction():
            return action_outcomes.start_action(command, order)
        case action_wishes.SucceedAction():
            return action_outcomes.succeed_action(command, order)
        case action_wishes.FailAction():
            return action_outcomes.fail_action(command, order)
        case action_wishes.RerunAction():
            return actions.rerun_action(command, order)
        case action_wishes.AddAction():
            return actions.add_action(command, order)
        case action_wishes.ConfirmManualRemoval():
            return manual_actions.confirm_manual_removal(command, order)
        case action_wishes.CancelAction():
            return actions.cancel_action(command, order)
        case _:
            assert_never(command)


def _decide_refund(command: RefundWish, order: Order) -> list[OrderFact]:
    match command:
        case refund_wishes.RequestRefund():
            return refunds.request_refund(command, order)
        case refund_wishes.RecordRefund():
            return record_refund.record_refund(command, order)
        case refund_wishes.ObserveExternalRefund():
            return external_refunds.observe_external_refund(command, order)
        case refund_wishes.AllocateExternalRefund():
            return external_refunds.allocate_external_refund(command, order)
        case refund_wishes.FailExternalRefund():
            return external_refunds.fail_external_refund(command, order)
        case refund_wishes.NumberCreditNote():
            return credit_notes.number_credit_note(command, order)
        case _:
            assert_never(command)


def _decide_transfer(command: TransferWish, order: Order) -> list[OrderFact]:
    match command:
        case transfer_wishes.StartTransfer():
            return transfers.start_transfer(command, order)
        case transfer_wishes.ReportTransferPending():
            return transfers.report_pending(command, order)
        case transfer_wishes.ReportTransferDone():
            return transfers.report_done(command, order)
        case transfer_wishes.ReportTransferFailed():
            return transfers.report_failed(command, order)
        case transfer_wishes.ReportTransferUnresolved():
            return transfers.report_unresolved(command, order)
        case transfer_wishes.ConfirmManualRefund():
            return manual_refunds.confirm_manual_refund(command, order)
        case _:
            assert_never(command)

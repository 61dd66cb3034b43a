"""The post-purchase actions of an order, as people look at them: secrets masked."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from domain.configuration.masking import masked
from domain.configuration.settings import ActionSettings
from domain.identifiers import LineId, SettingId
from domain.order.parts import ActionState
from domain.order.running import attempt_seconds_max
from domain.order.stages import ActionStage
from domain.order.values import Answer, LatestConfiguration, RunCause
from projections.order_view.differences import NewerConfiguration, newer_configuration

NO_ANSWER = Answer()


class ActionDetails(Struct, frozen=True, kw_only=True):
    """A post-purchase action with its last run."""

    action_id: str
    name: str
    kind: str
    level: str
    line_id: str | None
    product: str
    """The name of its line; empty for actions of the offer, the checkout or the order."""
    status: ActionStage
    run: int
    attempt: int
    cause: RunCause | None
    code: str
    message: str
    retry_at: datetime | None
    cancel_reason: str
    """Why the last run was called off; empty unless the action is cancelled."""
    requested_at: datetime | None
    started_at: datetime | None
    """When the attempt that is, or was last, under way began; None before the run's first."""
    attempt_seconds_max: int
    """How long one attempt can last while its worker lives."""
    recipient: str
    reference: str
    answer: str
    """The start of what the other side said to the last success."""
    settings: ActionSettings
    revision: int
    needs_confirmation: bool
    """To run it again must be confirmed: its effect happens again."""
    needs_force: bool
    """It is running; to run it again must be forced."""
    newer_configuration: NewerConfiguration | None
    """What *use latest configuration* would change; only of a failed action."""


def action_details(
    action: ActionState,
    product_by_line: Mapping[LineId, str],
    latest: Mapping[SettingId, LatestConfiguration],
) -> ActionDetails:
    """Show an action. `latest` holds the newest revisions of the settings of failed ones."""
    answer = action.answer or NO_ANSWER
    return ActionDetails(
        action_id=action.action_id,
        name=action.name,
        kind=action.kind,
        level=action.level,
        line_id=action.line_id,
        product=product_by_line.get(action.line_id, "") if action.line_id else "",
        status=action.stage,
        run=action.run,
        attempt=action.attempt,
        cause=action.cause,
        code=action.code,
        message=action.message,
        retry_at=action.retry_at,
        cancel_reason=action.cancel_reason,
        requested_at=action.requested_recorded_at,
        started_at=action.started_recorded_at,
        attempt_seconds_max=attempt_seconds_max(action.settings),
        recipient=answer.recipient,
        reference=answer.reference,
        answer=answer.excerpt,
        settings=masked(action.settings),
        revision=action.revision,
        needs_confirmation=action.stage is ActionStage.SUCCEEDED,
        needs_force=action.stage is ActionStage.RUNNING,
        newer_configuration=newer_configuration(action, latest) if action.has_failed else None,
    )

"""What each person's role may do. This is the only table of it; every door asks here."""

from collections.abc import Mapping
from enum import StrEnum

from domain.phrase import Phrase, say


class Permission(StrEnum):
    """A kind of thing that a door may ask for."""

    SEE = "see"
    """Orders with their history, and what needs attention."""
    OPERATE = "operate"
    """Complete, re-run, refund."""
    MAINTAIN = "maintain"
    """The checkout's messages and the shop's settings."""
    ADMINISTER = "administer"
    """Users and keys."""
    AUDIT = "audit"
    """Proofs of the log and exports."""


class Role(StrEnum):
    """What a person or a program is to its shops."""

    VIEWER = "viewer"
    CUSTOMER_SERVICE = "customer_service"
    MAINTAINER = "maintainer"
    ADMIN = "admin"
    AUDITOR = "auditor"


PERMISSIONS_BY_ROLE: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.CUSTOMER_SERVICE: frozenset({Permission.SEE, Permission.OPERATE}),
    Role.MAINTAINER: frozenset({Permission.SEE, Permission.OPERATE, Permission.MAINTAIN}),
    Role.ADMIN: frozenset(
        {Permission.SEE, Permission.OPERATE, Permission.MAINTAIN, Permission.ADMINISTER}
    ),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.AUDIT}),
}

MEANING_BY_ROLE: Mapping[Role, Phrase] = {
    Role.VIEWER: say("Sees orders and reports."),
    Role.CUSTOMER_SERVICE: say("Sees orders; completes, re-runs and refunds."),
    Role.MAINTAINER: say("As customer service, and looks after messages and settings."),
    Role.ADMIN: say("As a maintainer, and lets people and programs in."),
    Role.AUDITOR: say("Sees orders; audits and exports the log."),
}
"""The table above for who chooses a role, in the order to choose from."""

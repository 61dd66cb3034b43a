"""Calls to addresses that merchants and providers name: guarded, bounded, never followed on.

The rule to know: every outgoing HTTP call of the ledger goes through `OutboundHttp`, and its URL
appears in no message and no log, because a URL may be a secret; the host may.
"""

from adapters.outbound_http.answers import HttpAnswer, HttpTrouble, outcome_of
from adapters.outbound_http.client import FORM_TYPE, OutboundHttp
from adapters.outbound_http.targets import UrlRefused, endpoint_of

__all__ = [
    "FORM_TYPE",
    "HttpAnswer",
    "HttpTrouble",
    "OutboundHttp",
    "UrlRefused",
    "endpoint_of",
    "outcome_of",
]

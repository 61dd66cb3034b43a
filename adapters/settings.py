"""Where the servers are and the secrets to reach them.

The environment comes first; what it leaves out is read from `connection.json`, the file of mode
0600 that `order-ledger up` leaves in its data folder; what neither says may have a default.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

CONNECTION_FILE = "connection.json"
VARIABLE_BY_FIELD = {
    "database_url": "DATABASE_URL",
    "database_owner_url": "DATABASE_OWNER_URL",
    "nats_url": "NATS_URL",
    "master_key": "LEDGER_MASTER_KEY",
    "api_url": "LEDGER_API_URL",
    "partitions": "LEDGER_PARTITIONS",
    "smtp_url": "SMTP_URL",
    "smtp_connections": "SMTP_CONNECTIONS",
    "mail_from": "LEDGER_MAIL_FROM",
    "kajabi_api_url": "KAJABI_API_URL",
    "systeme_api_url": "SYSTEME_API_URL",
    "stripe_api_url": "STRIPE_API_URL",
    "paytrail_api_url": "PAYTRAIL_API_URL",
    "public_url": "LEDGER_PUBLIC_URL",
    "inner_addresses": "LEDGER_INNER_ADDRESSES",
    "openid_issuer": "LEDGER_OPENID_ISSUER",
    "openid_client_id": "LEDGER_OPENID_CLIENT_ID",
    "openid_client_secret": "LEDGER_OPENID_CLIENT_SECRET",
    "openid_name": "LEDGER_OPENID_NAME",
}
NEEDED_FIELDS = ("database_url", "nats_url", "master_key")
API_URL_DEFAULT = "http://127.0.0.1:8080"
KAJABI_API_URL_DEFAULT = "https://api.kajabi.com"
SYSTEME_API_URL_DEFAULT = "https://api.systeme.io"
STRIPE_API_URL_DEFAULT = "https://api.stripe.com"
PAYTRAIL_API_URL_DEFAULT = "https://services.paytrail.com"
PUBLIC_URL = re.compile(r"https://[^/?#\s@]+(/[^?#\s]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?/?")
"""Providers call by TLS only; on this machine alone, for trials, without it."""
PARTITIONS_DEFAULT = 1
PARTITIONS_MAX = 64
"""Each has a consumer at the NATS server and a connection to PostgreSQL for its lease."""
SMTP_CONNECTIONS_DEFAULT = 8
SMTP_CONNECTIONS_MAX = 100
"""Of one process; what is begun on them when it dies waits for a person."""

MOST_BY_COUNT = {"partitions": PARTITIONS_MAX, "smtp_connections": SMTP_CONNECTIONS_MAX}
"""Settings that count something from 1 on."""

MASTER_KEY_ADVICE = (
    "LEDGER_MASTER_KEY is 32 random bytes in URL-safe base64: for a new ledger make one with "
    "`openssl rand -base64 32 | tr '+/' '-_'` and keep it where you keep secrets; "
    "a ledger that has orders opens only with the one it was begun with."
)


class InnerAddresses(StrEnum):
    """Whether calls to addresses that merchants type in may go to this machine and its network."""

    REFUSED = "refused"
    ALLOWED = "allowed"
    """For development alone: also without TLS."""
    ONLY = "only"
    """For trials: calls stay on this machine, whatever the orders say."""


Partitions: TypeAlias = Annotated[int, Meta(ge=1, le=PARTITIONS_MAX)]
SmtpConnections: TypeAlias = Annotated[int, Meta(ge=1, le=SMTP_CONNECTIONS_MAX)]


class SettingsMissing(Exception):
    """Something needed is set neither in the environment nor in the data folder, or set wrongly."""


class Settings(Struct, frozen=True, kw_only=True):
    """What every process of the ledger needs to start."""

    database_url: str
    """As the application's login: least privilege."""
    database_owner_url: str
    """As the schema's owner; only for applying the schema. Of the same database."""
    nats_url: str
    master_key: str
    """Wraps the customers' keys: whoever loses it loses all personal data."""
    api_url: str = API_URL_DEFAULT
    """Where the HTTP API listens and where the command line finds it."""
    partitions: Partitions = PARTITIONS_DEFAULT
    """How many parts ingress divides the messages in; each is taken in by one process."""
    smtp_url: str = ""
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`; secret."""
    smtp_connections: SmtpConnections = SMTP_CONNECTIONS_DEFAULT
    """How many emails one process sends at once: no more than its mail server takes."""
    mail_from: str = ""
    """Sender of emails for shops that have set none."""
    kajabi_api_url: str = KAJABI_API_URL_DEFAULT
    systeme_api_url: str = SYSTEME_API_URL_DEFAULT
    stripe_api_url: str = STRIPE_API_URL_DEFAULT
    paytrail_api_url: str = PAYTRAIL_API_URL_DEFAULT
    public_url: str = ""
    """Under which payment providers reach the API's `/webhooks`; empty if they cannot. In trials it
    is the API's own address."""
    inner_addresses: InnerAddresses = InnerAddresses.REFUSED
    openid_issuer: str = ""
    """Who signs people in beside passwords, as its discovery document names itself; "" for nobody."""
    openid_client_id: str = ""
    openid_client_secret: str = ""
    openid_name: str = "OpenID Connect"
    """How people call it: "Sign in with …"."""

    def __repr__(self) -> str:
        return f"Settings(api_url={self.api_url!r}, …)"


class _Found(Struct, frozen=True, kw_only=True):
    """What a connection file holds; whatever else stands in it is not ours to judge."""

    database_url: str | UnsetType = UNSET
    database_owner_url: str | UnsetType = UNSET
    nats_url: str | UnsetType = UNSET
    master_key: str | UnsetType = UNSET
    api_url: str | UnsetType = UNSET
    partitions: Partitions | UnsetType = UNSET
    smtp_url: str | UnsetType = UNSET
    smtp_connections: SmtpConnections | UnsetType = UNSET
    mail_from: str | UnsetType = UNSET
    kajabi_api_url: str | UnsetType = UNSET
    systeme_api_url: str | UnsetType = UNSET
    stripe_api_url: str | UnsetType = UNSET
    paytrail_api_url: str | UnsetType = UNSET
    public_url: str | UnsetType = UNSET
    inner_addresses: InnerAddresses | UnsetType = UNSET
    openid_issuer: str | UnsetType = UNSET
    openid_client_id: str | UnsetType = UNSET
    openid_client_secret: str | UnsetType = UNSET
    openid_name: str | UnsetType = UNSET


def load_settings(environ: Mapping[str, str], data_folder: Path | None) -> Settings:
    """Merge the environment with the data folder's file; raise SettingsMissing by name."""
    values = _from_file(data_folder)
    named = _from_environment(environ)
    if "database_url" in named:
        # The file's owner is that of another database.
        values.pop("database_owner_url", None)
    values |= named
    missing = [VARIABLE_BY_FIELD[field] for field in NEEDED_FIELDS if field not in values]
    if missing:
        raise SettingsMissing(_how_to_set(missing, data_folder))
    values.setdefault("database_owner_url", values["database_url"])
    if values.get("inner_addresses") == InnerAddresses.ONLY and not values.get("public_url"):
        values["public_url"] = values.get("api_url", API_URL_DEFAULT)
    return msgspec.convert(values, Settings)


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    named: dict[str, Any] = {
        field: environ[variable]
        for field, variable in VARIABLE_BY_FIELD.items()
        if environ.get(variable)
    }
    for field in named.keys() & MOST_BY_COUNT.keys():
        named[field] = _count(field, named[field])
    if "inner_addresses" in named:
        named["inner_addresses"] = _inner_addresses(named["inner_addresses"])
    if "public_url" in named:
        named["public_url"] = _public_url(named["public_url"])
    return named


def _count(field: str, text: str) -> int:
    most = MOST_BY_COUNT[field]
    try:
        count: int = msgspec.convert(text, Annotated[int, Meta(ge=1, le=most)], strict=False)
    except msgspec.ValidationError as error:
        raise SettingsMissing(
            f"{VARIABLE_BY_FIELD[field]} is {text!r}; it must be a whole number from 1 to {most}"
        ) from error
    return count


def _inner_addresses(text: str) -> InnerAddresses:
    try:
        return InnerAddresses(text)
    except ValueError as error:
        raise SettingsMissing(
            f"LEDGER_INNER_ADDRESSES is {text!r}; it must be `refused` (the default), `allowed` "
            "or `only`"
        ) from error


def _public_url(text: str) -> str:
    if PUBLIC_URL.fullmatch(text):
        return text
    raise SettingsMissing(
        f"LEDGER_PUBLIC_URL is {text!r}; it must be the address under which payment providers "
        "reach this ledger, such as https://ledger.example.com"
    )


def _from_file(data_folder: Path | None) -> dict[str, Any]:
    file = data_folder / CONNECTION_FILE if data_folder else None
    if file is None or not file.exists():
        return {}
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Found)
    except msgspec.DecodeError as error:
        raise SettingsMissing(f"{file} is not a connection file: {error}") from error
    except PermissionError as error:
        raise SettingsMissing(f"{file} may be read only by the user who runs `up`") from error
    return {
        name: value for name, value in msgspec.structs.asdict(found).items() if value is not UNSET
    }


def _how_to_set(missing: list[str], data_folder: Path | None) -> str:
    names = ", ".join(missing)
    where = f"; {data_folder} holds no {CONNECTION_FILE} with it" if data_folder else ""
    sentence = (
        f"{names} not set{where}. Start `order-ledger up --data FOLDER` and name the same folder, "
        "or set the variables to servers of your own."
    )
    return f"{sentence} {MASTER_KEY_ADVICE}" if "LEDGER_MASTER_KEY" in missing else sentence

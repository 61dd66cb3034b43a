"""Makes and upgrades the database: numbered files once each, read models' files when they change.

A numbered file that was applied is never edited: what it made stands, so a change is a new file.
A read model's `schema.sql` names its tables with their version and says IF NOT EXISTS.
"""

from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from msgspec import Struct
from psycopg import AsyncConnection

LOCK = "SELECT pg_advisory_lock(hashtextextended('order-ledger schema', 0))"

CREATE_REGISTER = """
CREATE TABLE IF NOT EXISTS public.order_ledger_schema (
    name text NOT NULL,
    digest bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_ledger_schema_pkey PRIMARY KEY (name)
);
COMMENT ON TABLE public.order_ledger_schema IS 'Which files of the schema were applied?'
"""

SELECT_APPLIED = """
SELECT
    name,
    digest
FROM public.order_ledger_schema
"""

REGISTER = """
INSERT INTO public.order_ledger_schema (name, digest)
VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, applied_at = now()
"""


class SchemaChanged(Exception):
    """A numbered file is not the one that this database was made with."""


class SchemaFile(Struct, frozen=True, kw_only=True):
    """A file of SQL and the name under which its application is remembered."""

    name: str
    sql: bytes
    is_repeatable: bool

    @property
    def digest(self) -> bytes:
        """Tell one content from another."""
        return sha256(self.sql).digest()


async def apply_schema(owner_url: str) -> list[str]:
    """Bring the database up to date as its owner; return the names of the files applied."""
    async with await AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute(LOCK)
        await connection.execute(CREATE_REGISTER)
        rows = await (await connection.execute(SELECT_APPLIED)).fetchall()
        applied: dict[str, bytes] = dict(rows)
        pending = [file for file in schema_files() if _is_pending(file, applied.get(file.name))]
        for file in pending:
            async with connection.transaction():
                await connection.execute(file.sql)
                await connection.execute(REGISTER, (file.name, file.digest))
    return [file.name for file in pending]


def schema_files() -> list[SchemaFile]:
    """List all files in the order of their application."""
    numbered = [
        SchemaFile(name=path.name, sql=path.read_bytes(), is_repeatable=False)
        for path in _sorted(files(__name__))
        if path.name.endswith(".sql")
    ]
    read_models = [
        SchemaFile(name=f"projections/{folder.name}", sql=path.read_bytes(), is_repeatable=True)
        for folder in _sorted(files("projections"))
        if (path := folder.joinpath("schema.sql")).is_file()
    ]
    return numbered + read_models


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda path: path.name)


def _is_pending(file: SchemaFile, applied: bytes | None) -> bool:
    if applied is None:
        return True
    if applied == file.digest:
        return False
    if not file.is_repeatable:
        raise SchemaChanged(f"{file.name} was changed after it had been applied")
    return True

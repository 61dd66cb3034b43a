"""The schema comes into being by numbered files, once each."""

import asyncio

import psycopg
import pytest

from adapters.postgres.schema import SchemaChanged, apply_schema, schema_files
from tests.adapters.postgres.given import fetch
from tests.support import Database

UNCOMMENTED = """
SELECT format('%I.%I', schemaname, tablename)
FROM pg_tables
WHERE schemaname IN ('journal', 'followers', 'vault', 'messages', 'access', 'read_models')
AND obj_description(format('%I.%I', schemaname, tablename)::regclass) IS NULL
"""


async def run(url: str, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(statement.encode())


async def test_a_schema_that_stands_is_left_alone(database: Database) -> None:
    assert await apply_schema(database.owner_url) == []


async def test_an_upgrade_applies_only_what_is_missing(database: Database) -> None:
    await run(
        database.owner_url,
        "DROP SCHEMA vault CASCADE;"
        "DELETE FROM public.order_ledger_schema WHERE name = '0003_vault.sql'",
    )
    both = await asyncio.gather(*(apply_schema(database.owner_url) for _ in range(2)))
    assert sorted(both) == [[], ["0003_vault.sql"]]


async def test_a_file_that_was_changed_after_its_release_is_refused(database: Database) -> None:
    await run(database.owner_url, "UPDATE public.order_ledger_schema SET digest = ''")
    with pytest.raises(SchemaChanged, match="0001_journal"):
        await apply_schema(database.owner_url)


async def test_a_read_models_file_is_applied_again_when_it_changes(database: Database) -> None:
    await run(
        database.owner_url,
        "UPDATE public.order_ledger_schema SET digest = '' WHERE name LIKE 'projections/%'",
    )
    read_models = [file.name for file in schema_files() if file.is_repeatable]
    assert read_models
    assert await apply_schema(database.owner_url) == read_models


async def test_a_work_list_of_the_shape_before_is_made_again_from_the_journal(
    database: Database,
) -> None:
    await run(
        database.owner_url,
        "CREATE TABLE read_models.work_list_v1 (shop text);"
        "CREATE VIEW read_models.work_by_order_v1 AS SELECT * FROM read_models.work_list_v1;"
        "INSERT INTO followers.positions (name, position, moved_at) VALUES ('work_list', 7, now())"
        " ON CONFLICT (name) DO UPDATE SET position = 7;"
        "UPDATE public.order_ledger_schema SET digest = '' WHERE name = 'projections/work_list'",
    )
    assert await apply_schema(database.owner_url) == ["projections/work_list"]
    position = "SELECT position FROM followers.positions WHERE name = 'work_list'"
    assert await fetch(database.owner_url, position) == [(0,)]
    before = "SELECT to_regclass('read_models.work_list_v1') IS NULL"
    assert await fetch(database.owner_url, before) == [(True,)]


async def test_every_table_says_which_question_it_answers(database: Database) -> None:
    assert await fetch(database.owner_url, UNCOMMENTED) == []

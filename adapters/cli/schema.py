"""`schema apply`: bring the database's schema up to date, as its owner."""

from cyclopts import App

from adapters.cli.options import COMMON_OPTIONS, CommonOptions
from adapters.cli.output import print_json, say
from adapters.cli.reaching import settings_of
from adapters.postgres.schema import apply_schema

app = App(name="schema", help="The database's schema.")


@app.command(name="apply")
async def apply(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Apply what is missing; doing it twice changes nothing."""
    applied = await apply_schema(settings_of(options).database_owner_url)
    if options.json:
        print_json({"applied": applied})
    elif applied:
        say(f"Applied: {', '.join(applied)}.")
    else:
        say("The schema is up to date.")

"""`users`: the people who may sign in to the pages. A link's address is printed once."""

from typing import Annotated

from cyclopts import App, Parameter

from adapters.auth.members import Members
from adapters.auth.people import KnownPerson
from adapters.auth.roles import Role
from adapters.auth.sign_in_links import LINK_LIFE, link_address
from adapters.bootstrap import Parts
from adapters.cli.exits import NotFound, WrongUse
from adapters.cli.options import COMMON_OPTIONS, SHOP_OPTIONS, CommonOptions, ShopOptions
from adapters.cli.output import print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.display.times import exact
from adapters.display.words import words_of

HOUR_SECONDS = 3_600

app = App(name="users", help="Let people sign in to the pages.")


@app.command(name="add")
async def add_user(
    email: str,
    *,
    name: Annotated[str, Parameter(required=True)],
    role: Role = Role.VIEWER,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """Let a person into a shop, or give them another name or role there.

    Parameters
    ----------
    email
        By which they sign in.
    name
        What stands in the history beside what they do.
    role
        What they may do.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        person = await parts.people.add(email, name, shop, role)
    if options.json:
        print_json({"person_id": person.person_id, "email": person.email, "shop": shop})
        return
    say(f"{person.name} may sign in to {shop} as {person.email}: {words_of(role)}.")
    say(f"For a first visit they need a link: order-ledger users link {person.email}")


@app.command(name="list")
async def list_users(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """List everybody, who was shut out too."""
    async with ledger(options) as parts:
        people = await parts.people.list()
    if options.json:
        print_json({"users": people})
        return
    rows = table("Email", "Name", "Shops", "Password", "Last seen", "Shut out")
    for one in people:
        roles = ", ".join(f"{shop}: {words_of(role)}" for shop, role in sorted(one.roles.items()))
        rows.add_row(
            text(one.email),
            text(one.name),
            roles,
            "Yes" if one.has_password else "No",
            exact(one.seen_at) if one.seen_at else "",
            exact(one.revoked_at) if one.revoked_at else "",
        )
    show(rows)


@app.command(name="link")
async def link_user(email: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Make a link that signs a person in once: for a first visit, or for a lost password."""
    async with ledger(options) as parts:
        person = await _the_person(parts, email)
        if person.revoked_at:
            raise WrongUse(f"{person.email} was shut out", "`order-ledger users add` lets them in.")
        secret = await parts.sign_in_links.make(person.person_id)
    address = link_address(parts.settings.api_url, secret)
    if options.json:
        print_json({"email": person.email, "link": address})
        return
    say(address)
    hours = int(LINK_LIFE.total_seconds()) // HOUR_SECONDS
    say(f"Who opens it first is signed in as {person.email}. It is good for {hours} hours.")


@app.command(name="remove")
async def remove_user(email: str, *, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Take a person out of a shop, or of all shops and shut them out; their sessions see it at once."""
    async with ledger(options) as parts:
        person = await _the_person(parts, email)
        if options.shop is not None:
            shop = await the_shop(parts, options)
            await Members(parts.pool, shop, ()).remove(person.person_id)
        elif not await parts.people.revoke(person.person_id):
            raise NotFound(f"{person.email} was shut out already")
    if options.json:
        print_json({"email": person.email, "shop": options.shop})
        return
    where = options.shop or "any shop"
    say(f"{person.name} ({person.email}) does not belong to {where} any more.")


async def _the_person(parts: Parts, email: str) -> KnownPerson:
    person = await parts.people.find(email)
    if person is None:
        raise NotFound(f"nobody has the address {email!r}", "`order-ledger users list` shows all.")
    return person

"""`/shops/{shop}/people`: who belongs to the shop, and what an admin does about it.

The rule to know: a link's address is shown once, in the answer to the form that made it.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from adapters.auth.members import Member
from adapters.auth.memberships import Person
from adapters.auth.roles import Permission, Role
from adapters.auth.sign_in_links import link_address
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.accounts.asking import TITLE, Question, ask, ask_again, granted
from adapters.web.accounts.client import origin_of
from adapters.web.accounts.people_view import member_row, members_of, read_people, role_named
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from adapters.web.work_page import work_page
from domain.rejection import Rejection

ADMINISTER = needs(Permission.ADMINISTER)


class NewMember(Struct, frozen=True, kw_only=True):
    """What was typed so far."""

    email: str = ""
    name: str = ""
    role: Role = Role.CUSTOMER_SERVICE


class NewLink(Struct, frozen=True, kw_only=True):
    """A link that was made just now."""

    person: Person | Member
    address: str


@get("/people", opt=ADMINISTER)
async def people_page(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show people and keys."""
    view = await read_people(parts, visit)
    return await work_page(parts, visit, "accounts/people", view, title=TITLE, current="people")


@get("/people/new", opt=ADMINISTER)
async def ask_new_member(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Ask whom to let in."""
    return await ask(parts, visit, _adding(NewMember()))


@post("/people/new", opt=ADMINISTER)
async def add_member(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Let somebody in, and show the link for their first visit."""
    form = await read_form(request)
    wish = NewMember(
        email=form.text("email"), name=form.text("name"), role=role_named(form.text("role"))
    )
    members = members_of(parts, visit)
    try:
        person = await members.add(wish.email, wish.name, wish.role)
        await members.require_reachable(person.person_id)
    except Rejection as rejection:
        return await ask_again(parts, visit, _adding(wish), rejection)
    return await _show_link(request, parts, visit, person)


@get("/people/{person_id:str}", opt=ADMINISTER)
async def ask_about_member(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], person_id: FromPath[str]
) -> Response[str]:
    """Ask what to do about a member."""
    member = await members_of(parts, visit).find(person_id)
    return await ask(parts, visit, _managing(member, visit))


@post("/people/{person_id:str}/role", opt=ADMINISTER)
async def change_role(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    person_id: FromPath[str],
) -> Response[Any]:
    """Make a member something else."""
    role = role_named((await read_form(request)).text("role"))
    member = await members_of(parts, visit).find(person_id)
    try:
        await members_of(parts, visit).change_role(person_id, role)
    except Rejection as rejection:
        return await ask_again(parts, visit, _managing(member, visit), rejection)
    _ = translations_of(visit.language).gettext
    says = _("The role of %(name)s is changed.") % {"name": member.name}
    return await _left(parts, visit, member, says, is_out=role is not Role.ADMIN)


@post("/people/{person_id:str}/remove", opt=ADMINISTER)
async def remove_member(
    parts: NamedDependency[PageParts], visit: NamedDependency[Visit], person_id: FromPath[str]
) -> Response[Any]:
    """Take a member out of the shop."""
    member = await members_of(parts, visit).find(person_id)
    try:
        await members_of(parts, visit).remove(person_id)
    except Rejection as rejection:
        return await ask_again(parts, visit, _managing(member, visit), rejection)
    _ = translations_of(visit.language).gettext
    says = _("%(name)s does not belong to the shop any more.") % {"name": member.name}
    return await _left(parts, visit, member, says, is_out=True)


@post("/people/{person_id:str}/link", opt=ADMINISTER)
async def make_link(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    person_id: FromPath[str],
) -> Response[Any]:
    """Make a link for who has lost their password, and show it."""
    member = await members_of(parts, visit).find(person_id)
    try:
        await members_of(parts, visit).require_reachable(person_id)
    except Rejection as rejection:
        return await ask_again(parts, visit, _managing(member, visit), rejection)
    return await _show_link(request, parts, visit, member)


async def _show_link(
    request: PageRequest, parts: PageParts, visit: Visit, person: Person | Member
) -> Response[str]:
    secret = await parts.sign_in_links.make(person.person_id)
    link = NewLink(person=person, address=link_address(origin_of(request), secret))
    question = Question(template="accounts/new_link.html", asked=link)
    return await ask(parts, visit, question)


async def _left(
    parts: PageParts, visit: Visit, member: Member, says: str, *, is_out: bool
) -> Response[Any]:
    """Lead a visitor who may not see the page any more to where they may be."""
    is_visitor = member.person_id == visit.visitor.person_id
    return await granted(parts, visit, says, path="/" if is_visitor and is_out else "")


def _adding(wish: NewMember) -> Question:
    return Question(template="accounts/new_member.html", asked=wish)


def _managing(member: Member, visit: Visit) -> Question:
    asked = member_row(member, visit)
    return Question(template="accounts/member.html", asked=asked)

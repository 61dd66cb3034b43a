"""The API's description: complete, valid, true of its answers, and readable without the world."""

import re
from html.parser import HTMLParser
from typing import Any

from jsonschema import Draft202012Validator

from tests.adapters.http_api.served import served
from tests.adapters.http_api.test_access import PUBLIC, ROLES_BY_ROUTE
from tests.support import Database

PREFIX = "/api/v1"


async def description_of(database: Database) -> dict[str, Any]:
    async with served(database) as api:
        response = await api.client.get(f"{PREFIX}/openapi.json")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json"
        described: dict[str, Any] = response.json()
        return described


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
    }


async def test_every_route_is_described(database: Database) -> None:
    described = set(operations(await description_of(database)))

    probes = {(method, path) for method, path in PUBLIC if path.startswith(f"{PREFIX}/health")}
    assert described == set(ROLES_BY_ROUTE) | probes | {("GET", f"{PREFIX}/metrics")}


async def test_every_operation_says_what_it_does_and_what_can_go_wrong(database: Database) -> None:
    description = await description_of(database)

    assert description["openapi"] == "3.1.0"
    assert description["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert description["security"] == [{"key": []}]
    for name, operation in operations(description).items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])
        if name in ROLES_BY_ROUTE:
            assert {"400", "401", "403", "404", "503"} <= set(operation["responses"]), name
            assert "security" not in operation, name
        else:
            assert operation["security"] == [{}], name


async def test_every_problem_is_described_as_one_with_an_example(database: Database) -> None:
    description = await description_of(database)
    problem = closed(description, {"$ref": "#/components/schemas/ProblemDetails"})

    for name, operation in operations(description).items():
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}, name
            for example in content["examples"].values():
                problem.validate(example["value"])
                assert str(example["value"]["status"]) == status


async def test_every_answer_is_shown_by_an_example_of_its_own_kind(database: Database) -> None:
    description = await description_of(database)

    for name in ROLES_BY_ROUTE:
        content = operations(description)[name]["responses"]["200"]["content"]
        others = [kind for kind in content if kind.startswith("text/") or kind == "application/pdf"]
        if others:
            assert all(content[kind]["examples"] for kind in others), name
            continue
        answer = content["application/json"]
        closed(description, answer["schema"]).validate(answer["example"])


async def test_every_schema_is_valid_and_every_reference_leads_somewhere(
    database: Database,
) -> None:
    description = await description_of(database)
    schemas = description["components"]["schemas"]

    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r"#/components/schemas/(\w+)", str(description)):
        assert reference in schemas


async def test_the_page_shows_every_route_and_loads_nothing_from_elsewhere(
    database: Database,
) -> None:
    async with served(database) as api:
        page = await api.client.get(f"{PREFIX}/docs")
        style = await api.client.get(f"{PREFIX}/docs.css")

    assert page.headers["Content-Type"].startswith("text/html")
    assert style.headers["Content-Type"].startswith("text/css")
    links = Links()
    links.feed(page.text)
    assert set(links.found) == {"docs.css", "openapi.json"}
    assert not links.forbidden
    assert "url(" not in style.text
    assert "@import" not in style.text
    for method, path in ROLES_BY_ROUTE:
        assert f"<code>{method} {path}</code>" in page.text


class Links(HTMLParser):
    """Collects what a page loads, and what our content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag in {"script", "style", "iframe", "base"}:
            self.forbidden.append(tag)
        self.forbidden += [name for name, _ in attrs if name == "style" or name.startswith("on")]


def closed(description: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Validate against a schema, and refuse what it does not mention."""
    schemas = {
        name: one | {"unevaluatedProperties": False} if "properties" in one else one
        for name, one in description["components"]["schemas"].items()
    }
    return Draft202012Validator(schema | {"components": {"schemas": schemas}})

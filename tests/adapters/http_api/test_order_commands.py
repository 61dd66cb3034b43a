"""What people want done with orders, over HTTP: done once, tried dry, refused in a sentence."""

from tests.adapters.http_api.recorded import order_id_of, placed, received, record, started
from tests.adapters.http_api.served import bearer, served
from adapters.auth.roles import Role
from tests.support import Database


async def test_try(database: Database) -> None:
    async with served(database) as api:
        await record(api.parts, 1, [started(1), placed(1, "a@example.com"), received(1)])
        key = await api.key(Role.CUSTOMER_SERVICE)
        for params, headers, body in (
            ({"dry_run": "true"}, {}, {}),
            ({}, {}, {}),
            ({}, {"Idempotency-Key": "k"}, {}),
            ({}, {"Idempotency-Key": "k"}, {}),
            ({}, {"Idempotency-Key": "k"}, {"run_actions": False}),
            ({}, {"Idempotency-Key": "k"}, None),
        ):
            r = await api.client.post(
                f"/api/v1/orders/{order_id_of(1)}/complete",
                json=body,
                params=params,
                headers=bearer(key) | headers,
            )
            print(r.status_code, r.text)
        r = await api.client.post(
            f"/api/v1/orders/{order_id_of(1)}/actions/a%2F1%252F/rerun",
            json={},
            headers=bearer(key) | {"Idempotency-Key": "k2"},
        )
        print(r.status_code, r.text)
        r = await api.client.post(
            f"/api/v1/orders/{order_id_of(1)}/actions/a-1/rerun",
            json={"x": 1},
            headers=bearer(key) | {"Idempotency-Key": "k2"},
        )
        print(r.status_code, r.text)
        r = await api.client.post(
            f"/api/v1/orders/{order_id_of(1)}/actions/a-1/rerun",
            content=b"{",
            headers=bearer(key) | {"Idempotency-Key": "k2"},
        )
        print(r.status_code, r.text)
        assert 0

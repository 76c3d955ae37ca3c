"""How does a test ask for figures, and read what comes?"""

from typing import Any

import httpx


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params={name.rstrip("_"): value for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["socai-position"] == str(answer.json()["position"])
    return answer.json()


async def refused(client: httpx.AsyncClient, path: str, **query: Any) -> tuple[int, str, list[dict[str, str]]]:
    answer = await client.get(path, params={name.rstrip("_"): value for name, value in query.items()})
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return answer.status_code, body["type"], body.get("errors", [])


def values(body: Any, *cuts: str) -> dict[Any, int]:
    return {tuple(row[cut] for cut in cuts): row["value"] for row in body["rows"]}

"""Does a process say whether it lives, whether it is ready, and how it does?"""

import asyncio

import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kit.http import health
from kit.http.application import create
from kit.process.settings import ProcessSettings
from tests.kit.asking import asking

CANARY = "NGUYEN-THI-LAN-012345678901"


async def well(_: FastAPI) -> None:
    return None


async def well_with_a_word(_: FastAPI) -> str:
    return "complete up to 7"


async def behind(_: FastAPI) -> None:
    raise health.NotReady("300 facts behind")


async def failing(_: FastAPI) -> None:
    raise RuntimeError(CANARY)


async def silent(_: FastAPI) -> None:
    await asyncio.Event().wait()


def with_checks(**checks: health.Check) -> FastAPI:
    return create("tested", "Tested", ProcessSettings(), checks=checks)


async def test_a_process_is_ready_when_every_check_is_well() -> None:
    async with asking(with_checks(postgres=well, log=well_with_a_word)) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"postgres": "ok", "log": "complete up to 7"}}


async def test_one_failing_check_names_itself_and_the_others_still_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_PATIENCE", 0.01)
    async with asking(with_checks(a=well, b=behind, c=failing, d=silent)) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"a": "ok", "b": "300 facts behind", "c": "failing", "d": "no answer"}
    assert CANARY not in answer.text


@pytest.mark.parametrize("check", [behind, failing, silent])
async def test_no_check_that_is_not_well_leaves_a_process_ready(
    monkeypatch: pytest.MonkeyPatch, check: health.Check
) -> None:
    monkeypatch.setattr(health, "_PATIENCE", 0.01)
    async with asking(with_checks(postgres=well, other=check)) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


async def test_a_process_that_is_not_ready_is_still_alive() -> None:
    async with asking(with_checks(b=behind)) as client:
        assert (await client.get("/livez")).json() == {"status": "alive"}


async def test_figures_come_as_openmetrics_to_whoever_asks_for_it() -> None:
    async with asking(with_checks()) as client:
        await client.get("/livez")
        answer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    families = text_string_to_metric_families(answer.text)  # type: ignore[no-untyped-call]  # theirs
    names = {family.name for family in families}
    assert {
        "http_server_request_duration_seconds",
        "socai_reports_accepted",
        "socai_reports_refused",
        "socai_ledger_position",
        "socai_relay_position",
        "socai_projection_position",
        "socai_projection_lag_facts",
        "socai_projection_lag_seconds",
    } <= names


async def test_figures_come_as_plain_text_otherwise() -> None:
    async with asking(with_checks()) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")

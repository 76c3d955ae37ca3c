"""What is a service of the kit that tests can ask?"""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from kit.http.application import NotBefore, PlainRoute, create, json_response, reached, read_json, router
from kit.http.positions import NOT_BEFORE, not_before
from kit.http.problems import ContradictsRecord, Reason
from kit.process import database
from kit.process.settings import ProcessSettings

CANARY = "NGUYEN-THI-LAN-012345678901"


class Person(BaseModel, extra="forbid"):
    name: str
    weight: int = 0


class Lookup(BaseModel):
    person: str


persons = router("/tested/v1", tags=["persons"])


@persons.post("/persons/{number}")
async def post_person(number: int, person: Person) -> dict[str, int]:
    return {"number": number + person.weight}


@persons.get("/broken")
async def get_broken() -> None:
    raise RuntimeError(f"duplicate key value {CANARY}")


@persons.get("/away")
async def get_away() -> None:
    raise database.Unavailable


@persons.get("/contradiction")
async def get_contradiction() -> None:
    raise ContradictsRecord(reasons=[Reason("already-dead", [7])])


@persons.get("/status/{status}")
async def get_status(status: int) -> None:
    raise HTTPException(status, detail=CANARY, headers={"X-Leak": CANARY})


async def at_seven(position: int, seconds: float) -> int:
    return 7


@persons.get("/position")
async def get_position(not_before: NotBefore = None) -> Response:
    return json_response({}, position=await reached(not_before, at_seven))


class Several(BaseModel, extra="forbid"):
    by: list[str] = []
    within: str = Field("", alias="in")


@persons.get("/several")
async def get_several(question: Annotated[Several, Query()]) -> list[str]:
    return [*question.by, question.within]


async def look_up(request: Request) -> Response:
    position = await reached(not_before(request), at_seven)
    return json_response(await read_json(request, 1000), position=position)


async def fall_over(_: Request) -> Response:
    raise ValueError(CANARY)


LOOK_UP = PlainRoute(
    "/tested/v1/lookups/{kind}",
    look_up,
    {
        "summary": "Look a person up",
        "parameters": [
            {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}},
            NOT_BEFORE,
        ],
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lookup"}}},
            "required": True,
        },
        "responses": {"200": {"description": "The person"}},
    },
    models=(Lookup,),
)
FALL_OVER = PlainRoute("/tested/v1/fall", fall_over, {"responses": {"200": {"description": "Never"}}}, methods=("GET",))


def application(**options: Any) -> FastAPI:
    return create("tested", "Tested", ProcessSettings(), routers=[persons], plain=[LOOK_UP, FALL_OVER], **options)

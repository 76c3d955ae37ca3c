"""What does docs/events.md say: every kind with its meaning, fields and example, and every code with its source?"""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contracts.codes import CODE_LISTS, CodeList
from contracts.event import Event
from contracts.ids import AREA, PARTIAL_DATE, PLACE, UNIT, UUID7
from contracts.json_schema import Schema, kind_schema, kinds, schema_name
from contracts.malformed import MALFORMED, MISSHAPEN
from contracts.signing import BATCH_TYP, REPORT_TYP, SIGNED

DAY_CLASSES = {
    0: "units and areas",
    1: "registrations",
    2: "births and arrivals",
    3: "changes",
    4: "deaths and departures",
}
P0_LISTS: Final = (
    "P0 lists are numbered as an application that communes use in 2026 prints the form of Thông tư 01/2022/TT-BYT; the "
    "form has none for what has no number.\nWho moves from one commune to another by a kind without a number stands on "
    "list 5 there and on list 4 here."
)
PATTERNS = {
    UUID7: "UUIDv7",
    UNIT: "unit id (`code-YYYYMMDD`)",
    AREA: "area id (`code-YYYYMMDD-NNN`)",
    PLACE: "unit or area id",
    PARTIAL_DATE: "date, month or year",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "date",
}

HEAD = """# Events: what can be reported

Generated from `contracts/` by `python -m contracts write`; edit the classes, not this page.

A report is a [CloudEvent 1.0.2](https://github.com/cloudevents/spec) in JSON. Its envelope is described by
[report.v1.json](../contracts/schemas/report.v1.json); `type` is `vn.socai.<kind>.v<version>` and `data` is the payload
of that kind, whose schema has the same name. The sender makes every `id` (UUIDv7), also those of newborns and new
households; sending a report again under its id is safe and gives the first answer again.

What the ledger made of a report is a fact ([fact.v1.json](../contracts/schemas/fact.v1.json)): the cause as it was
sent, and the transitions that it retracts and asserts. Everything that is personal stands in `personal`, apart from
what figures need.

## Dates, classes and order

- `on` is the calendar day in Viet Nam (UTC+7) on which something took effect in the world; when it was recorded is
  the ledger's own time and is never told by the sender. Only changes of units and areas may lie in the future; in the
  last five minutes of a day the next one may be told of, which has begun for a telephone whose clock is fast.
- The state of a day is that of its evening: somebody who moves on 3 March lives at the destination on 3 March.
- Within a day, kinds follow each other by **class**:
  {classes}.
  In class 3, unions come behind moves, so that they count where each partner lives that evening. Among equals the
  one recorded first comes first.
- Class and position together are the **rank**: `class * 2^48 + (2^47 for unions) + position`. Entity, `on` and rank
  name one slot of an entity's timeline, which keeps its place through every correction.
- A report that is late, a correction or a void takes back the whole tail of each timeline that it touches and
  asserts it anew, so the last asserted state is always the present one.
- A report about somebody unknown waits for what it needs, and so does one of somebody who must have come to live
  elsewhere before it; only what contradicts the record is refused.
- A birth told again under another id of the child is a duplicate, and what is told under that id means the child.
- What a report must not change later by a correction is marked *fixed*: void it and tell it again.

## Answers and numbers

- An answer with a `fate` is for good: the report has its id and its number, also where it is refused. What is right
  then is told under another id and the next number. A problem without a fate left nothing behind: put right what it
  names and send the report again, under the same id and number.
- A device counts its reports from 1 (`devicesequence`) and is asked for numbers that are `missing`: what it told is
  decided in its own order, so those behind wait for them. Whatever time its clock shows decides nothing.
- In its counts stands each report by its fate; `duplicate` also counts every time that one was sent again, which a
  device that lost an answer cannot know: what it compares is `missing`, `highest` and the other fates.
- Of a child with `instead` the device goes on under that id; its own is on no list of people.

## Waiting

What waits is decided again by itself as soon as its `need` is there:

| need | what is missing |
|---|---|
| an id | whoever or whatever it names is not on the books yet |
| `report:<id>` | the report, or the correction, that it puts right or takes back |
| `arrived:<person>` | whatever brings the person to where it tells of her |
| `departed:<person>` | the departure that the arrival is the other half of |
| `left:<household>` | that nobody lives in the household any more |
| `key:<thumbprint>` | the enrolment of the key that is revoked |
| `sequence:<sender>/<device>:<number>` | the number before its own |
| `approved:<id>` | the office decides about this very report |
| `ready` | nothing: it is decided with the next reports that come |

## Signatures

A device whose key is enrolled ([device.enrolled](#deviceenrolledv1)) may sign, and where the server asks for it must.
A signature is a compact JWS without its payload (RFC 7515 appendix F), its header
`{{"alg": "ES256", "kid": "<thumbprint of the key, RFC 7638>", "typ": "..."}}`.

- **One report**: attribute `signature`, typ `{report_typ}`. Signed is the canonical JSON (RFC 8785) of those of the
  attributes {signed} that are there and not null.
- **A request**: header `Socai-Signature`, typ `{batch_typ}`. Signed is the canonical JSON of
  `{{"reports": <how many>, "root": <base64url>}}`, the root of the hash tree (RFC 9162 2.1.1, SHA-256) whose leaves are
  what would be signed of each report, in the order of the request. One line changed, and none is taken.
"""

PLAIN: Final = {"boolean": "`true` or `false`", "object": "object: fields and their right values"}
"""What else a type of JSON Schema is called."""


def render(examples: Path) -> str:
    """Give the whole page; examples are read from their folder."""
    classes = ", ".join(f"{number} {name}" for number, name in DAY_CLASSES.items())
    signed = ", ".join(f"`{name}`" for name in SIGNED)
    head = HEAD.format(classes=classes, signed=signed, report_typ=REPORT_TYP, batch_typ=BATCH_TYP)
    blocks = [head, _overview()]
    parts: dict[str, Schema] = {}
    for kind in kinds():
        schema = kind_schema(kind)
        parts |= schema.get("$defs", {})
        blocks.append("\n".join(_kind(kind, schema, examples)))
    blocks.append("## Parts\n\nPieces that several payloads share.\n")
    blocks.extend("\n".join(_part(name, parts[name])) for name in sorted(parts))
    blocks.append("## Code lists\n\nEvery coded field takes the words of its list; labels are for people.\n")
    blocks.extend("\n".join(_code_list(codes)) for codes in CODE_LISTS)
    blocks.append("\n".join(_malformed()))
    return "\n".join(blocks)


def _malformed() -> Iterator[str]:
    yield "## What is malformed\n"
    yield "Codes, with the place as a JSON pointer: first what a schema cannot say, then what any request may have.\n"
    yield "| code | | |"
    yield "|---|---|---|"
    for codes in (MALFORMED, MISSHAPEN):
        yield from (f"| `{code}` | {english} | {vietnamese} |" for code, (english, vietnamese) in codes.items())
    yield ""


def _overview() -> str:
    rows = ["## Kinds\n", f"{P0_LISTS}\n", "| kind | | | class | P0 list | scope |", "|---|---|---|---|---|---|"]
    rows += [
        f"| [{kind.kind}](#{_anchor(schema_name(kind))}) | {kind.title[0]} | {kind.title[1]} "
        f"| {_class(kind)} | {kind.p0_list or ''} | `{kind.scope}` |"
        for kind in kinds()
    ]
    return "\n".join(rows) + "\n"


def _class(kind: type[Event]) -> str:
    if kind.kind.startswith("fact."):
        return "of what it amends"
    behind = ", behind moves" if kind.after_moves else ""
    return f"{kind.day_class} {DAY_CLASSES[kind.day_class]}{behind}"


def _kind(kind: type[Event], schema: Schema, examples: Path) -> Iterator[str]:
    name = schema_name(kind)
    yield f"## {name}\n"
    yield f"**{kind.title[0]} / {kind.title[1]}**. {inspect.getdoc(kind)}\n"
    yield f"Type `{kind.type_name()}`, class {_class(kind)}, scope `{kind.scope}`,"
    yield f"schema [{name}.json](../contracts/schemas/{name}.json).\n"
    yield from _fields(schema, kind.fixed)
    for path in sorted((examples / name).glob("*.json")):
        report = json.loads(path.read_text())
        yield f"Example [{path.stem}](../contracts/examples/{name}/{path.name}):\n"
        yield f"```json\n{json.dumps(report['data'], ensure_ascii=False, indent=2)}\n```\n"
        break


def _part(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{schema.get('description', '')}\n"
    yield from _fields(schema, frozenset())


def _fields(schema: Schema, fixed: frozenset[str]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    yield "| field | | what | without it |"
    yield "|---|---|---|---|"
    for field, part in schema["properties"].items():
        need = "required" if field in required else "optional"
        mark = ", fixed" if field in fixed else ""
        default = "" if field in required else _default(part.get("default"))
        about = next((one["description"] for one in (part, *part.get("anyOf", ())) if "description" in one), None)
        yield f"| `{field}` | {need}{mark} | {_type(field, part)}{': ' + about if about else ''} | {default} |"
    yield ""


def _default(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, list | dict):  # a part whose own fields are all left out
        return "none"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _type(field: str, part: Schema) -> str:  # noqa: PLR0911 - one answer for each shape that a schema can have
    choices = part.get("anyOf") or part.get("oneOf")
    if choices:
        return " or ".join(_type(field, choice) for choice in choices if choice.get("type") != "null")
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{_anchor(name)})"
    codes = _codes(field, part)
    if codes is not None:
        return f"[code: {codes.name}](#{_anchor('code-' + codes.name)})"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"always `{part['const']}`"
    if "pattern" in part:
        pattern = str(part["pattern"])
        return PATTERNS.get(pattern, "text `" + pattern.replace("|", "\\|") + "`")
    if part.get("type") == "array":
        most = f", at most {part['maxItems']}" if "maxItems" in part else ""
        return f"list of {_type(field, part['items'])}{most}"
    if part.get("type") == "integer":
        return f"whole number {part.get('minimum', '')} to {part.get('maximum', '')}"
    return PLAIN.get(part.get("type", ""), "text")


def _codes(field: str, part: Schema) -> CodeList | None:
    for codes in CODE_LISTS:
        if "enum" in part and set(part["enum"]) == set(codes.values):
            return codes
        if "pattern" in part and field == codes.name:
            return codes
    return None


def _code_list(codes: CodeList) -> Iterator[str]:
    yield f'### <a id="{_anchor("code-" + codes.name)}"></a>{codes.name}\n'
    yield f"Source: {codes.source}.\n"
    yield "| code | English | Tiếng Việt |"
    yield "|---|---|---|"
    for code, (english, vietnamese) in codes.values.items():
        yield f"| `{code}` | {english} | {vietnamese} |"
    yield ""


def _anchor(heading: str) -> str:
    """Give the fragment that a heading gets where Markdown is shown: lower case, without points."""
    return heading.lower().replace(".", "").replace(" ", "-")

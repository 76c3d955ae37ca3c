"""How is an entry of a history said in English and in Vietnamese? No personal value stands in a sentence."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from contracts.calendar import VIET_NAM
from contracts.codes import CODE_LISTS
from contracts.event import CATALOGUE
from contracts.fields import FIELDS
from contracts.unit import Hierarchy, UnitState
from kit.http.problems import Text

_LISTS: Final = {known.name: known.values for known in CODE_LISTS}
TITLES: Final = {event.kind: Text(*event.title) for event in CATALOGUE.values()}
SPOUSE_DIED: Final = Text("the spouse died", "người chết là vợ hoặc chồng")


def title_of(kind: str) -> Text:
    """Give the title of a kind; one that this version does not know stands for itself."""
    return TITLES.get(kind) or Text(kind, kind)


def sentence(kind: str, on: str, recorded_at: int, source: str, told: Iterable[Text]) -> Text:
    """Say what happened when and who told it when; `told` is whatever else there is to say of it."""
    title, minute = title_of(kind), moment_text(recorded_at)
    en = [f"{title.en}, {on}", f"recorded {minute} from {source}", *(text.en for text in told)]
    vi = [f"{title.vi}, ngày {_vietnamese(on)}", f"ghi nhận {_vietnamese(minute)}, nguồn {source}"]
    vi += [text.vi for text in told]
    return Text("; ".join(en) + ".", "; ".join(vi) + ".")


def concerning(kind: str, position: int, fields: Iterable[str]) -> Text:
    """Say which fact an amendment is about, and which fields it changes."""
    title = title_of(kind)
    labels = [_label(field) for field in dict.fromkeys(fields)]
    en, vi = f"about “{title.en}” at position {position}", f"về “{title.vi}” tại vị trí {position}"
    if labels:
        en += f": {', '.join(label.en for label in labels)}"
        vi += f": {', '.join(label.vi for label in labels)}"
    return Text(en, vi)


def _label(field: str) -> Text:
    return Text(*FIELDS.get(field.rpartition(".")[2], (field, field)))


def corrected(position: int) -> Text:
    """Say that a fact was corrected by another."""
    return Text(f"corrected since at position {position}", f"đã được đính chính tại vị trí {position}")


def voided(position: int) -> Text:
    """Say that a fact was taken back by another."""
    return Text(f"voided at position {position}", f"đã bị hủy tại vị trí {position}")


def overtaken_by(position: int) -> Text:
    """Say that a fact changes nothing any more because of another, told later of an earlier day."""
    return Text(f"of no effect here since position {position}", f"không còn tác động ở đây từ vị trí {position}")


def of_unit(before: UnitState | None, after: UnitState | None, units: Hierarchy) -> Iterator[Text]:
    """Say what became of a unit: name, level, type, the unit above, what it took in, its end and what it went into.

    `units` gives the names of the others, and who took it in.
    """
    if after is None:
        return
    fields: dict[str, Callable[[UnitState], Text | None]] = {
        "names": _named,
        "level": _level,
        "type": _type,
        "parent": lambda unit: _place(unit.parent, units),
    }
    for field, word in fields.items():
        old, new = None if before is None else word(before), word(after)
        # That a new unit is of some level its title and its name say.
        if new is not None and new != old and (before is not None or field in {"names", "parent"}):
            label = _label(field)
            yield Text(*(_arrow(*three) for three in zip(label, old or ("", ""), new, strict=True)))
    had, has = (set(unit.predecessors) if unit is not None else set() for unit in (before, after))
    for whole, taken, given_back in _TAKEN:
        for change, words in ((has - had, taken), (had - has, given_back)):
            yield from _listed(words, (one.unit for one in change if one.whole is whole), units)
    yield from _ended(before, after, units)


_TAKEN: Final = (
    (True, Text("took in", "nhận toàn bộ"), Text("no longer took in", "không còn nhận")),
    (False, Text("took in a part of", "nhận một phần"), Text("no longer took in a part of", "không còn nhận một phần")),
)


def _ended(before: UnitState | None, after: UnitState, units: Hierarchy) -> Iterator[Text]:
    had = None if before is None else before.valid_to
    if after.valid_to == had:
        return
    if after.valid_to is None:
        yield Text("stands again", "tồn tại trở lại")
        return
    yield Text(f"ended on {after.valid_to}", f"chấm dứt ngày {_vietnamese(after.valid_to)}")
    heirs = [(one.whole, heir.id) for heir in units.units.values() for one in heir.predecessors if one.unit == after.id]
    for whole, words in (
        (True, Text("went into", "nhập vào")),
        (False, Text("its parts went into", "một phần nhập vào")),
    ):
        yield from _listed(words, (heir for given, heir in heirs if given is whole), units)
    if not heirs and after.parent is not None:
        # Abolished: what goes into others has them for heirs.
        words = Text("what lay below it went to", "phần bên dưới chuyển về trực thuộc")
        yield from _listed(words, (after.parent,), units)


def of_share(before: str | None, after: str | None, units: Hierarchy) -> Iterator[Text]:
    """Say into which unit a part of another went, or that none did."""
    for place, words in (
        (after, Text("a part of it went into", "một phần nhập vào")),
        (before, Text("no part of it went into", "không có phần nào nhập vào")),
    ):
        if before != after:
            yield from _listed(words, () if place is None else (place,), units)


def _listed(words: Text, places: Iterable[str], units: Hierarchy) -> Iterator[Text]:
    named = [place for one in sorted(places) if (place := _place(one, units)) is not None]
    if named:
        yield Text(*(f"{text}: {', '.join(one)}" for text, one in zip(words, zip(*named, strict=True), strict=True)))


def _arrow(label: str, old: str, new: str) -> str:
    return f"{label}: {old} → {new}" if old else f"{label}: {new}"


def _named(unit: UnitState) -> Text:
    return Text(unit.names.get("en") or unit.names["vi"], unit.names["vi"])


def _level(unit: UnitState) -> Text:
    return Text(*_LISTS["unit_level"].get(unit.level, (unit.level, unit.level)))


def _type(unit: UnitState) -> Text | None:
    return None if unit.type is None else Text(*_LISTS["unit_type"].get(unit.type, (unit.type, unit.type)))


def _place(place: str | None, units: Hierarchy) -> Text | None:
    if place is None:
        return None
    found = units.units.get(place)
    return Text(place, place) if found is None else Text(*(f"{name} ({place})" for name in _named(found)))


def moment_text(microseconds: int) -> str:
    """Give the day and minute in Viet Nam."""
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M")


def _vietnamese(moment: str) -> str:
    day, _, minute = moment.partition(" ")
    year, month, number = day.split("-")
    return f"{minute} {number}/{month}/{year}".strip()

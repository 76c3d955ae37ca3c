"""How is an entry of a history said in English and in Vietnamese? No personal value stands in a sentence."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from contracts.calendar import VIET_NAM
from contracts.event import CATALOGUE
from contracts.fields import FIELDS
from kit.problems import Text

TITLES: Final = {event.kind: Text(*event.title) for event in CATALOGUE.values()}


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


def moment_text(microseconds: int) -> str:
    """Give the day and minute in Viet Nam."""
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M")


def _vietnamese(moment: str) -> str:
    day, _, minute = moment.partition(" ")
    year, month, number = day.split("-")
    return f"{minute} {number}/{month}/{year}".strip()

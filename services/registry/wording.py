"""How is an entry of a history said in English and in Vietnamese? No personal value stands in a sentence."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from contracts.calendar import VIET_NAM
from contracts.event import CATALOGUE
from kit.problems import Text

FIELDS: Final = {
    "on": Text("date", "ngày"),
    "status": Text("status", "tình trạng"),
    "sex": Text("sex", "giới tính"),
    "birth": Text("birth date", "ngày sinh"),
    "household": Text("household", "hộ"),
    "area": Text("area", "địa bàn"),
    "marital": Text("marital status", "tình trạng hôn nhân"),
    "spouse": Text("spouse", "vợ/chồng"),
    "mother": Text("mother", "mẹ"),
    "birth_order": Text("birth order", "thứ tự sinh"),
    "relation": Text("relation to the head", "quan hệ với chủ hộ"),
    "ethnicity": Text("ethnicity", "dân tộc"),
    "education": Text("education", "trình độ học vấn"),
    "residence": Text("residence", "tình trạng cư trú"),
    "occupation": Text("occupation", "nghề nghiệp"),
    "care.contraception": Text("contraception", "biện pháp tránh thai"),
    "care.pregnancy": Text("pregnancy", "thai sản"),
    "care.prenatal": Text("prenatal screening", "sàng lọc trước sinh"),
    "care.newborn": Text("newborn screening", "sàng lọc sơ sinh"),
    "care.health_check": Text("health check of an older person", "khám sức khỏe người cao tuổi"),
    "care.premarital": Text("premarital health check", "khám sức khỏe trước khi kết hôn"),
    "number": Text("household number", "số hộ"),
    "sheet": Text("sheet", "số phiếu"),
    "type": Text("type", "loại"),
    "head": Text("head of household", "chủ hộ"),
    "disability": Text("disability", "khuyết tật"),
    "disability_degree": Text("degree of disability", "mức độ khuyết tật"),
    "reviewed": Text("reviewed on", "ngày rà soát"),
    "successor": Text("household that it went into", "hộ đã nhập vào"),
    "transit": Text("in transit: whence, since and whither", "đang chuyển: nơi đi, từ ngày, nơi đến"),
    "merged_into": Text("double of", "bản ghi trùng của"),
    "code": Text("code", "mã số"),
    "level": Text("level", "cấp"),
    "names": Text("name of the unit", "tên đơn vị"),
    "valid_from": Text("first day", "ngày thành lập"),
    "valid_to": Text("first day no more", "ngày chấm dứt"),
    "parent": Text("unit above", "đơn vị cấp trên"),
    "predecessors": Text("units that went into it", "đơn vị đã nhập vào"),
    "assigned": Text("who visits it", "cộng tác viên phụ trách"),
    "personal": Text("personal details", "thông tin cá nhân"),
    "personal.name": Text("name", "họ tên"),
    "personal.identifiers": Text("identifiers", "số định danh"),
    "personal.former": Text("former identifiers", "số định danh cũ"),
    "personal.contacts": Text("contacts", "liên lạc"),
    "personal.address": Text("address", "địa chỉ"),
}
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
    labels = [FIELDS.get(field) or Text(field, field) for field in dict.fromkeys(fields)]
    en, vi = f"about “{title.en}” at position {position}", f"về “{title.vi}” tại vị trí {position}"
    if labels:
        en += f": {', '.join(label.en for label in labels)}"
        vi += f": {', '.join(label.vi for label in labels)}"
    return Text(en, vi)


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

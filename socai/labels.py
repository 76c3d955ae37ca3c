"""By which words, English or Vietnamese, are columns, fields and codes called?"""

import re
from typing import Final

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.codes import CODE_LISTS
from contracts.event import CATALOGUE
from contracts.fields import FIELDS
from socai.dates import Language, dated

# Terms of a balance and names of flows; in English they are called as whoever asks for them writes them.
_FIGURES: dict[str, tuple[str, str]] = {
    name: (name, vietnamese)
    for name, vietnamese in {
        "population_start": "dân số đầu kỳ",
        "population_end": "dân số cuối kỳ",
        "territory": "do điều chỉnh địa giới",
        "territory_in": "tăng do điều chỉnh địa giới",
        "territory_out": "giảm do điều chỉnh địa giới",
        "births": "sinh",
        "deaths": "chết",
        "moves_in": "chuyển đến",
        "moves_out": "chuyển đi",
        "registered": "đăng ký vào sổ",
        "struck_off": "xóa khỏi sổ",
        "marriages": "số người kết hôn",
        "divorces": "số người ly hôn",
        "reclassified_in": "ghi lại giới tính, ngày sinh: vào",
        "reclassified_out": "ghi lại giới tính, ngày sinh: ra",
        "in_transit": "đang chuyển nơi ở",
        "total": "tổng số",
        "difference": "chênh lệch",
    }.items()
}
COLUMNS: dict[str, tuple[str, str]] = {
    "name": ("name", "họ tên"),
    "sex": ("sex", "giới tính"),
    "birth": ("born", "ngày sinh"),
    "status": ("status", "trạng thái"),
    "marital": ("marital", "hôn nhân"),
    "sheet": ("sheet", "phiếu"),
    "number": ("household", "hộ số"),
    "card": ("health card", "số thẻ BHYT"),
    "details": ("details", "nội dung"),
    "event": ("kind", "loại"),
    "title": ("what it tells", "nội dung"),
    "field": ("field", "trường"),
    "words": ("what it is", "ý nghĩa"),
    "given": ("told", "cần nêu"),
    "codes": ("codes", "các mã"),
    "relation": ("relation", "quan hệ"),
    "person": ("person", "mã người"),
    "household": ("household", "mã hộ"),
    "area": ("area", "địa bàn"),
    "score": ("score", "điểm"),
    "commune": ("commune", "xã"),
    "reasons": ("why", "vì sao"),
    "side": ("side", "phía"),
    "days": ("days", "số ngày"),
    "since": ("since", "từ ngày"),
    "need": ("needs", "cần"),
    "from": ("from", "nơi đi"),
    "to": ("to", "nơi đến"),
    "report": ("report", "báo cáo"),
    "fate": ("fate", "kết quả"),
    "kind": ("kind", "loại báo cáo"),
    "on": ("on", "ngày"),
    "whom": ("whom", "về ai"),
    "places": ("areas", "địa bàn"),
    "sender": ("sender", "bên gửi"),
    "month": ("month", "tháng"),
    "due": ("due", "hạn lập"),
    "to_do": ("to do", "việc cần làm"),
    "drawn_up": ("drawn up", "ngày lập"),
    "appraised": ("appraised", "ngày thẩm định"),
    "service": ("service", "dịch vụ"),
    "projection": ("projection", "bảng dữ liệu"),
    "version": ("version", "phiên bản"),
    "build": ("build", "lần dựng"),
    "recorded_at": ("up to what was recorded at", "tính đến bản ghi lúc"),
    "position": ("position", "vị trí"),
    "behind": ("behind", "chậm"),
    "waiting": ("waiting", "đang chờ"),
    "value": ("value", "số lượng"),
    "flow": ("flow", "biến động"),
    "term": ("term", "chỉ tiêu"),
    "age": ("age", "tuổi"),
    "birth_month": ("birth_month", "tháng sinh"),
    "unit": ("unit", "đơn vị"),
    "place_name": ("name", "tên"),
    "code": ("code", "mã số"),
    "level": ("level", "cấp"),
    "parent": ("parent", "đơn vị cấp trên"),
    "valid_from": ("valid_from", "ngày thành lập"),
    "predecessors": ("predecessors", "đơn vị đã nhập vào"),
    "as_of": ("as_of", "ngày"),
    "geography": ("geography", "địa giới ngày"),
    "until": ("until", "đến ngày"),
    "place": ("place", "nơi"),
    "key": ("key", "khóa"),
    "withdrawn": ("withdrawn", "rút lại"),
    "changed": ("changed", "thay đổi"),
    **_FIGURES,
}

_LISTS: dict[str, dict[str, tuple[str, str]]] = {known.name: known.values for known in CODE_LISTS}
# Codes by the column of a table or the field in which they stand. One of a field with several lists is in one of them.
LABELS: dict[str, dict[str, tuple[str, str]]] = {
    **_LISTS,
    "change": {
        "merge": ("merged", "sáp nhập"),
        "rename": ("renamed", "đổi tên"),
        "level": ("another level or kind", "đổi cấp hoặc loại"),
        "abolish": ("abolished", "giải thể"),
        "split": ("divided", "chia tách"),
    },
    "event": _LISTS["pregnancy_event"],
    "former_relation": _LISTS["relation"],
    "level": _LISTS["unit_level"] | {"area": ("area", "địa bàn")},
    "method": _LISTS["contraceptive_method"],
    "outcome": _LISTS["pregnancy_event"] | {"birth": ("birth", "sinh con")},
    "place": _LISTS["care_place"] | _LISTS["birth_place"] | _LISTS["death_place"],
    "type": _LISTS["identifier"] | _LISTS["unit_type"] | _LISTS["household_type"] | _LISTS["contact"],
    "visit": _LISTS["prenatal_visit"],
    "visits": _LISTS["prenatal_visit"],
    **dict.fromkeys(("down", "edwards", "patau", "thalassemia"), _LISTS["prenatal_result"]),
    **dict.fromkeys(("hypothyroidism", "g6pd", "adrenal_hyperplasia", "hearing", "heart"), _LISTS["newborn_result"]),
    "status": {
        "resident": ("resident", "đang ở"),
        "in_transit": ("in transit", "đã đi, chưa đến"),
        "outside": ("outside", "ngoài sổ"),
        "dead": ("dead", "đã chết"),
        "merged": ("merged", "đã hợp nhất"),
        "active": ("active", "đang hoạt động"),
        "dissolved": ("dissolved", "đã giải thể"),
        "enrolled": ("enrolled", "đã đăng ký"),
        "waiting": ("waiting", "đang chờ"),
        "revoked": ("revoked", "đã thu hồi"),
    },
    "household": {
        "active": ("active", "đang hoạt động"),
        "dissolved": ("dissolved", "đã giải thể"),
        "merged": ("merged", "đã nhập vào hộ khác"),
    },
    "side": {
        "departure": ("departure", "nơi đi"),
        "arrival": ("arrival", "nơi đến"),
        "here": ("here", "trong phạm vi"),
        "left": ("left", "đã ra khỏi phạm vi"),
    },
    "withdrawn": {"True": ("True", "có")},
    "kind": {event.kind: (event.kind, event.title[1]) for event in CATALOGUE.values()},
    "changed": {name: (name, words[1]) for name, words in (FIELDS | _LISTS["identifier"]).items()}
    | {"birth_month": ("birth_month", "tháng sinh")},
    "flow": _FIGURES,
    "term": _FIGURES,
}

_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
# Where a month may stand for itself; elsewhere, as in the number of a household, it is no month.
_OF_MONTHS: Final = frozenset({"month", "birth", "birth_month"})


def column(language: Language, name: str) -> str:
    """Give the heading of a column; a name without words of its own stands for itself."""
    return COLUMNS.get(name, (name, name))[language == "vi"]


def field_text(language: Language, name: str) -> str:
    """Give the Vietnamese words of a field; in English it is called as whoever corrects it writes it."""
    return FIELDS.get(name, (name, name))[1] if language == "vi" else name


def label(language: Language, name: str, code: str) -> str:
    """Give the words of a code in a column or field; one that has none stands for itself, days as people write them."""
    words = LABELS.get(name, {}).get(code)
    if words is not None:
        return words[language == "vi"]
    if language == "vi" and name in _OF_MONTHS and (found := _MONTH.fullmatch(code)):
        return f"{found[2]}/{found[1]}"
    return dated(language, code)

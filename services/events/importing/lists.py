"""Which lists does the P0 form have, and which report does a row of each become? A new list is one more entry.

Order matters within a file: who arrives or is born can be named by a later list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.event import Event
from contracts.kinds.care import (
    CoupleChecked,
    PersonContraceptionStarted,
    PersonContraceptionStopped,
    PersonHealthChecked,
    PersonNewbornScreened,
    PersonPregnancyReported,
    PersonPrenatallyScreened,
)
from contracts.kinds.residence import PersonArrived, PersonLeft
from contracts.kinds.union import PersonDivorced, PersonMarried, PersonReconciled, PersonSeparated
from contracts.kinds.vital import PersonBorn, PersonDied
from services.events.importing import cells
from services.events.importing import headings as head
from services.events.importing.columns import Column


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a field of the payload names, and from which columns that follows.

    `new` is somebody whom the row brings on the books, `arriving` the same unless her number is known, `known`
    somebody of the area, `told` the same where the row names anybody. Columns are those of `name`, `bhyt` and so on
    with `prefix` before them.
    """

    field: str
    how: Literal["new", "arriving", "known", "told"]
    prefix: str = ""
    missing: str = "person-not-found"


@dataclass(frozen=True, slots=True)
class MonthlyList:
    """One list: `sends` are the columns that go into the payload, by field (a reader that gives fields is `*`)."""

    name: str
    titles: tuple[str, str]
    kind: type[Event]
    who: tuple[Who, ...]
    columns: tuple[Column, ...]
    sends: dict[str, str]
    also: tuple[str, ...] = ()
    household: bool = False
    described: bool = False


def _column(name: str, english: str, vietnamese: str, read: cells.Reader, *also: str, codes: str = "") -> Column:
    return Column(name, (english, vietnamese), read, also, codes)


def _on(english: str, vietnamese: str, *also: str) -> Column:
    return Column("on", (english, vietnamese), cells.whole_date, (*also, "Date", "Ngày"), needed=True)


def _place(*also: str) -> Column:
    return _column(
        "place", "Place of service", "Nơi thực hiện", cells.roughly("care_place"), "Nơi cung cấp dịch vụ",
        "Cơ sở thực hiện", "Nơi khám", "Nơi sàng lọc", "Place", *also, codes="care_place",
    )  # fmt: skip


def _results(codes: str, *conditions: tuple[str, str, str]) -> tuple[Column, ...]:
    read = cells.result(codes)
    return tuple(_column(*one, read, one[2].removesuffix(" bẩm sinh"), codes=codes) for one in conditions)


PLACED = (head.AREA, head.NUMBER, head.SHEET, head.LINE)
NAMED = (head.NAME, head.HEALTH_CARD, head.PERSONAL_NUMBER, head.OLD_CARD, head.INSURANCE)
FOUND = (*PLACED, *NAMED, head.RELATION, head.SEX, head.MALE, head.FEMALE, head.BIRTH)
DESCRIBED = {name: name for name in ("sex", "relation", "marital", "ethnicity", "education", "residence", "occupation")}

NEWBORN = _results(
    "newborn_result",
    ("hypothyroidism", "Congenital hypothyroidism", "Suy giáp trạng bẩm sinh"),
    ("g6pd", "G6PD deficiency", "Thiếu men G6PD"),
    ("adrenal_hyperplasia", "Congenital adrenal hyperplasia", "Tăng sản thượng thận bẩm sinh"),
    ("hearing", "Congenital hearing loss", "Khiếm thính bẩm sinh"),
    ("heart", "Congenital heart disease", "Tim bẩm sinh"),
)
PRENATAL = _results(
    "prenatal_result",
    ("down", "Down syndrome", "Down"),
    ("edwards", "Edwards syndrome", "Edwards"),
    ("patau", "Patau syndrome", "Patau"),
    ("thalassemia", "Thalassemia", "Thalassemia"),
)
METHOD = _column(
    "method", "Method", "Biện pháp tránh thai", cells.coded("contraceptive_method"), "BPTT", "Mã BPTT", "Biện pháp",
    "Mã biện pháp tránh thai", "BPTT mới", "Biện pháp mới", "BPTT thôi sử dụng", codes="contraceptive_method",
)  # fmt: skip
KNOWN = (Who("person", "known"),)

LISTS: Sequence[MonthlyList] = (
    MonthlyList(
        "arrivals",
        ("Arrivals from another commune", "Chuyển đến từ xã khác"),
        PersonArrived,
        (Who("person", "arriving"),),
        (
            *FOUND,
            head.ETHNICITY,
            head.EDUCATION,
            head.MARITAL,
            head.RESIDENCE,
            head.OCCUPATION,
            _on("Arrival date", "Ngày chuyển đến", "Ngày đến", "Arrived on"),
            _column("origin", "Place left", "Nơi đi", cells.origin, "Nơi chuyển đi", "Chuyển đến từ", "Origin"),
        ),
        DESCRIBED | {"birth": "birth", "origin": "*"},
        also=("Chuyển đến", "Đến", "Người chuyển đến", "Arrivals", "Moved in"),
        household=True,
        described=True,
    ),
    MonthlyList(
        "births",
        ("Births", "Trẻ sinh ra"),
        PersonBorn,
        (Who("person", "new"), Who("mother", "told", "mother_", "mother-not-found")),
        (
            *PLACED,
            Column("name", head.NAME.titles, cells.text, (*head.NAME.also, "Họ và tên trẻ", "Họ tên trẻ", "Tên trẻ")),
            head.PERSONAL_NUMBER,
            head.HEALTH_CARD,
            head.RELATION,
            head.SEX,
            head.MALE,
            head.FEMALE,
            Column("birth", ("Date of birth", "Ngày sinh"), cells.whole_date, (*head.BIRTH.also, "Date"), needed=True),
            head.ETHNICITY,
            _column("mother_name", "Mother's name", "Họ và tên mẹ", cells.text, "Họ tên mẹ", "Tên mẹ", "Mẹ", "Mother"),
            _column(
                "mother_bhyt",
                "Mother's health insurance card",
                "Số thẻ BHYT của mẹ",
                cells.health_card,
                "BHYT mẹ",
                "BHYT của mẹ",
                "Số thẻ BHYT mẹ",
                "Mã đối tượng mẹ",
            ),
            _column("mother_pid", "Mother's personal number", "Số định danh của mẹ", cells.personal_number, "CCCD mẹ"),
            _column(
                "mother_birth",
                "Mother's date of birth",
                "Ngày sinh của mẹ",
                cells.partial_date,
                "Ngày sinh mẹ",
                "Năm sinh mẹ",
                "Năm sinh của mẹ",
            ),
            _column(
                "place",
                "Place of birth",
                "Nơi sinh",
                cells.roughly("birth_place"),
                "Nơi đẻ",
                "Địa điểm sinh",
                codes="birth_place",
            ),
            head.BIRTH_ORDER,
        ),
        {
            "birth": "on",
            "sex": "sex",
            "relation": "relation",
            "ethnicity": "ethnicity",
            "place": "place",
            "birth_order": "birth_order",
        },
        also=("Sinh", "Trẻ mới sinh", "Trẻ em sinh ra", "Trẻ sinh", "Sinh ra"),
        household=True,
        described=True,
    ),
    MonthlyList(
        "newborn_screenings",
        ("Newborn screening", "Sàng lọc sơ sinh"),
        PersonNewbornScreened,
        KNOWN,
        (*FOUND, _on("Screening date", "Ngày sàng lọc", "Screened on"), *NEWBORN, _place()),
        {"on": "on", "place": "place"} | {one.name: one.name for one in NEWBORN},
        also=("Sàng lọc sơ sinh", "SLSS", "Trẻ được sàng lọc sơ sinh"),
    ),
    MonthlyList(
        "contraception_started",
        ("Contraception started", "Mới sử dụng BPTT"),
        PersonContraceptionStarted,
        KNOWN,
        (
            *FOUND,
            _on("Start date", "Ngày bắt đầu sử dụng", "Ngày bắt đầu", "Ngày sử dụng", "Started on"),
            METHOD,
            _column("living_children", "Living children", "Số con hiện có", cells.number, "Số con sống", "Số con"),
            _place(),
        ),
        {"on": "on", "method": "method", "living_children": "living_children", "place": "place"},
        also=("Mới sử dụng biện pháp tránh thai", "Sử dụng BPTT mới"),
    ),
    MonthlyList(
        "contraception_stopped",
        ("Contraception stopped", "Thôi sử dụng BPTT"),
        PersonContraceptionStopped,
        KNOWN,
        (*FOUND, _on("Stop date", "Ngày thôi sử dụng", "Ngày thôi", "Stopped on"), METHOD),
        {"on": "on", "method": "method"},
        also=("Thôi sử dụng biện pháp tránh thai",),
    ),
    MonthlyList(
        "pregnancies",
        ("Pregnancies", "Thông tin thai sản"),
        PersonPregnancyReported,
        KNOWN,
        (
            *FOUND,
            _on("Event date", "Ngày xảy ra", "Ngày sự kiện", "Ngày ghi nhận"),
            _column(
                "event",
                "Event",
                "Sự kiện",
                cells.coded("pregnancy_event"),
                "Thông tin thai sản",
                "Loại sự kiện",
                "Tình trạng thai sản",
                codes="pregnancy_event",
            ),
            _column("number", "Pregnancy number", "Lần mang thai", cells.number, "Mang thai lần thứ", "Lần thứ"),
        ),
        {"on": "on", "event": "event", "number": "number"},
        also=("Thai sản", "Mang thai"),
    ),
    MonthlyList(
        "prenatal_screenings",
        ("Prenatal screening", "Sàng lọc trước sinh"),
        PersonPrenatallyScreened,
        KNOWN,
        (
            *FOUND,
            _on("Screening date", "Ngày sàng lọc", "Ngày khám", "Screened on"),
            _column(
                "visit",
                "Visit",
                "Lần khám",
                cells.coded("prenatal_visit"),
                "Tuần thai",
                "Thời điểm sàng lọc",
                codes="prenatal_visit",
            ),
            _column(
                "last_period",
                "Last menstrual period",
                "Ngày đầu kỳ kinh cuối",
                cells.whole_date,
                "Kỳ kinh cuối",
                "Ngày đầu của kỳ kinh cuối",
            ),
            *PRENATAL,
            _place(),
        ),
        {"on": "on", "visit": "visit", "last_period": "last_period", "place": "place"}
        | {one.name: one.name for one in PRENATAL},
        also=("SLTS", "Bà mẹ được sàng lọc trước sinh"),
    ),
    MonthlyList(
        "health_checks",
        ("Health checks of older people", "Người cao tuổi khám sức khỏe"),
        PersonHealthChecked,
        KNOWN,
        (*FOUND, _on("Exam date", "Ngày khám", "Ngày khám sức khỏe", "Examined on"), _place()),
        {"on": "on", "place": "place"},
        also=("NCT khám sức khỏe", "Người cao tuổi KSK", "Khám sức khỏe người cao tuổi"),
    ),
    MonthlyList(
        "premarital_checks",
        ("Premarital checks", "Khám sức khỏe trước khi kết hôn"),
        CoupleChecked,
        (Who("person", "known"), Who("partner", "told", "partner_")),
        (
            *FOUND,
            _on("Exam date", "Ngày khám", "Ngày tư vấn", "Examined on"),
            _column("partner_name", "Partner's name", "Họ và tên bạn đời", cells.text, "Họ tên vợ/chồng"),
            _column("partner_bhyt", "Partner's health insurance card", "Số thẻ BHYT của bạn đời", cells.health_card),
            _column("partner_birth", "Partner's date of birth", "Ngày sinh của bạn đời", cells.partial_date),
            _place(),
        ),
        {"on": "on", "place": "place"},
        also=("Tư vấn, khám sức khỏe trước khi kết hôn", "Khám trước hôn nhân"),
    ),
    MonthlyList(
        "marriages",
        ("Marriages", "Kết hôn"),
        PersonMarried,
        (Who("person", "known"), Who("spouse", "told", "spouse_")),
        (
            *FOUND,
            _on("Marriage date", "Ngày kết hôn", "Ngày cưới", "Married on"),
            _column("spouse_name", "Spouse's name", "Họ và tên vợ/chồng", cells.text, "Họ tên vợ/chồng", "Vợ/chồng"),
            _column("spouse_bhyt", "Spouse's health insurance card", "Số thẻ BHYT của vợ/chồng", cells.health_card),
            _column("spouse_birth", "Spouse's date of birth", "Ngày sinh của vợ/chồng", cells.partial_date),
        ),
        {"on": "on"},
        also=("Người kết hôn", "Đăng ký kết hôn"),
    ),
    MonthlyList(
        "divorces",
        ("Divorces", "Ly hôn"),
        PersonDivorced,
        KNOWN,
        (*FOUND, _on("Divorce date", "Ngày ly hôn", "Divorced on")),
        {"on": "on"},
        also=("Người ly hôn",),
    ),
    MonthlyList(
        "separations",
        ("Separations", "Ly thân"),
        PersonSeparated,
        KNOWN,
        (*FOUND, _on("Separation date", "Ngày ly thân", "Separated on")),
        {"on": "on"},
    ),
    MonthlyList(
        "reconciliations",
        ("Reconciliations", "Đoàn tụ sau ly thân"),
        PersonReconciled,
        KNOWN,
        (*FOUND, _on("Reconciliation date", "Ngày đoàn tụ", "Reconciled on")),
        {"on": "on"},
        also=("Đoàn tụ",),
    ),
    MonthlyList(
        "departures",
        ("Departures from the commune", "Chuyển đi khỏi xã"),
        PersonLeft,
        KNOWN,
        (
            *FOUND,
            head.ETHNICITY,
            _on("Departure date", "Ngày chuyển đi", "Ngày đi", "Left on"),
            _column(
                "destination",
                "Destination",
                "Nơi đến",
                cells.place,
                "Nơi chuyển đến",
                "Chuyển đi đâu",
                "Nơi chuyển đi",
                codes="destination",
            ),
        ),
        {"on": "on", "destination": "*"},
        also=("Chuyển đi", "Đi", "Người chuyển đi", "Departures", "Moved out"),
    ),
    MonthlyList(
        "deaths",
        ("Deaths", "Người chết"),
        PersonDied,
        KNOWN,
        (
            *FOUND,
            _on("Date of death", "Ngày chết", "Ngày mất", "Ngày tử vong", "Died on", "Death date"),
            _column(
                "place",
                "Place of death",
                "Nơi chết",
                cells.roughly("death_place"),
                "Nơi mất",
                "Nơi tử vong",
                codes="death_place",
            ),
        ),
        {"on": "on", "place": "place"},
        also=("Chết", "Tử vong", "Số người chết"),
    ),
)

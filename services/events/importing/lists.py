"""Which lists does the P0 form have, and which report does a row of each become? A new list is one more entry.

Order matters within a file: who arrives or is born can be named by a later list.
"""

from collections.abc import Sequence

from contracts.kinds.residence import PersonArrived, PersonLeft
from contracts.kinds.union import PersonDivorced, PersonMarried, PersonReconciled, PersonSeparated
from contracts.kinds.vital import PersonBorn, PersonDied
from services.events.importing import cells, digits
from services.events.importing import headings as head
from services.events.importing.care_lists import CARE_LISTS
from services.events.importing.change_lists import CHANGE_LISTS
from services.events.importing.columns import Column
from services.events.importing.list_shapes import DESCRIBED, FOUND, KNOWN, PLACED, MonthlyList, Who, column, on_day

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
            on_day("Arrival date", "Ngày chuyển đến", "Ngày đến", "Arrived on"),
            column("origin", "Place left", "Nơi đi", cells.origin, "Nơi chuyển đi", "Chuyển đến từ", "Origin"),
        ),
        DESCRIBED | {"on": "on", "birth": "birth", "origin": "*"},
        also=("Chuyển đến", "Đến", "Người chuyển đến", "Arrivals", "Moved in"),
        household=True,
        described=True,
    ),
    MonthlyList(
        "births",
        ("Births", "Trẻ sinh ra"),
        PersonBorn,
        (Who("person", "new"), Who("mother", "told", "mother_", "mother-not-found", counts=False)),
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
            column("mother_name", "Mother's name", "Họ và tên mẹ", cells.text, "Họ tên mẹ", "Tên mẹ", "Mẹ", "Mother"),
            column(
                "mother_bhyt",
                "Mother's health insurance card",
                "Số thẻ BHYT của mẹ",
                digits.health_card,
                "BHYT mẹ",
                "BHYT của mẹ",
                "Số thẻ BHYT mẹ",
                "Mã đối tượng mẹ",
            ),
            column("mother_pid", "Mother's personal number", "Số định danh của mẹ", digits.personal_number, "CCCD mẹ"),
            column(
                "mother_birth",
                "Mother's date of birth",
                "Ngày sinh của mẹ",
                cells.partial_date,
                "Ngày sinh mẹ",
                "Năm sinh mẹ",
                "Năm sinh của mẹ",
            ),
            column(
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
    *CARE_LISTS,
    *CHANGE_LISTS,
    MonthlyList(
        "marriages",
        ("Marriages", "Kết hôn"),
        PersonMarried,
        (Who("person", "known"), Who("spouse", "told", "spouse_")),
        (
            *FOUND,
            on_day("Marriage date", "Ngày kết hôn", "Ngày cưới", "Married on"),
            column("spouse_name", "Spouse's name", "Họ và tên vợ/chồng", cells.text, "Họ tên vợ/chồng", "Vợ/chồng"),
            column("spouse_bhyt", "Spouse's health insurance card", "Số thẻ BHYT của vợ/chồng", digits.health_card),
            column("spouse_birth", "Spouse's date of birth", "Ngày sinh của vợ/chồng", cells.partial_date),
        ),
        {"on": "on"},
        also=("Người kết hôn", "Đăng ký kết hôn"),
    ),
    MonthlyList(
        "divorces",
        ("Divorces", "Ly hôn"),
        PersonDivorced,
        KNOWN,
        (*FOUND, on_day("Divorce date", "Ngày ly hôn", "Divorced on")),
        {"on": "on"},
        also=("Người ly hôn",),
    ),
    MonthlyList(
        "separations",
        ("Separations", "Ly thân"),
        PersonSeparated,
        KNOWN,
        (*FOUND, on_day("Separation date", "Ngày ly thân", "Separated on")),
        {"on": "on"},
    ),
    MonthlyList(
        "reconciliations",
        ("Reconciliations", "Đoàn tụ sau ly thân"),
        PersonReconciled,
        KNOWN,
        (*FOUND, on_day("Reconciliation date", "Ngày đoàn tụ", "Reconciled on")),
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
            on_day("Departure date", "Ngày chuyển đi", "Ngày đi", "Left on"),
            column(
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
            on_day("Date of death", "Ngày chết", "Ngày mất", "Ngày tử vong", "Died on", "Death date"),
            column(
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

"""Which lists of the P0 form tell of contraception, pregnancy, screening and health checks (lists 2 and 7 to 11)?"""

from contracts.kinds.care import (
    CoupleChecked,
    PersonContraceptionStarted,
    PersonContraceptionStopped,
    PersonHealthChecked,
    PersonNewbornScreened,
    PersonPregnancyReported,
    PersonPrenatallyScreened,
)
from services.events.importing import cells, digits
from services.events.importing.list_shapes import (
    FOUND,
    KNOWN,
    PLACE_OF_SERVICE,
    MonthlyList,
    Who,
    column,
    on_day,
    results,
)

NEWBORN = results(
    "newborn_result",
    ("hypothyroidism", "Congenital hypothyroidism", "Suy giáp trạng bẩm sinh"),
    ("g6pd", "G6PD deficiency", "Thiếu men G6PD"),
    ("adrenal_hyperplasia", "Congenital adrenal hyperplasia", "Tăng sản thượng thận bẩm sinh"),
    ("hearing", "Congenital hearing loss", "Khiếm thính bẩm sinh"),
    ("heart", "Congenital heart disease", "Tim bẩm sinh"),
)
PRENATAL = results(
    "prenatal_result",
    ("down", "Down syndrome", "Down"),
    ("edwards", "Edwards syndrome", "Edwards"),
    ("patau", "Patau syndrome", "Patau"),
    ("thalassemia", "Thalassemia", "Thalassemia"),
)
METHOD = column(
    "method", "Method", "Biện pháp tránh thai", cells.coded("contraceptive_method"), "BPTT", "Mã BPTT", "Biện pháp",
    "Mã biện pháp tránh thai", "BPTT mới", "Biện pháp mới", "BPTT thôi sử dụng", codes="contraceptive_method",
)  # fmt: skip
CARE_LISTS = (
    MonthlyList(
        "newborn_screenings",
        ("Newborn screening", "Sàng lọc sơ sinh"),
        PersonNewbornScreened,
        KNOWN,
        (*FOUND, on_day("Screening date", "Ngày sàng lọc", "Screened on"), *NEWBORN, PLACE_OF_SERVICE),
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
            on_day("Start date", "Ngày bắt đầu sử dụng", "Ngày bắt đầu", "Ngày sử dụng", "Started on"),
            METHOD,
            column("living_children", "Living children", "Số con hiện có", cells.number, "Số con sống", "Số con"),
            PLACE_OF_SERVICE,
        ),
        {"on": "on", "method": "method", "living_children": "living_children", "place": "place"},
        also=("Mới sử dụng biện pháp tránh thai", "Sử dụng BPTT mới"),
    ),
    MonthlyList(
        "contraception_stopped",
        ("Contraception stopped", "Thôi sử dụng BPTT"),
        PersonContraceptionStopped,
        KNOWN,
        (*FOUND, on_day("Stop date", "Ngày thôi sử dụng", "Ngày thôi", "Stopped on"), METHOD),
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
            on_day("Event date", "Ngày xảy ra", "Ngày sự kiện", "Ngày ghi nhận"),
            column(
                "event",
                "Event",
                "Sự kiện",
                cells.coded("pregnancy_event"),
                "Thông tin thai sản",
                "Loại sự kiện",
                "Tình trạng thai sản",
                codes="pregnancy_event",
            ),
            column("number", "Pregnancy number", "Lần mang thai", cells.number, "Mang thai lần thứ", "Lần thứ"),
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
            on_day("Screening date", "Ngày sàng lọc", "Ngày khám", "Screened on"),
            column(
                "visit",
                "Visit",
                "Lần khám",
                cells.coded("prenatal_visit"),
                "Tuần thai",
                "Thời điểm sàng lọc",
                codes="prenatal_visit",
            ),
            column(
                "last_period",
                "Last menstrual period",
                "Ngày đầu kỳ kinh cuối",
                cells.whole_date,
                "Kỳ kinh cuối",
                "Ngày đầu của kỳ kinh cuối",
            ),
            *PRENATAL,
            PLACE_OF_SERVICE,
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
        (*FOUND, on_day("Exam date", "Ngày khám", "Ngày khám sức khỏe", "Examined on"), PLACE_OF_SERVICE),
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
            on_day("Exam date", "Ngày khám", "Ngày tư vấn", "Examined on"),
            column("partner_name", "Partner's name", "Họ và tên bạn đời", cells.text, "Họ tên vợ/chồng"),
            column("partner_bhyt", "Partner's health insurance card", "Số thẻ BHYT của bạn đời", digits.health_card),
            column("partner_birth", "Partner's date of birth", "Ngày sinh của bạn đời", cells.partial_date),
            PLACE_OF_SERVICE,
        ),
        {"on": "on", "place": "place"},
        also=("Tư vấn, khám sức khỏe trước khi kết hôn", "Khám trước hôn nhân"),
    ),
)

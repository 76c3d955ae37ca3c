"""Which values may a coded field take, what do they mean in both languages, and who defined them?

Every list names its source. Where the official code could not be read in an official text the list says so and
uses words of our own, which a later mapping can translate; nothing here is printed as an official code that is not.
"""

from dataclasses import dataclass
from typing import Literal

from contracts.notes import NOTES


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list: `values` maps a stable code to its (English, Vietnamese) label."""

    name: str
    source: str
    values: dict[str, tuple[str, str]]


Sex = Literal["male", "female", "unknown"]
Marital = Literal["single", "married", "separated", "widowed", "divorced", "refused", "unknown"]
Relation = Literal["head", "spouse", "child", "adopted_or_in_law", "parent", "grandchild", "other", "unknown"]
Residence = Literal["present", "temporarily_away", "temporary", "unknown"]
Education = Literal[
    "none", "primary", "lower_secondary", "upper_secondary", "vocational", "college", "university",
    "postgraduate", "refused", "unknown",
]  # fmt: skip
Disability = Literal[
    "none", "movement", "hearing_speech", "sight", "mental", "intellectual", "other", "several", "refused", "unknown",
]  # fmt: skip
DisabilityDegree = Literal["very_severe", "severe", "mild", "refused", "unknown"]
BirthPlace = Literal["health_station", "home", "elsewhere", "unknown"]
DeathPlace = Literal["health_facility", "home", "elsewhere", "unknown"]
Destination = Literal["inside_country", "abroad", "unknown"]
HouseholdType = Literal["family", "collective"]
UnitLevel = Literal["province", "district", "commune"]
UnitType = Literal[
    "tinh", "thanh_pho", "quan", "huyen", "thi_xa", "phuong", "xa", "thi_tran", "dac_khu",
]  # fmt: skip
IdentifierType = Literal["pid", "cmnd", "bhyt", "bhxh"]
ContactType = Literal["phone", "email"]
ContraceptiveMethod = Literal[
    "iud", "male_sterilisation", "female_sterilisation", "condom", "pill", "injection", "implant", "other", "unknown",
]  # fmt: skip
PregnancyEvent = Literal["pregnant", "miscarriage", "abortion"]
NewbornResult = Literal["normal", "at_risk", "done", "not_done", "refused", "unknown"]
PrenatalResult = Literal["normal", "low", "high", "done", "not_done", "refused", "unknown"]
PrenatalVisit = Literal["week_12", "week_21", "other"]
CarePlace = Literal["health_station", "hospital", "other_facility", "community", "elsewhere", "unknown"]
Whereabouts = Literal["abroad", "unknown"]

ETHNICITIES = [
    "Kinh",
    "Tày",
    "Thái",
    "Hoa",
    "Khmer",
    "Mường",
    "Nùng",
    "Mông",
    "Dao",
    "Gia-rai",
    "Ngái",
    "Ê-đê",
    "Ba-na",
    "Xơ-đăng",
    "Sán Chay",
    "Cơ-ho",
    "Chăm",
    "Sán Dìu",
    "Hrê",
    "Mnông",
    "Ra-glai",
    "Xtiêng",
    "Bru-Vân Kiều",
    "Thổ",
    "Giáy",
    "Cơ-tu",
    "Gié-Triêng",
    "Mạ",
    "Khơ-mú",
    "Co",
    "Tà-ôi",
    "Chơ-ro",
    "Kháng",
    "Xinh-mun",
    "Hà Nhì",
    "Chu-ru",
    "Lào",
    "La Chí",
    "La Ha",
    "Phù Lá",
    "La Hủ",
    "Lự",
    "Lô Lô",
    "Chứt",
    "Mảng",
    "Pà Thẻn",
    "Cơ Lao",
    "Cống",
    "Bố Y",
    "Si La",
    "Pu Péo",
    "Brâu",
    "Ơ-đu",
    "Rơ-măm",
]

METHOD_CODES = {
    "1": "iud",
    "2": "male_sterilisation",
    "3": "female_sterilisation",
    "4": "condom",
    "5": "pill",
    "6": "injection",
    "7": "implant",
    "8": "other",
}
"""The codes of Thông tư 01/2022/TT-BYT as forms write them. 1 to 7 from two secondary sources that agree, 8 from a
single weak one: unverified. Other software numbers methods otherwise, so payloads and states hold words."""

CIRCULAR = (
    "Thông tư 01/2022/TT-BYT (A0 book and P0 form), wording only by a single secondary source: the printed codes were "
    "not available"
)

CODE_LISTS = (
    CodeList(
        "sex",
        "QCVN 109:2017/BTTTT (0 no information, 1 male, 2 female)",
        {"male": ("male", "nam"), "female": ("female", "nữ"), "unknown": ("unknown", "không rõ")},
    ),
    CodeList(
        "marital",
        f"{CIRCULAR}; separated is the word of the census, refused and unknown are our own",
        {
            "single": ("never married", "chưa kết hôn"),
            "married": ("married", "đang có vợ/chồng"),
            "separated": ("separated", "ly thân"),
            "widowed": ("widowed", "góa"),
            "divorced": ("divorced", "ly hôn"),
            "refused": ("refused to say", "từ chối trả lời"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "relation",
        "Order of the 2011 guide to the A0 book (CV 77/TCDS-KHTC), wording only",
        {
            "head": ("head", "chủ hộ"),
            "spouse": ("spouse", "vợ/chồng"),
            "child": ("child", "con đẻ"),
            "adopted_or_in_law": ("adopted child or child-in-law", "con nuôi/dâu/rể"),
            "parent": ("parent", "bố/mẹ"),
            "grandchild": ("grandchild", "cháu nội/ngoại"),
            "other": ("other", "khác"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "education",
        f"{CIRCULAR}; refused and unknown are our own",
        {
            "none": ("none", "chưa đi học"),
            "primary": ("primary", "tiểu học"),
            "lower_secondary": ("lower secondary", "trung học cơ sở"),
            "upper_secondary": ("upper secondary", "trung học phổ thông"),
            "vocational": ("vocational secondary", "trung cấp"),
            "college": ("college", "cao đẳng"),
            "university": ("university", "đại học"),
            "postgraduate": ("postgraduate", "trên đại học"),
            "refused": ("refused to say", "từ chối trả lời"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "residence",
        "Our own words: the official codes of the A0 book were not available",
        {
            "present": ("present", "đang cư trú"),
            "temporarily_away": ("temporarily away", "tạm vắng"),
            "temporary": ("temporary resident", "tạm trú"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "ethnicity",
        "The 54 of QĐ 121-TCTK/PPCĐ 1979, and 55, from memory of the list; verify before official print",
        {f"{n:02d}": (name, name) for n, name in enumerate(ETHNICITIES, 1)}
        | {"55": ("foreigner", "người nước ngoài")}
        | {"refused": ("refused to say", "từ chối trả lời"), "unknown": ("unknown", "không rõ")},
    ),
    CodeList(
        "household_type",
        "The two kinds of hộ dân cư that the commune's yearly report counts (Thông tư 01/2022/TT-BYT) by a secondary "
        "source, wording only",
        {"family": ("family household", "hộ gia đình"), "collective": ("collective household", "hộ tập thể")},
    ),
    CodeList(
        "birth_place",
        "Part III of the A0 book in a draft of Thông tư 01/2022/TT-BYT, wording only: a hospital is elsewhere; unknown "
        "is our own",
        {
            "health_station": ("health station of the commune", "trạm y tế"),
            "home": ("home", "tại nhà"),
            "elsewhere": ("elsewhere", "nơi khác"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "death_place",
        "Our own words: the P0 form leaves a line for notes",
        {
            "health_facility": ("health facility", "cơ sở y tế"),
            "home": ("home", "tại nhà"),
            "elsewhere": ("elsewhere", "nơi khác"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "contact",
        "Our own words",
        {"phone": ("phone", "điện thoại"), "email": ("email", "thư điện tử")},
    ),
    CodeList(
        "destination",
        "Our own words",
        {
            "inside_country": ("inside the country", "trong nước"),
            "abroad": ("abroad", "nước ngoài"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "whereabouts",
        "Our own words",
        {
            "abroad": ("gone abroad", "đã ra nước ngoài"),
            "unknown": ("whereabouts unknown", "không rõ nơi đến"),
        },
    ),
    CodeList(
        "unit_level",
        "NQ 202/2025/QH15: province and commune since 2025-07-01, district until then",
        {
            "province": ("province", "cấp tỉnh"),
            "district": ("district", "cấp huyện"),
            "commune": ("commune", "cấp xã"),
        },
    ),
    CodeList(
        "identifier",
        "Căn cước number of 12 digits; CMND of 9; BHYT card of 15 characters; BHXH number of 10 digits",
        {
            "pid": ("personal identification number", "số định danh cá nhân"),
            "cmnd": ("old identity card", "chứng minh nhân dân"),
            "bhyt": ("health insurance card", "thẻ bảo hiểm y tế"),
            "bhxh": ("social insurance number", "số bảo hiểm xã hội"),
        },
    ),
    CodeList(
        "contraceptive_method",
        "Thông tư 01/2022/TT-BYT, whose codes 1 to 7 are the first seven in this order, by two secondary sources that "
        "agree; code 8 for other methods is unverified",
        {
            "iud": ("intrauterine device", "vòng tránh thai"),
            "male_sterilisation": ("male sterilisation", "triệt sản nam"),
            "female_sterilisation": ("female sterilisation", "triệt sản nữ"),
            "condom": ("condom", "bao cao su"),
            "pill": ("pill", "thuốc uống"),
            "injection": ("injection", "thuốc tiêm"),
            "implant": ("implant", "thuốc cấy"),
            "other": ("other method", "biện pháp khác"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "pregnancy_event",
        "Thông tư 01/2022/TT-BYT, list 9 of the P0 form by a secondary source; a birth stands in list 1",
        {
            "pregnant": ("pregnant", "mang thai"),
            "miscarriage": ("miscarriage", "sảy thai"),
            "abortion": ("abortion", "phá thai"),
        },
    ),
    CodeList(
        "newborn_result",
        "Our own words: the P0 form names the five conditions only",
        {
            "normal": ("normal", "bình thường"),
            "at_risk": ("at risk", "có nguy cơ"),
            "done": ("screened, result not known", "đã sàng lọc, chưa rõ kết quả"),
            "not_done": ("not screened", "không sàng lọc"),
            "refused": ("refused", "từ chối"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "prenatal_result",
        "Normal, low and high from list 10 of the P0 form (Thông tư 01/2022/TT-BYT) by a secondary source; the others "
        "are our own words",
        {
            "normal": ("normal", "bình thường"),
            "low": ("low risk", "nguy cơ thấp"),
            "high": ("high risk", "nguy cơ cao"),
            "done": ("screened, result not known", "đã sàng lọc, chưa rõ kết quả"),
            "not_done": ("not screened", "không sàng lọc"),
            "refused": ("refused", "từ chối"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "prenatal_visit",
        "The visits of list 10 of the P0 form (Thông tư 01/2022/TT-BYT) by a secondary source",
        {
            "week_12": ("about week 12", "khoảng tuần thứ 12"),
            "week_21": ("about week 21", "khoảng tuần thứ 21"),
            "other": ("at another time", "thời điểm khác"),
        },
    ),
    CodeList(
        "care_place",
        "Our own words: the P0 form leaves a line for the place of service",
        {
            "health_station": ("health station of the commune", "trạm y tế"),
            "hospital": ("hospital", "bệnh viện"),
            "other_facility": ("other health facility", "cơ sở y tế khác"),
            "community": ("in the community", "tại cộng đồng"),
            "elsewhere": ("elsewhere", "nơi khác"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "disability",
        "Kinds of the Law on Persons with Disabilities of 2010, from memory; verify before official print",
        {
            "none": ("none", "không khuyết tật"),
            "movement": ("movement", "vận động"),
            "hearing_speech": ("hearing or speech", "nghe, nói"),
            "sight": ("sight", "nhìn"),
            "mental": ("neurological or mental", "thần kinh, tâm thần"),
            "intellectual": ("intellectual", "trí tuệ"),
            "other": ("other", "khác"),
            "several": ("several kinds", "nhiều dạng"),
            "refused": ("refused to say", "từ chối trả lời"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "disability_degree",
        "Degrees of the Law on Persons with Disabilities of 2010, from memory; verify before official print",
        {
            "very_severe": ("very severe", "đặc biệt nặng"),
            "severe": ("severe", "nặng"),
            "mild": ("mild", "nhẹ"),
            "refused": ("refused to say", "từ chối trả lời"),
            "unknown": ("unknown", "không rõ"),
        },
    ),
    CodeList(
        "unit_type",
        "The words of the catalogue of administrative units (National Statistics Office); the codes are our own",
        {
            "tinh": ("province", "tỉnh"),
            "thanh_pho": ("city", "thành phố"),
            "quan": ("urban district", "quận"),
            "huyen": ("rural district", "huyện"),
            "thi_xa": ("district-level town", "thị xã"),
            "phuong": ("ward", "phường"),
            "xa": ("rural commune", "xã"),
            "thi_tran": ("commune-level town", "thị trấn"),
            "dac_khu": ("special zone", "đặc khu"),
        },
    ),
    CodeList("note", "Our own words: what a fact leaves for an officer to look at", NOTES),
)

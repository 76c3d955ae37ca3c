"""Which values may a coded field take, what do they mean in both languages, and who defined them?

Every list names its source. Where the official code could not be read in an official text the list says so and
uses words of our own, which a later mapping can translate; nothing here is printed as an official code that is not.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list: `values` maps a stable code to its (English, Vietnamese) label."""

    name: str
    source: str
    values: dict[str, tuple[str, str]]


Sex = Literal["male", "female", "unknown"]
Marital = Literal["single", "married", "widowed", "divorced", "unknown"]
Relation = Literal["head", "spouse", "child", "adopted_or_in_law", "parent", "grandchild", "other", "unknown"]
Residence = Literal["present", "temporarily_away", "temporary", "unknown"]
Education = Literal[
    "none", "primary", "lower_secondary", "upper_secondary", "vocational", "college", "university",
    "postgraduate", "unknown",
]  # fmt: skip
BirthPlace = Literal["health_station", "home", "elsewhere", "unknown"]
DeathPlace = Literal["health_facility", "home", "elsewhere", "unknown"]
Destination = Literal["inside_country", "abroad", "unknown"]
HouseholdType = Literal["family", "collective"]
UnitLevel = Literal["province", "district", "commune"]
IdentifierType = Literal["pid", "cmnd", "bhyt", "bhxh"]
ContactType = Literal["phone", "email"]

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

CIRCULAR = "Thông tư 01/2022/TT-BYT (A0 book and P0 form), wording only; the printed codes were not available"

NOTES = {
    "birth-differs": (
        "the birth date told is not the one on record, which stays",
        "ngày sinh được báo khác với ngày đã ghi; giữ nguyên điều đã ghi",
    ),
    "household-without-head": ("the household has no head now: name one", "hộ chưa có chủ hộ: hãy báo chủ hộ mới"),
    "identifier-clash": ("somebody else bears the same number", "có người khác mang cùng số này"),
    "minor-head": ("the head is under 18", "chủ hộ chưa đủ 18 tuổi"),
    "mother-not-yet-registered": (
        "the mother came on the books only after that day",
        "người mẹ được đưa vào sổ sau ngày này",
    ),
    "mother-sex-unknown": ("the mother's sex is not recorded", "chưa ghi giới tính của người mẹ"),
    "related-union": (
        "the two are recorded as mother and child, or as children of one mother",
        "hai người được ghi là mẹ con hoặc con cùng mẹ",
    ),
    "sex-differs": (
        "the sex told is not the one on record, which stays",
        "giới tính được báo khác với điều đã ghi; giữ nguyên điều đã ghi",
    ),
    "under-age-union": ("one of the two is under the legal age", "một trong hai người chưa đủ tuổi kết hôn"),
}
"""What a rule leaves in a fact for an officer to look at."""

CODE_LISTS = (
    CodeList(
        "sex",
        "QCVN 109:2017/BTTTT (0 no information, 1 male, 2 female)",
        {"male": ("male", "nam"), "female": ("female", "nữ"), "unknown": ("unknown", "không rõ")},
    ),
    CodeList(
        "marital",
        CIRCULAR,
        {
            "single": ("never married", "chưa kết hôn"),
            "married": ("married", "đang có vợ/chồng"),
            "widowed": ("widowed", "góa"),
            "divorced": ("divorced", "ly hôn"),
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
        CIRCULAR,
        {
            "none": ("none", "chưa đi học"),
            "primary": ("primary", "tiểu học"),
            "lower_secondary": ("lower secondary", "trung học cơ sở"),
            "upper_secondary": ("upper secondary", "trung học phổ thông"),
            "vocational": ("vocational", "trung cấp"),
            "college": ("college", "cao đẳng"),
            "university": ("university", "đại học"),
            "postgraduate": ("postgraduate", "trên đại học"),
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
        "QĐ 121-TCTK/PPCĐ 1979, from memory of the list; verify before official print",
        {f"{n:02d}": (name, name) for n, name in enumerate(ETHNICITIES, 1)}
        | {"55": ("foreigner", "người nước ngoài"), "unknown": ("unknown", "không rõ")},
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
    CodeList("note", "Our own words: what a fact leaves for an officer to look at", NOTES),
)

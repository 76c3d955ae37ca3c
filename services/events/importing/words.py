"""Which word of a book stands for which code? The labels of the code lists, and how people write them besides."""

import re
from functools import lru_cache

from contracts.codes import CODE_LISTS, METHOD_CODES
from kit.diacritics import fold

_NOT_LETTERS = re.compile(r"[^0-9a-z]+")

ALSO: dict[str, dict[str, str]] = {
    "sex": {"trai": "male", "m": "male", "gai": "female", "f": "female", "1": "male", "2": "female", "0": "unknown"},
    "marital": {
        "chuaketon": "single",
        "docthan": "single",
        "chuacovochong": "single",
        "chuavochong": "single",
        "chualapgiadinh": "single",
        "covo": "married",
        "cochong": "married",
        "covochong": "married",
        "dangcovo": "married",
        "dangcochong": "married",
        "daketon": "married",
        "dakethon": "married",
        "dalapgiadinh": "married",
        "cogiadinh": "married",
        "dacogiadinh": "married",
        "kethon": "married",
        "goavo": "widowed",
        "goachong": "widowed",
        "dalyhon": "divorced",
        "lydi": "divorced",
        "dalythan": "separated",
        "lihon": "divorced",
    },
    "relation": {
        "vo": "spouse",
        "chong": "spouse",
        "con": "child",
        "contrai": "child",
        "congai": "child",
        "connuoi": "adopted_or_in_law",
        "condau": "adopted_or_in_law",
        "conre": "adopted_or_in_law",
        "dau": "adopted_or_in_law",
        "re": "adopted_or_in_law",
        "daure": "adopted_or_in_law",
        "condaure": "adopted_or_in_law",
        "condauconre": "adopted_or_in_law",
        "bo": "parent",
        "me": "parent",
        "cha": "parent",
        "bode": "parent",
        "mede": "parent",
        "chame": "parent",
        "ma": "parent",
        "bama": "parent",
        "bochong": "parent",
        "mechong": "parent",
        "bovo": "parent",
        "mevo": "parent",
        "chaunoi": "grandchild",
        "chaungoai": "grandchild",
        "nguoikhac": "other",
        # Whom no other code means. `Cháu` alone may be a grandchild or a niece, `ba` a father or (`bà`) a grandmother.
        **dict.fromkeys(("ong", "ongba", "ongnoi", "ongngoai", "banoi", "bangoai", "chat"), "other"),
        **dict.fromkeys(("anh", "chi", "em", "anhchiem", "anhtrai", "chigai", "emtrai", "emgai"), "other"),
        **dict.fromkeys(("hohang", "giupviec", "nguoigiupviec"), "other"),
    },
    "education": {
        "khongdihoc": "none",
        "muchu": "none",
        "chuabietchu": "none",
        "th": "primary",
        "cap1": "primary",
        "capi": "primary",
        "thcs": "lower_secondary",
        "cap2": "lower_secondary",
        "capii": "lower_secondary",
        "thpt": "upper_secondary",
        "cap3": "upper_secondary",
        "capiii": "upper_secondary",
        "tc": "vocational",
        "tccn": "vocational",
        "trungcapnghe": "vocational",
        "cd": "college",
        "dh": "university",
        "thacsi": "postgraduate",
        "tiensi": "postgraduate",
        "saudaihoc": "postgraduate",
    },
    "residence": {
        "thuongtru": "present",
        "comat": "present",
        "dango": "present",
        "vangmat": "temporarily_away",
    },
    "ethnicity": {
        # Cao Lan and Sán Chỉ are names of the Sán Chay, and Hán one of the Hoa, in the list itself.
        "caolan": "15",
        "sanchi": "15",
        "han": "04",
        "hmong": "08",
        "meo": "08",
        "gialai": "10",
        "jrai": "10",
        "ede": "12",
        "bahnar": "13",
        "xedang": "14",
        "khome": "05",
        "khmerkrom": "05",
        "koho": "16",
        "kho": "16",
        "mnong": "20",
        "raglai": "21",
        "stieng": "22",
        "xtieng": "22",
        "brouvankieu": "23",
        "vankieu": "23",
        "kinhviet": "01",
        "viet": "01",
        "ngoaiquoc": "55",
    },
    "contraceptive_method": METHOD_CODES
    | {
        "vong": "iud",
        "datvong": "iud",
        "dctc": "iud",
        "dungcutucung": "iud",
        "iud": "iud",
        "bcs": "condom",
        "bao": "condom",
        "thuocvien": "pill",
        "vientranhthai": "pill",
        "tiem": "injection",
        "cay": "implant",
        "quecay": "implant",
        "khac": "other",
    },
    "pregnancy_event": {"cothai": "pregnant", "saythai": "miscarriage", "nao": "abortion", "naophathai": "abortion"},
    "newborn_result": {
        "amtinh": "normal",
        "duongtinh": "at_risk",
        "nghingo": "at_risk",
    },
    "prenatal_result": {"thap": "low", "cao": "high"},
    "prenatal_visit": {"12": "week_12", "21": "week_21", "tuan12": "week_12", "tuan21": "week_21"},
    # A birth in hospital took place neither at the health station of the commune nor at home.
    "birth_place": {"tyt": "health_station", "tramytexa": "health_station", "onha": "home", "nha": "home"}
    | dict.fromkeys(("bv", "benhvien", "nhahosinh", "phongkham"), "elsewhere"),
    "death_place": {"onha": "home", "nha": "home"}
    | dict.fromkeys(("bv", "benhvien", "tyt", "tramyte", "tramytexa", "phongkham"), "health_facility"),
    "care_place": {"tyt": "health_station", "tramytexa": "health_station", "bv": "hospital"},
    "destination": {
        "ngoainuoc": "abroad",
        "quocte": "abroad",
        "trongtinh": "inside_country",
        "ngoaitinh": "inside_country",
    },
}
"""Words of books and forms that are no label, folded; spellings and abbreviations only, never a judgement."""

UNSAID = frozenset({"khongbiet", "kobiet", "chuaro", "khongro", "unknown", "kxd", "khongxacdinh"})


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Reduce words to bare letters and digits: `Hộ số (1)` gives `hoso1`."""
    return _NOT_LETTERS.sub("", fold(text.lower()))


def labels(name: str) -> dict[str, tuple[str, str]]:
    """Give a list's codes with their English and Vietnamese labels."""
    return next(known.values for known in CODE_LISTS if known.name == name)


@lru_cache(maxsize=64)
def vocabulary(name: str) -> dict[str, str]:
    """Give every word that stands for a code of a list, folded."""
    found: dict[str, str] = {}
    for code, pair in labels(name).items():
        found |= dict.fromkeys([plain(code), *map(plain, pair)], code)
    if "unknown" in labels(name):
        found |= dict.fromkeys(UNSAID, "unknown")
    return found | ALSO.get(name, {})

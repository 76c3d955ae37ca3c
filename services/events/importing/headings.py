"""Which columns do books and lists share, and under which headings are they found?

Headings are those of the A0 book and the P0 form (Thông tư 01/2022/TT-BYT, wording only) and ways in which people
shorten them; they are compared without marks, capitals, blanks and signs.
"""

from typing import Any

from services.events.importing import cells, digits
from services.events.importing.columns import Column
from services.events.importing.faults import Misfit

AREA = Column("area", ("Area", "Địa bàn"), cells.text, ("Địa bàn số", "Mã địa bàn", "Area id", "ĐB"))
NUMBER = Column(
    "household_number",
    ("Household number", "Hộ số"),
    cells.household_number,
    ("Số hộ", "Mã hộ", "Household", "Household no", "Hộ", "Số thứ tự hộ"),
)
SHEET = Column("sheet", ("Sheet", "Phiếu số"), cells.sheet_number, ("Phiếu", "Tờ", "Tờ số", "Sheet number"))
LINE = Column("line", ("Line", "TT"), cells.number, ("STT", "Số TT", "Số thứ tự", "No", "Line number"))
NAME = Column("name", ("Full name", "Họ và tên"), cells.text, ("Họ tên", "Tên", "Name", "Họ và tên nhân khẩu"))
HEALTH_CARD = Column(
    "bhyt",
    ("Health insurance card", "Mã đối tượng (số thẻ BHYT)"),
    digits.person_key,
    ("Số thẻ BHYT", "BHYT", "Thẻ BHYT", "Mã thẻ BHYT", "Mã BHYT", "Số BHYT", "Mã đối tượng", "Health card"),
)
PERSONAL_NUMBER = Column(
    "pid",
    ("Personal number", "Số định danh cá nhân"),
    digits.personal_number,
    ("Số định danh", "CCCD", "Số CCCD", "Căn cước", "Số căn cước", "Căn cước công dân", "Mã định danh", "PID"),
)
OLD_CARD = Column(
    "cmnd",
    ("Old identity card", "Số CMND"),
    digits.old_card,
    ("CMND", "Chứng minh nhân dân", "Số chứng minh nhân dân"),
)
INSURANCE = Column(
    "bhxh",
    ("Social insurance number", "Số BHXH"),
    digits.insurance_number,
    ("BHXH", "Mã số BHXH", "Mã BHXH", "Số sổ BHXH"),
)
RELATION = Column(
    "relation",
    ("Relation to head", "Quan hệ với chủ hộ"),
    cells.coded("relation"),
    ("Quan hệ", "QH với chủ hộ", "Relation", "Relationship"),
    codes="relation",
)
SEX = Column("sex", ("Sex", "Giới tính"), cells.coded("sex"), ("Giới", "Nam/Nữ", "Gender", "Phái"), codes="sex")
MALE = Column("male", ("Male", "Nam"), cells.mark_or_date, ("Ngày sinh nam", "Năm sinh nam", "Date of birth male"))
FEMALE = Column("female", ("Female", "Nữ"), cells.mark_or_date, ("Ngày sinh nữ", "Năm sinh nữ", "Date of birth female"))
BIRTH = Column(
    "birth",
    ("Date of birth", "Ngày sinh"),
    cells.partial_date,
    ("Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "Birth date", "Birthday", "Born"),
)
ETHNICITY = Column(
    "ethnicity", ("Ethnicity", "Dân tộc"), cells.ethnicity_reader(), ("Ethnic group", "DT"), codes="ethnicity"
)
EDUCATION = Column(
    "education",
    ("Education", "Trình độ học vấn"),
    cells.coded("education"),
    ("Học vấn", "Trình độ", "TĐHV", "Trình độ văn hóa"),
    codes="education",
)
MARITAL = Column(
    "marital",
    ("Marital status", "Tình trạng hôn nhân"),
    cells.coded("marital"),
    ("Hôn nhân", "TTHN", "Marital"),
    codes="marital",
)
RESIDENCE = Column(
    "residence",
    ("Residence status", "Tình trạng cư trú"),
    cells.coded("residence"),
    ("Cư trú", "TTCT", "Residence"),
    codes="residence",
)
DISABILITY = Column(
    "disability",
    ("Disability", "Khuyết tật"),
    cells.coded("disability"),
    ("Dạng khuyết tật", "Dạng tật"),
    codes="disability",
)
DEGREE = Column(
    "disability_degree",
    ("Degree of disability", "Mức độ khuyết tật"),
    cells.coded("disability_degree"),
    ("Mức khuyết tật",),
    codes="disability_degree",
)
OCCUPATION = Column("occupation", ("Occupation", "Nghề nghiệp"), cells.text, ("Nghề",))
PHONE = Column("phone", ("Phone", "Điện thoại"), digits.phone, ("Số điện thoại", "SĐT", "ĐT"))
BIRTH_ORDER = Column(
    "birth_order",
    ("Birth order", "Con thứ"),
    cells.number,
    ("Là con thứ", "Thứ tự sinh", "Lần sinh", "Con thứ mấy", "Sinh con lần thứ"),
)
NUMBERS = ("pid", "cmnd", "bhyt", "bhxh")
"""Columns of numbers, named after the type that each brings; `bhyt` tells by its shape which it is."""


def numbers_of(values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Give a row's numbers by type: the column and the number; raises Misfit for two of one type."""
    found: dict[str, tuple[str, str]] = {}
    for column in NUMBERS:
        if column not in values:
            continue
        told = values[column]
        kind, number = told if isinstance(told, tuple) else (column, told)
        if found.setdefault(kind, (column, number))[1] != number:
            raise Misfit(column, "number-twice")
    return found

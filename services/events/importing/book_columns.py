"""Which columns does an A0 book have?"""

from services.events.importing import cells
from services.events.importing import headings as head
from services.events.importing.columns import Column

ADDRESS = Column("address", ("Address", "Địa chỉ hộ"), cells.text, ("Địa chỉ", "Nơi ở", "Chỗ ở"))
TYPE = Column(
    "household_type",
    ("Household type", "Loại hộ"),
    cells.coded("household_type"),
    ("Hộ gia đình/tập thể", "Type"),
    codes="household_type",
)
ON = Column(
    "on", ("Registered on", "Ngày đăng ký"), cells.whole_date, ("Ngày lập phiếu", "Ngày lập sổ", "Ngày vào sổ", "Date")
)
MOTHER = Column(
    "mother_line", ("Line of the mother", "TT của mẹ"), cells.number, ("Dòng của mẹ", "TT mẹ", "STT của mẹ")
)
COLUMNS = (
    head.AREA,
    head.NUMBER,
    head.SHEET,
    TYPE,
    ADDRESS,
    ON,
    head.LINE,
    head.HEALTH_CARD,
    head.PERSONAL_NUMBER,
    head.OLD_CARD,
    head.INSURANCE,
    head.NAME,
    head.RELATION,
    head.SEX,
    head.MALE,
    head.FEMALE,
    head.BIRTH,
    head.ETHNICITY,
    head.EDUCATION,
    head.MARITAL,
    head.RESIDENCE,
    head.OCCUPATION,
    head.PHONE,
    head.BIRTH_ORDER,
    head.DISABILITY,
    head.DEGREE,
    MOTHER,
)
NEEDED = (head.NUMBER,)
OF_HOUSEHOLD = ("household_type", "address", "on")
OF_NOBODY = frozenset({"area", "household_number", "sheet", "line", *OF_HOUSEHOLD})
WORDS = frozenset({"area", "name", "address", "occupation", "phone"})
"""Columns that take any words, also those of whoever signs below a table."""
PLAIN = (
    "birth",
    "relation",
    "marital",
    "ethnicity",
    "education",
    "residence",
    "occupation",
    "birth_order",
    "disability",
    "disability_degree",
)

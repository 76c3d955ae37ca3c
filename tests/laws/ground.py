"""On which units and areas do the histories begin?"""

PROVINCE, SECOND_PROVINCE = "30-20190101", "31-20190101"
DISTRICT = "300-20190101"
COMMUNES = ("10525-20190101", "10507-20190101", "11300-20190101")
AREAS = (*(f"{commune}-001" for commune in COMMUNES), f"{COMMUNES[0]}-002")

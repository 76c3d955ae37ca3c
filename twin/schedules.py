"""How often does what happen, and what do households look like? Published figures with their source; the rest says so.

Thin on purpose: enough for a believable commune, no forecast. Rates are per 1,000 people and year.
"""

# General Statistics Office, 2024: crude birth rate 13.5, crude death rate 5.6, sex ratio at birth 111.4.
BIRTHS = 13.5
DEATHS = 5.6
BOYS = 111.4 / 211.4

# Our judgement, no published figure: orders of magnitude that keep a commune lively.
MARRIAGES = 6.0
DIVORCES = 0.7
MOVES_INSIDE = 8.0
MOVES_BETWEEN_COMMUNES = 8.0
ARRIVALS = 6.0
DEPARTURES = 4.0
DEPARTURES_ABROAD = 1.5
HOUSEHOLD_MOVES = 1.5
CONTRACEPTION_STARTED = 10.0
CONTRACEPTION_STOPPED = 8.0
PREGNANCIES = 13.0
MISCARRIAGES = 1.0
PRENATAL_SCREENINGS = 12.0
HEALTH_CHECKS = 10.0
COUPLE_CHECKS = 2.0
CHANGES_OF_WORK = 8.0
ABSENCES = 4.0
DISABILITIES = 1.0
INSURED = 4.0
INSURANCE_ENDS = 1.0
SEPARATIONS = 0.5
RECONCILIATIONS = 0.2
SPLITS = 1.0
SECOND_SHEETS = 1.0
MERGERS = 0.3
DISSOLUTIONS = 0.1
REVIEWS = 20.0

# Ministry of Culture, 2014, 20.97 million families: shares by kind of family in percent.
FAMILIES = {
    "couple_and_children": 55.3,
    "three_generations": 20.7,
    "couple": 8.4,
    "mother_and_children": 6.8,
    "father_and_children": 3.0,
    "alone": 3.1,
    "grandparent_and_grandchild": 2.7,
}

# Children who live at home, our judgement: with the shares above a household has 3.8 people, as the registers of
# Hải Dương (3.80) and Hải Phòng (3.84) have.
CHILDREN = (1, 2, 3)
CHILDREN_WEIGHTS = (0.25, 0.5, 0.25)

# Ages at the mother's first birth and years between children, our judgement around a mean age at first marriage of
# women of 23.0 (General Statistics Office, 2016); husbands are 2.9 years older (standard deviation 3.2).
FIRST_BIRTH = (20, 21, 22, 23, 24, 24, 25, 25, 26, 27, 28, 30)
SPACING = (2, 3, 3, 4, 5, 6)
HUSBAND_OLDER = (2.9, 3.2)
GENERATION = (27.0, 4.5)
OLDEST_CHILD_AT_HOME = 27

# Chance of a woman to be the mother of the next child, by age: percent of the total fertility rate in five-year
# groups, rounded from the late pattern of the General Statistics Office, which peaks at 25 to 29.
MOTHERS = {15: 0.04, 20: 0.22, 25: 0.34, 30: 0.24, 35: 0.12, 40: 0.04}

# Mortality doubles about every eight years of age (Gompertz); only the shape matters, the number comes from DEATHS.
DEATH_DOUBLES = 8.0
OLDEST = 100

OCCUPATIONS = (
    "Công nhân", "Nông dân", "Giáo viên", "Buôn bán", "Lái xe", "Thợ xây", "Nhân viên văn phòng", "Y tá", "Thợ may",
)  # fmt: skip

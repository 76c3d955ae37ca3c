"""How often does what happen? Published figures with their source; the rest says that it is our judgement.

Chances are in millionths a year, by age where an age decides; seasons are percent of the yearly mean by month.
"""

import numpy as np

from twin.names import SEXES
from twin.tables import column

MONTHS = 12

# Deaths: UN World Population Prospects 2024, Viet Nam 2024, by single age, scaled to the life expectancies of the two
# provinces (men 72.5, women 77.6 years). Births: its pattern by single age with the fertility of Hải Dương, 2.16
# children on average of 2022 to 2024. Moves: the model of Rogers and Castro with its standard parameters. See
# reference/README.md.
DEATHS = np.stack([column("rates_by_age.csv", f"deaths_{sex}") for sex in SEXES])
BIRTHS = column("rates_by_age.csv", "births")
MOVES = column("rates_by_age.csv", "moves")
OLDEST = len(BIRTHS) - 1

# General Statistics Office, 2024: 111.4 boys for 100 girls at birth.
BOYS = 526_963

# No more than so many women who have a husband can have a child in a year: natural fertility of women of 20 to 24 in
# the model of Coale and Trussell (1974), 0.460.
MOST_FERTILE = 460_000

# What follows is our judgement: orders of magnitude that keep a commune lively, seasons around the lunar new year.
BIRTH_SEASON = (98, 92, 94, 93, 95, 97, 101, 106, 109, 108, 104, 103)
WEDDING_SEASON = (150, 90, 90, 80, 75, 60, 45, 60, 80, 130, 160, 180)
MOVING_SEASON = (70, 120, 130, 105, 95, 100, 110, 120, 110, 90, 80, 70)
# A pregnancy is known to the collaborator for four births in five, from the third month on.
KNOWN_PREGNANCIES, LOST_A_MONTH = 800_000, 25_000
# First marriages of women by age, in the shape of Coale and McNeil around a mean of 23.0 years (General Statistics
# Office, 2016): chances of those who are free. Under the legal age of 18 so many that 9.1 % have married by then (of
# the women of 20 to 24, census of 2019).
BRIDES = np.zeros(OLDEST + 1, dtype=np.int64)
BRIDES[15], BRIDES[16], BRIDES[17] = 10_000, 30_000, 53_000
BRIDES[18:20], BRIDES[20:22], BRIDES[22:27], BRIDES[27:31] = 60_000, 150_000, 250_000, 200_000
BRIDES[31:36], BRIDES[36:45] = 110_000, 35_000
DIVORCES = 3_000
SEPARATIONS, RECONCILIATIONS = 2_600, 150_000
# Shares of the schedule of moves for those who are free to go alone, and chances of households.
INSIDE, BETWEEN, DEPARTURES, ABROAD = 90, 60, 105, 60
HOUSEHOLD_MOVES, ARRIVALS, HOMECOMINGS = 5_500, 14_000, 60_000
CONTRACEPTION_STARTED, CONTRACEPTION_STOPPED = 60_000, 200_000
PRENATAL_SCREENINGS = 3_000_000
NEWBORNS_SCREENED = 850_000
HEALTH_CHECKS = 350_000
COUPLE_CHECKS = 300_000  # for each marriage
CHANGES_OF_WORK, ABSENCES, DISABILITIES = 14_000, 7_000, 7_000
INSURED, INSURANCE_ENDS = 10_000, 250_000
SPLITS, SECOND_SHEETS, MERGERS, DISSOLUTIONS, REVIEWS = 6_000, 12_000, 10_000, 15_000, 76_000

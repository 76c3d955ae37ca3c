"""Does whatever is about one person stand in one part, and is a score of parts that of the whole?"""

from contextlib import ExitStack

from twin.errors.truth import Double, Household, Person, Span
from twin.score import score
from twin.scoring.beliefs import Beliefs, Believed, Home
from twin.scoring.parts import Parts
from twin.scoring.truths import collect

TRUE = [Person(f"person {number}", "resident", "female", "1990-05-05", area="here") for number in range(200)]
DOUBLES = [Double(f"double {number}", f"person {number}") for number in range(50)]
BELIEVED = [Believed(one.person, "here", "female", "1990-05-05") for one in TRUE[20:]]
BELIEVED += [Believed(double.person, "here", "male", "1990-05-05") for double in DOUBLES]

HOMES = [Household(f"home {number}", "here", number=str(number)) for number in range(100)]
KNOWN = [Home(one.household, "here", number="7") for one in HOMES[10:]]


def test_a_score_of_parts_is_that_of_the_whole() -> None:
    until = Span("2025-06-30")
    whole = score(collect([*TRUE, *HOMES, *DOUBLES, until]), Beliefs({"here"}, BELIEVED, households=KNOWN))
    with ExitStack() as files:
        parts = Parts(files)
        truths = collect([*TRUE, *HOMES, *DOUBLES, until], parts.true)
        for record in BELIEVED:
            parts.believed(truths.who(record.id), record)
        for home in KNOWN:
            parts.believed(home.id, home)
        assert not truths.persons
        assert not truths.households
        assert len([true for true, _ in parts if true.persons and true.households]) > 1
        found = score(truths, Beliefs({"here"}), parts=parts)
    assert found.counts() == whole.counts()
    assert (len(found.people.doubled), len(found.people.missed), len(found.people.wrong["sex"])) == (30, 0, 20)
    assert (len(found.households.found), len(found.households.missed)) == (90, 10)
    assert len(found.households.wrong["number"]) == 90

"""What do a registration, a household's move and a change of head do, and when can they not be?"""

from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from contracts.calendar import later_than
from contracts.household import HouseholdState
from contracts.kinds.household import Description, HouseholdHeadChanged, HouseholdMoved, HouseholdRegistered
from contracts.person import PersonState, Transit
from services.events.rules.coming import elsewhere
from services.events.rules.numbers import doubts
from services.events.rules.personal import kept
from services.events.state.refold import Effect
from services.events.state.view import Tail, View
from services.events.state.world import Contradiction, State, World

ADULT = 18
# The ages of the lists of the P0 form (Thông tư 01/2022/TT-BYT).
CHILDBEARING = range(15, 50)
# Years from a mother's year of birth to her child's: she was as old, or a year younger.
_SURELY = range(16, 50)
# Days are compared as text, so no month needs to have it.
_LAST_DAY = "YYYY-12-31"
ENDED = {"dead", "merged"}
HEADLESS, OF_TWO = "household-without-head", "spouse-of-two"
OF_A_MAN = "pregnancy-of-a-man"


def full_years(birth: str | None, day: str) -> int | None:
    """Count the full years between a birth date and a day, as far as the date is known (the highest possible).

    Who was born on 29 February completes a year at the end of February.
    """
    if birth is None:
        return None
    reached = "02-29" if day[5:] == "02-28" and not isleap(int(day[:4])) else day[5:]
    return int(day[:4]) - int(birth[:4]) - (reached[: len(birth[5:])] < birth[5:])


def without(person: PersonState, view: View) -> tuple[tuple[State, ...], tuple[str, ...]]:
    """Give the household that somebody leaves without its head, where she was the head."""
    if person.household is None:
        return (), ()
    home = view.household(person.household)
    if home.head != person.id:
        return (), ()
    return (msgspec.structs.replace(home, head=None),), (HEADLESS,)


def joining(person: PersonState, home: HouseholdState, relation: str) -> PersonState:
    """Let somebody stand in a household, on no sheet of it as yet."""
    return msgspec.structs.replace(
        person, status="resident", household=home.id, area=home.area, relation=relation, sheet=None, transit=None
    )


def leaving(person: PersonState, status: str, transit: Transit | None = None) -> PersonState:
    """Let somebody stand nowhere."""
    return msgspec.structs.replace(person, status=status, household=None, area=None, sheet=None, transit=transit)


def departing(person: PersonState, destination: str, day: str, place: str | None) -> PersonState:
    """Let somebody go: abroad she is outside, otherwise in transit until she arrives."""
    if destination == "abroad" or person.area is None:
        return leaving(person, "outside" if destination == "abroad" else "in_transit")
    return leaving(person, "in_transit", Transit(person.area, day, place))


def headless(home: HouseholdState) -> tuple[str, ...]:
    """Leave a task where somebody joins a household that has no head."""
    return (HEADLESS,) if home.head is None else ()


def called_head(home: HouseholdState, *people: PersonState) -> tuple[str, ...]:
    """Leave a task where somebody who joins or lives in a household is told as its head, and is not on record as it."""
    return ("told-as-head",) if any(one.relation == "head" and one.id != home.head for one in people) else ()


def left_headless(tails: Mapping[str, Tail], world: World) -> tuple[str, ...]:
    """Leave a task where what is told late, put right or taken back leaves a household without its head: a later cause
    takes her away, or the household, which had ended or was not there, comes back without her.
    """
    for household, tail in tails.items():
        row = world.row(household)
        before, after = None if row is None else row.state, tail.steps[-1][3] if tail.steps else tail.before
        if _lacks_head(after) and not _lacks_head(before):
            return (HEADLESS,)
    return ()


def _lacks_head(state: State | None) -> bool:
    return isinstance(state, HouseholdState) and state.status == "active" and state.head is None


def young(head: PersonState, day: str) -> tuple[str, ...]:
    """Note a head who is no adult, as far as the birth date is known."""
    years = full_years(head.birth, day)
    return ("minor-head",) if years is not None and years < ADULT else ()


def outside_childbearing(woman: PersonState, day: str) -> Iterator[str]:
    """Note a woman who can be of none of the ages of childbearing on a day."""
    years = full_years(woman.birth, day)
    if years is None or woman.birth is None or years in CHILDBEARING:
        return
    # Of a birth known to the month or the year the highest age is counted; by its last day she may be younger.
    if full_years(woman.birth + _LAST_DAY[len(woman.birth) :], day) not in CHILDBEARING:
        yield "outside-childbearing-age"


def _mothers(people: Iterable[PersonState]) -> list[str]:
    """Note who is told as the mother of another on the same sheet and can hardly be, as far as the day is known."""
    notes: list[str] = []
    for child in people:
        if child.mother is None:
            continue
        for mother in people:
            if mother.id == child.mother:
                notes += _as_mother(mother, child.birth)
    return notes


def _as_mother(mother: PersonState, born: str | None) -> Iterable[str]:
    if mother.sex == "male":
        return (OF_A_MAN,)
    if born is None or len(born) < len(_LAST_DAY) or mother.birth is None:
        return ()
    # Years alone tell it of nearly all.
    return () if int(born[:4]) - int(mother.birth[:4]) in _SURELY else outside_childbearing(mother, born)


def each_once(*notes: Iterable[str]) -> tuple[str, ...]:
    """Put notes together, each once."""
    return tuple(dict.fromkeys(note for some in notes for note in some))


def member(person: str, household: str, view: View) -> PersonState:
    """Give the state of somebody who must live in a household, or whose coming is waited for."""
    state = view.person(person)
    if state.household != household:
        raise elsewhere(state, "not-a-member", view, household)
    return state


def described(told: Description, person: str, household: str, area: str, view: View) -> PersonState:
    """Bring somebody new to the books to life, as a sheet or an arrival describes her."""
    spouse = told.spouse
    if told.mother == person:
        raise Contradiction("own-mother")
    if spouse == person:
        raise Contradiction("own-spouse")
    if spouse is not None:
        # What became of the spouse since, a death above all, must be looked at again.
        view.find_person(spouse)
    said = told.__dict__
    # By place and from the dictionary: by name, and from attributes, it takes three times as long, a person on a sheet.
    return PersonState(
        person,
        "resident",
        said["sex"],
        said["birth"],
        household,
        area,
        said["marital"],
        spouse,
        said["mother"],
        said["birth_order"],
        said["relation"],
        said["ethnicity"],
        said["education"],
        said["residence"],
        said["occupation"],
        kept(said["personal"]),
        None,
        said["disability"],
        said["disability_degree"],
    )


def married_elsewhere(view: View, *people: PersonState) -> tuple[str, ...]:
    """Note who is told as the spouse of somebody who is married to another one by the record."""
    for one in people:
        spouse = view.find_person(one.spouse) if one.spouse is not None else None
        if spouse is not None and spouse.status not in ENDED and spouse.spouse not in {None, one.id}:
            return (OF_TWO,)
    return ()


def registered(event: HouseholdRegistered, view: View) -> Effect:
    """Put a household and its members on the books; nobody may be there already."""
    area, household, on, members = view.unit(event.area).id, event.household, event.on, event.members
    view.fresh(household)
    people: list[PersonState] = []
    if any(member.person == household for member in members):
        raise Contradiction("not-a-person")
    for member in members:
        person = member.person
        view.fresh(person)
        if later_than(member.birth, on):
            raise Contradiction("born-after-event")
        people.append(described(member, person, household, area, view))
    home = HouseholdState(
        id=household,
        area=area,
        number=event.number,
        sheet=event.sheet,
        type=event.type,
        head=event.head,
        personal=kept(event.personal),
    )
    notes = (HEADLESS,) if members and event.head is None else ()
    return (home, *people), each_once(
        notes, called_head(home, *people), *map(doubts, people), married_elsewhere(view, *people), _mothers(people)
    )


def moved(event: HouseholdMoved, view: View) -> Effect:
    """Bring a household and everybody in it to another area, or to another number or address of its own."""
    home = view.household(event.household)
    area = view.unit(event.area).id
    there = msgspec.structs.replace(
        home,
        area=area,
        number=home.number if event.number is None and home.area == area else event.number,
        sheet=home.sheet if event.sheet is None and home.area == area else event.sheet,
        personal=home.personal if event.personal is None and home.area == area else kept(event.personal),
    )
    if there == home:
        raise Contradiction("already-there", *view.since(home.id, area=area))
    members = view.members(event.household)
    return (there, *(msgspec.structs.replace(member, area=area) for member in members)), ()


def head_changed(event: HouseholdHeadChanged, view: View) -> Effect:
    """Make somebody who lives in the household its head, and say how the others stand to the new head.

    Of who has not moved in yet it waits for that.
    """
    home = view.household(event.household)
    relations = {one.person: str(one.relation) for one in event.members}
    people = {person: member(person, home.id, view) for person in (event.head, *relations)}
    head = people[event.head]
    if home.head == head.id:
        raise Contradiction("already-head", *view.since(home.id, head=head.id))
    former = view.find_person(home.head) if home.head is not None else None
    if former is not None and former.household == home.id:
        relations.setdefault(former.id, event.former_relation)
    relations[head.id] = "head"
    told = [msgspec.structs.replace(view.person(one), relation=relation) for one, relation in relations.items()]
    headed = msgspec.structs.replace(home, head=head.id)
    return (headed, *told), each_once(young(head, event.on), called_head(headed, *told))

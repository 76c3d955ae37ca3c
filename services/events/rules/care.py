"""What do screenings, contraception, pregnancies and health checks do, and when can they not be?

Somebody dead, not resident or not yet born cannot be meant, nor a man be pregnant; the same kind told for one day twice
is one event. All else that looks odd is recorded and noted.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from contracts.care import (
    Care,
    Contraception,
    HealthCheck,
    NewbornScreening,
    Pregnancy,
    PremaritalCheck,
    PrenatalScreening,
)
from contracts.event import Dated
from contracts.fact import position_of
from contracts.kinds.care import (
    NEWBORN_CONDITIONS,
    PRENATAL_CONDITIONS,
    CoupleChecked,
    PersonContraceptionStarted,
    PersonContraceptionStopped,
    PersonHealthChecked,
    PersonNewbornScreened,
    PersonPregnancyReported,
    PersonPrenatallyScreened,
)
from contracts.kinds.vital import PersonBorn
from contracts.person import PersonState
from services.events.rules.coming import elsewhere
from services.events.rules.household import OF_A_MAN, full_years, outside_childbearing
from services.events.rules.identity import living
from services.events.rules.union import UNITED
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import NEVER, Contradiction

# The ages of the lists are those of the P0 form (Thông tư 01/2022/TT-BYT).
OLDER = 60
NEWBORN_DAYS = 28
_DAY = len("YYYY-MM-DD")
NO_CARE = Care()


def resident(entity: str, view: View) -> PersonState:
    """Give somebody who is alive and lives on the books, or whose arrival is waited for."""
    person = living(entity, view)
    if person.status != "resident":
        raise elsewhere(person, "not-resident", view)
    return person


def newborn_screened(event: PersonNewbornScreened, view: View) -> Effect:
    """Add the results of a screening to those that are known of the child."""
    child = resident(event.person, view)
    care = child.care or NO_CARE
    known = care.newborn
    if known is not None and known.on == event.on:
        raise _told_already(event, view)
    told = _told(event, NEWBORN_CONDITIONS)
    notes = [] if known is None or _adds(known, told) else ["screened-already"]
    if _days_old(child, event.on) > NEWBORN_DAYS:
        notes.append("beyond-newborn-age")
    found = NewbornScreening(event.on) if known is None else known
    found = msgspec.structs.replace(found, on=event.on, place=event.place, **told)
    return (_with(child, newborn=found),), tuple(notes)


def contraception_started(event: PersonContraceptionStarted, view: View) -> Effect:
    """Put a method in use; one that is in use already keeps its first day, another one is replaced."""
    user = resident(event.person, view)
    used = _in_use(user)
    if used is not None and used.since == event.on:
        raise _told_already(event, view)
    notes = (*_user_notes(user, event.on),)
    if used is not None and event.method in {used.method, "unknown"}:
        return (user,), (*notes, "method-already-in-use")
    if used is not None:
        notes = (*notes, "former-method-not-stopped")
    begun = Contraception(event.method, event.since or event.on, None, event.place, event.living_children)
    return (_with(user, contraception=begun),), notes


def contraception_stopped(event: PersonContraceptionStopped, view: View) -> Effect:
    """End the use of a method; where another one is in use that one stays."""
    user = resident(event.person, view)
    notes = (*_user_notes(user, event.on),)
    care = user.care or NO_CARE
    used = _in_use(user)
    if used is None:
        if care.contraception is not None and care.contraception.until == event.on:
            raise _told_already(event, view)
        # Of a use that has ended already more is known than a second end can say.
        if care.contraception is not None and event.method in {"unknown", care.contraception.method}:
            return (user,), (*notes, "no-method-in-use")
        ended = Contraception(event.method, until=event.on)
        return (_with(user, contraception=ended),), (*notes, "no-method-in-use")
    if "unknown" not in {used.method, event.method} and used.method != event.method:
        return (user,), (*notes, "other-method-in-use")
    method = event.method if used.method == "unknown" else used.method
    ended = msgspec.structs.replace(used, method=method, until=event.on)
    return (_with(user, contraception=ended),), notes


def pregnancy_reported(event: PersonPregnancyReported, view: View) -> Effect:
    """Open a woman's pregnancy, or close it by a miscarriage or an abortion."""
    woman = _woman(event.person, view)
    notes = (*_woman_notes(woman, event.on), *male_by_now(woman, view))
    if event.event == "pregnant":
        return _opened(event, woman, notes, view)
    care = woman.care or NO_CARE
    last = care.pregnancy
    if last is not None and (last.ended, last.outcome) == (event.on, event.event):
        raise _told_already(event, view)
    if last is None or last.ended is not None:
        notes = (*notes, "no-pregnancy-known")
    return (_closed(woman, event.on, event.event, event.number),), (*notes, *_number_notes(event, last))


def _opened(event: PersonPregnancyReported, woman: PersonState, notes: tuple[str, ...], view: View) -> Effect:
    last = (woman.care or NO_CARE).pregnancy
    notes = (*notes, *_number_notes(event, last))
    if last is not None and last.ended is None:
        if last.since == event.on:
            raise _told_already(event, view)
        if event.number is None or last.number is None or event.number <= last.number:
            number = event.number if last.number is None else last.number
            same = msgspec.structs.replace(last, number=number)
            return (_with(woman, pregnancy=same),), (*notes, "pregnancy-known")
        woman = _with(woman, prenatal=None)
        notes = (*notes, "former-pregnancy-open")
    if _in_use(woman) is not None:
        notes = (*notes, "method-still-in-use")
    return (_with(woman, pregnancy=Pregnancy(event.on, event.number)),), notes


def _number_notes(event: PersonPregnancyReported, last: Pregnancy | None) -> tuple[str, ...]:
    """Look whether the number told follows from the last pregnancy: the same while that is open, a higher one later."""
    if last is None or last.number is None or event.number is None:
        return ()
    is_open = last.ended is None
    follows = event.number > last.number and (not is_open or event.event == "pregnant")
    return () if follows or (is_open and event.number == last.number) else ("pregnancy-number-differs",)


def _closed(woman: PersonState, day: str, outcome: str, number: int | None = None) -> PersonState:
    """Close a pregnancy; what was screened in it stays in the past."""
    care = woman.care or NO_CARE
    last = care.pregnancy
    if last is None or last.ended is not None:
        last = Pregnancy(number=number)
    return _with(woman, pregnancy=msgspec.structs.replace(last, ended=day, outcome=outcome), prenatal=None)


def delivered(mother: PersonState, day: str) -> PersonState:
    """Close a mother's pregnancy by a birth; where neither it nor a screening is known she stays as she is."""
    care = mother.care or NO_CARE
    is_open = care.pregnancy is not None and care.pregnancy.ended is None
    return _closed(mother, day, "birth") if is_open or care.prenatal is not None else mother


def taken_over(survivor: PersonState, double: PersonState) -> PersonState:
    """Give to who goes on for her double whatever was told of that one alone; no man is pregnant by it."""
    had, other = survivor.care or NO_CARE, double.care or NO_CARE
    if survivor.sex == "male":
        other = msgspec.structs.replace(other, pregnancy=None, prenatal=None)
    care = Care(*(getattr(had, part) or getattr(other, part) for part in Care.__struct_fields__))
    return survivor if care == had else msgspec.structs.replace(survivor, care=care)


def prenatally_screened(event: PersonPrenatallyScreened, view: View) -> Effect:
    """Add the results of a visit to those that are known of the pregnancy."""
    woman = _woman(event.person, view)
    care = woman.care or NO_CARE
    known = care.prenatal
    if known is not None and known.on == event.on:
        raise _told_already(event, view)
    notes = [*_woman_notes(woman, event.on), *male_by_now(woman, view)]
    if care.pregnancy is None or care.pregnancy.ended is not None:
        notes.append("no-pregnancy-known")
    told = _told(event, PRENATAL_CONDITIONS)
    if known is not None and event.visit in known.visits and not _adds(known, told):
        notes.append("screened-already")
    found = PrenatalScreening(event.on) if known is None else known
    visits = found.visits if event.visit in found.visits else (*found.visits, event.visit)
    last_period = found.last_period if event.last_period is None else event.last_period
    found = msgspec.structs.replace(
        found, on=event.on, visits=visits, last_period=last_period, place=event.place, **told
    )
    return (_with(woman, prenatal=found),), tuple(notes)


def health_checked(event: PersonHealthChecked, view: View) -> Effect:
    """Keep the day of the last health check of an older person."""
    person = resident(event.person, view)
    care = person.care or NO_CARE
    if care.health_check is not None and care.health_check.on == event.on:
        raise _told_already(event, view)
    years = full_years(person.birth, event.on)
    notes = ("examined-below-sixty",) if years is not None and years < OLDER else ()
    return (_with(person, health_check=HealthCheck(event.on, event.place)),), notes


def couple_checked(event: CoupleChecked, view: View) -> Effect:
    """Keep for both that they were examined before their marriage; the partner may live anywhere."""
    person = resident(event.person, view)
    couple = [person] if event.partner is None else [person, living(event.partner, view)]
    last = (person.care or NO_CARE).premarital
    if last is not None and last.on == event.on:
        raise _told_already(event, view)
    partners = (event.partner, event.person)
    checked = tuple(
        _with(one, premarital=PremaritalCheck(event.on, partner, event.place))
        for one, partner in zip(couple, partners, strict=False)
    )
    return checked, ("couple-married",) if any(one.marital in UNITED for one in couple) else ()


def _told_already(event: Dated, view: View) -> Contradiction:
    """Say which fact tells the same of that day."""
    steps = view.steps(event.find("person"))
    told = [position_of(slot[1]) for slot, kind, _, _ in steps if (slot[0], kind) == (event.on, event.kind)]
    return Contradiction("told-that-day", *told[-1:])


def _woman(entity: str, view: View) -> PersonState:
    woman = resident(entity, view)
    if woman.sex == "male":
        raise Contradiction("recorded-as-male", *view.since(woman.id, sex="male"))
    return woman


def male_by_now(woman: PersonState, view: View) -> tuple[str, ...]:
    """Note somebody with child who is recorded as male from a later day on."""
    row = view.world.row(woman.id)
    return (OF_A_MAN,) if getattr(None if row is None else row.state, "sex", None) == "male" else ()


def has_borne(person: PersonState, view: View) -> tuple[str, ...]:
    """Note that somebody who is recorded as male from now on bore a child by the record.

    Of a pregnancy nothing is noted: the change is told to people who may not know of one.
    """
    causes = (told.event for told in view.causes(person.id, NEVER[0]))
    return (OF_A_MAN,) if any(isinstance(one, PersonBorn) and one.mother == person.id for one in causes) else ()


def _woman_notes(woman: PersonState, day: str) -> Iterator[str]:
    if woman.sex == "unknown":
        yield "woman-sex-unknown"
    yield from outside_childbearing(woman, day)


def _user_notes(user: PersonState, day: str) -> Iterator[str]:
    if user.sex == "male":
        yield "user-male"
    else:
        yield from _woman_notes(user, day)


def _in_use(user: PersonState) -> Contraception | None:
    used = user.care.contraception if user.care is not None else None
    return used if used is not None and used.until is None else None


def _with(person: PersonState, **changes: object) -> PersonState:
    return msgspec.structs.replace(person, care=msgspec.structs.replace(person.care or NO_CARE, **changes))


def _told(event: PersonNewbornScreened | PersonPrenatallyScreened, conditions: tuple[str, ...]) -> dict[str, str]:
    """Give what is said of conditions; of the others what was known stays."""
    return {name: result for name in conditions if (result := event.find(name)) != "unknown"}


def _adds(known: NewbornScreening | PrenatalScreening, told: dict[str, str]) -> bool:
    return any(getattr(known, name) != result for name, result in told.items())


def _days_old(child: PersonState, day: str) -> int:
    """Count the days of a life whose first day is known; else none."""
    if child.birth is None or len(child.birth) < _DAY:
        return 0
    return (date.fromisoformat(day) - date.fromisoformat(child.birth)).days

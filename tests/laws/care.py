"""What do screenings, contraception, pregnancies and checks mean, told naively over plain dicts?

`care` of a person is a dict of parts; whatever is not said of a part is not in it.
"""

from typing import Any

from tests.laws.coming import may_come
from tests.laws.scene import Payload, Scene, State, not_before

Part = dict[str, Any]


def tidy(care: Part | None) -> Part | None:
    """Without what says nothing."""
    if care is None:
        return None
    return {
        part: {name: value for name, value in said.items() if value not in (None, "unknown", [], ())}
        for part, said in care.items()
    }


def _somebody(scene: Scene, entity: str, *, resident: bool = True) -> State:
    person = scene.person(entity)
    scene.refuse("is dead", when=person.get("status") == "dead")
    if resident and person.get("status", "resident") != "resident":
        may_come(scene, entity, person)
    scene.refuse("not born", when=not not_before(person.get("birth"), scene.on))
    return person


def _woman(scene: Scene, entity: str) -> State:
    woman = _somebody(scene, entity)
    scene.refuse("a man", when=woman.get("sex") == "male")
    return woman


def _part(person: State, part: str) -> Part:
    return dict((person.get("care") or {}).get(part, {}))


def _write(scene: Scene, entity: str, **parts: Part | None) -> None:
    known = scene.after.get(entity, scene.now.get(entity, {})).get("care") or {}
    whole = {name: part for name, part in {**known, **parts}.items() if part is not None}
    scene.set(entity, care=tidy(whole))


def newborn_screened(scene: Scene, told: Payload) -> None:
    """A later visit adds to what an earlier one found."""
    found = _part(_somebody(scene, told["person"]), "newborn")
    scene.refuse("told that day", when=found.get("on") == scene.on)
    said = {name: value for name, value in told.items() if name not in {"person", "place"} and value != "unknown"}
    _write(scene, told["person"], newborn=found | said | {"place": told["place"]})


def prenatally_screened(scene: Scene, told: Payload) -> None:
    """A later visit adds to what an earlier one of the same pregnancy found."""
    found = _part(_woman(scene, told["person"]), "prenatal")
    scene.refuse("told that day", when=found.get("on") == scene.on)
    said = {name: told[name] for name in ("on", "last_period", "down", "edwards", "patau", "thalassemia")}
    said = {name: value for name, value in said.items() if value not in (None, "unknown")}
    visits = [*found.get("visits", []), *({told["visit"]} - set(found.get("visits", [])))]
    _write(scene, told["person"], prenatal=found | said | {"visits": visits, "place": told["place"]})


def contraception_started(scene: Scene, told: Payload) -> None:
    """Whoever uses the method already goes on with it; another method takes the place of the one before."""
    used = _part(_somebody(scene, told["person"]), "contraception")
    using = bool(used) and "until" not in used
    scene.refuse("told that day", when=using and used.get("since") == scene.on)
    if using and (told["method"] == "unknown" or told["method"] == used.get("method")):
        return
    begun = {name: told[name] for name in ("method", "living_children", "place")}
    _write(scene, told["person"], contraception={**begun, "since": told["since"] or scene.on})


def contraception_stopped(scene: Scene, told: Payload) -> None:
    """A stop ends the method in use if it can be meant; where none is known to be in use it is all that is known."""
    used = _part(_somebody(scene, told["person"]), "contraception")
    if used and "until" not in used:
        if "method" not in used or told["method"] in {"unknown", used["method"]}:
            method = used.get("method", told["method"])
            _write(scene, told["person"], contraception=used | {"method": method, "until": scene.on})
        return
    scene.refuse("told that day", when=used.get("until") == scene.on)
    if used and told["method"] in {"unknown", used.get("method", "unknown")}:
        return
    _write(scene, told["person"], contraception={"method": told["method"], "until": scene.on})


def pregnancy_reported(scene: Scene, told: Payload) -> None:
    """One pregnancy is open at a time; a higher number is another one."""
    last = _part(_woman(scene, told["person"]), "pregnancy")
    is_open = bool(last) and "ended" not in last
    if told["event"] != "pregnant":
        scene.refuse("told that day", when=(last.get("ended"), last.get("outcome")) == (scene.on, told["event"]))
        closed = last if is_open else {"number": told["number"]}
        _write(scene, told["person"], pregnancy=closed | {"ended": scene.on, "outcome": told["event"]}, prenatal=None)
        return
    scene.refuse("told that day", when=is_open and last.get("since") == scene.on)
    if is_open and (told["number"] is None or told["number"] <= last.get("number", 99)):
        _write(scene, told["person"], pregnancy={"number": told["number"], **last})
        return
    begun = {"since": scene.on, "number": told["number"]}
    if is_open:
        _write(scene, told["person"], pregnancy=begun, prenatal=None)
    else:
        _write(scene, told["person"], pregnancy=begun)


def delivered(scene: Scene, mother: str) -> None:
    """A birth closes what is open of the mother's pregnancy."""
    state = scene.find(mother) or {}
    last = _part(state, "pregnancy")
    is_open = bool(last) and "ended" not in last
    if is_open or _part(state, "prenatal"):
        closed = (last if is_open else {}) | {"ended": scene.on, "outcome": "birth"}
        _write(scene, mother, pregnancy=closed, prenatal=None)


def taken_over(scene: Scene, double: str, other: str) -> None:
    """Who goes on for a double has every part that was told of the double alone; a man is not pregnant."""
    told = scene.now[double]["care"] or {}
    if scene.now[other]["sex"] == "male":
        told = {part: one for part, one in told.items() if part not in {"pregnancy", "prenatal"}}
    whole = {**told, **(scene.now[other]["care"] or {})}
    if whole:
        scene.set(other, care=tidy(whole))


def health_checked(scene: Scene, told: Payload) -> None:
    checked = _part(_somebody(scene, told["person"]), "health_check")
    scene.refuse("told that day", when=checked.get("on") == scene.on)
    _write(scene, told["person"], health_check={"on": scene.on, "place": told["place"]})


def couple_checked(scene: Scene, told: Payload) -> None:
    """Both are examined; the partner may live anywhere, or be unknown to the books."""
    person, partner = told["person"], told["partner"]
    checked = _part(_somebody(scene, person), "premarital")
    scene.refuse("told that day", when=checked.get("on") == scene.on)
    _write(scene, person, premarital={"on": scene.on, "partner": partner, "place": told["place"]})
    if partner is not None:
        _somebody(scene, partner, resident=False)
        _write(scene, partner, premarital={"on": scene.on, "partner": person, "place": told["place"]})

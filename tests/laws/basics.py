"""What do changes of basic data and of numbers mean, from their descriptions and the conventions (in brackets)?"""

from typing import Any

from tests.laws.coming import may_come
from tests.laws.scene import Payload, Scene, State, not_before, told_of

Number = dict[str, Any]


def _alive(scene: Scene, told: Payload) -> State:
    person = scene.person(told["person"])
    scene.refuse("is dead", when=person.get("status") == "dead")
    return person


def changed(scene: Scene, told: Payload) -> None:
    """New values are taken whatever the old ones were said to be."""
    person = _alive(scene, told)
    if not person:
        return
    new = {name: value for name, value in told["new"].items() if value is not None}
    scene.refuse("born later", when=not not_before(new.get("birth"), scene.on))
    married = person["spouse"] is not None and new.get("marital", person["marital"]) != person["marital"]
    scene.refuse("is told by the couple's kinds", when=married)
    if "relation" in new:
        if person["household"] is None:
            may_come(scene, told["person"], person)
        home = scene.now.get(person["household"] or "", {})
        scene.refuse("is the head", when=home.get("head") == told["person"])
    scene.set(told["person"], **new)
    renamed = {name: value for name, value in (told["personal"] or {}).items() if name != "old_name"}
    renamed = {name: value for name, value in renamed.items() if value is not None}
    if renamed:
        scene.set(told["person"], personal=told_of((person["personal"] or {}) | renamed))


def issued(scene: Scene, told: Payload) -> None:
    """She bears one number of each type; what she bore until that day is a former one."""
    person = _alive(scene, told)
    bears, bore = _numbers(person)
    for number in told["personal"]["identifiers"]:
        new = told_of(number) or {}
        others = [one for one in bears if one["type"] == new["type"] and not _same(one, new)]
        bore += [_lasting(one, {"valid_to": scene.on}) for one in others]
        bears = [_lasting(new, one) if _same(one, new) else one for one in bears if one not in others]
        if not any(_same(one, new) for one in bears):
            bears.append(_lasting(new, {"valid_from": scene.on}))
    _bear(scene, told["person"], person, bears, bore)


def withdrawn(scene: Scene, told: Payload) -> None:
    """A number that was never on record is a former one from now on."""
    person = _alive(scene, told)
    bears, bore = _numbers(person)
    for gone in told["personal"]["identifiers"]:
        borne = [one for one in bears if _same(one, gone)]
        if borne or not any(_same(one, gone) for one in bore):
            known = borne[0] if borne else {}
            bore.append(_lasting(told_of(gone) or {}, known | {"valid_to": scene.on}))
        bears = [one for one in bears if not _same(one, gone)]
    _bear(scene, told["person"], person, bears, bore)


def _numbers(person: State) -> tuple[list[Number], list[Number]]:
    personal = person.get("personal") or {}
    return list(personal.get("identifiers", ())), list(personal.get("former", ()))


def _lasting(told: Number, known: Number) -> Number:
    """What is told of a number, and what else is known of its bounds where it does not end before it begins by that."""
    for bound in ("valid_from", "valid_to"):
        whole = {bound: known[bound], **told} if bound in known else told
        if whole.get("valid_from", "") <= whole.get("valid_to", "9999"):
            told = whole
    return told


def _same(one: Number, other: Number) -> bool:
    return (one["type"], one["value"]) == (other["type"], other["value"])


def _bear(scene: Scene, entity: str, person: State, bears: list[Number], bore: list[Number]) -> None:
    if person and (bears, bore) != _numbers(person):
        numbers = {"identifiers": bears, "former": bore}
        scene.set(entity, personal=told_of((person["personal"] or {}) | numbers))

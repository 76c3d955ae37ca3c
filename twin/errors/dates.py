"""Which reports are first told of a day that cannot be, are refused, and are told again under another id?"""

from collections.abc import Iterator

from twin.errors.scene import DAY, Scene
from twin.errors.telling import Telling
from twin.errors.truth import Slip

NO_DAY, FAR_YEAR = "02-30", "2199"


def retold(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Let amendments name the report that was taken in the end."""
    named = {name: telling.data.get(name) for name in ("fact", "previous")}
    taken = {name: scene.retold[report] for name, report in named.items() if report in scene.retold}
    if taken:
        telling = telling.changed(Slip("amends-retold"))
        telling.data.update(taken)
        if "fact" in taken and telling.envelope.get("subject") == named["fact"]:
            telling.envelope["subject"] = taken["fact"]
    yield telling


def impossible(telling: Telling, scene: Scene) -> Iterator[Telling]:
    """Tell some reports of 30 February or of a far year first: deliberately refused, and then told again rightly."""
    found = _mistaken_day(telling, scene)
    if found is None:
        yield telling
        return
    error, wrong = found
    refused = telling.changed(Slip(error, telling.person))
    refused.data["on"] = wrong
    refused.refused = True
    yield refused
    again = scene.id(telling.due, "retold", telling.event)
    scene.retold[telling.event], scene.first_told[again] = again, telling.event
    slip = Slip(f"after-{error}", telling.person)
    yield telling.changed(slip, id=again, causationid=telling.event).later(DAY)


def _mistaken_day(telling: Telling, scene: Scene) -> tuple[str, str] | None:
    """Give the error that strikes a report and the day of which it is told then."""
    if telling.by_collaborator and telling.on and telling.report == telling.event:
        if scene.struck("impossible-date", telling.event, scene.rates.impossible_date):
            return "impossible-date", f"{telling.on[:4]}-{NO_DAY}"
        if scene.struck("future-date", telling.event, scene.rates.future_date):
            return "future-date", f"{FAR_YEAR}{telling.on[4:7]}-01"
    return None

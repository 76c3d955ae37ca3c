"""What may be asked about persons, and what is answered to whom? Requests, and their pure answers with their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.codes import IdentifierType
from contracts.event import Part
from contracts.ids import PersonId, Text
from contracts.malformed import malformed
from contracts.person import identifier_key
from services.exchange.disclosures import Asker, Kind, Line
from services.exchange.lens import Lens
from services.exchange.lookups import Found, Known, Subject
from services.exchange.places import Sight
from services.exchange.verification import Claim, Result, overall, verify

MOST_SUBJECTS: Final = 100
MOST_FIELDS: Final = 40
# Within a string the quotes would be escaped, so this is the state of who was struck off as another's double.
_DOUBLE: Final = b'"status":"merged"'

Attribute = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class AskedIdentifier(Part):
    """A number that a person bears."""

    type: IdentifierType
    value: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{9,15}$")]


class ByNumber(Part):
    """Whoever bears a number."""

    identifier: AskedIdentifier


class ById(Part):
    """The person whom the feed names by this id."""

    person: PersonId


# Two models rather than one with a check in Python: a hundred subjects are validated three times as fast.
AskedPerson = Annotated[ByNumber | ById, Field(union_mode="left_to_right")]


def _subject(asked: ByNumber | ById) -> Subject:
    if isinstance(asked, ById):
        return Subject(None, asked.person)
    return Subject(identifier_key(asked.identifier.type, asked.identifier.value), None)


class PersonsQuery(Part):
    """One person (`identifier` or `person`), or up to 100 `subjects`; `fields` are mandatory."""

    fields: Annotated[list[Attribute], Field(min_length=1, max_length=MOST_FIELDS)]
    identifier: AskedIdentifier | None = None
    person: PersonId | None = None
    subjects: Annotated[list[AskedPerson], Field(min_length=1, max_length=MOST_SUBJECTS)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(given is not None for given in (self.identifier, self.person, self.subjects)) != 1:
            raise malformed("identifier-person-or-subjects")
        return self

    @property
    def asked(self) -> list[Subject]:
        """Give who is looked for, in order."""
        if self.subjects is not None:
            return [_subject(one) for one in self.subjects]
        if self.identifier is not None:
            return [Subject(identifier_key(self.identifier.type, self.identifier.value), None)]
        return [Subject(None, self.person)]


class AskedClaim(Part):
    """What somebody says about the person."""

    attribute: Attribute
    value: Text


class VerificationRequest(Part):
    """Whether claims about a person agree with the record."""

    subject: AskedPerson
    claims: Annotated[list[AskedClaim], Field(min_length=1, max_length=MOST_FIELDS)]

    @property
    def asked(self) -> Subject:
        """Give who is looked for."""
        return _subject(self.subject)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asks, through which view, within which areas, at which position; common to both questions."""

    who: Asker
    lens: Lens
    areas: tuple[str, ...]
    position: int

    def visible(self, found: Found, subject: Subject) -> list[Known]:
        """Give those found whom the asker may see, in order of id; without doubles of who goes on."""
        sight: Sight = found.territory.sight(self.areas)
        visible = [known for known in found.persons(subject) if sight.sees(known.area)]
        if len(visible) > 1:
            visible = [known for known in visible if _DOUBLE not in known.state] or visible
            visible.sort()
        return visible

    def line(self, found: Found, kind: Kind, known: Known | None, fields: tuple[str, ...]) -> Line:
        """Make the disclosure line for a person, or for nobody found."""
        if known is None:
            return Line(found.at, *self.who, kind, None, "", self.position)
        return Line(found.at, *self.who, kind, known.person, " ".join(fields), self.position)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of persons. Where a number has several bearers in sight nobody's data is given."""

    inquiry: Inquiry
    subjects: Sequence[Subject]
    fields: tuple[str, ...]

    @property
    def position(self) -> int:
        """Give what the asker is told of completeness."""
        return self.inquiry.position

    def settle(self, found: Found) -> tuple[list[dict[str, Any]], Sequence[Line]]:
        """Answer each subject in its place."""
        answers: list[dict[str, Any]] = []
        lines: list[Line] = []
        for subject in self.subjects:
            visible = self.inquiry.visible(found, subject)
            known = visible[0] if len(visible) == 1 else None
            if known is None:
                answers.append({"result": "ambiguous" if visible else "not-found"})
            else:
                answers.append(
                    {
                        "result": "found",
                        "person": self.inquiry.lens.refer(known.person),
                        "fields": self.inquiry.lens.show(known.state, self.fields),
                    }
                )
            lines.append(self.inquiry.line(found, "query", known, self.fields))
        return answers, lines


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether claims agree. Of several bearers of a number the one with whom most agrees is meant."""

    inquiry: Inquiry
    subject: Subject
    claims: Sequence[Claim]

    @property
    def position(self) -> int:
        """Give what the asker is told of completeness."""
        return self.inquiry.position

    @property
    def subjects(self) -> Sequence[Subject]:
        """Give who is looked for."""
        return (self.subject,)

    def settle(self, found: Found) -> tuple[dict[str, Any], Sequence[Line]]:
        """Answer each claim, never with the value on record."""
        attributes = tuple(dict.fromkeys(claim.attribute for claim in self.claims))
        best: Known | None = None
        results: list[Result] = ["not-found"] * len(self.claims)
        for known in self.inquiry.visible(found, self.subject):
            compared = verify(self.inquiry.lens.show(known.state, attributes), self.claims)
            if best is None or compared.count("match") > results.count("match"):
                best, results = known, compared
        answer = {
            "result": overall(results) if best is not None else "not-found",
            "claims": [
                {"attribute": claim.attribute, "result": result}
                for claim, result in zip(self.claims, results, strict=True)
            ],
        }
        return answer, [self.inquiry.line(found, "verification", best, attributes)]

"""What identifies a person or a household, kept apart from everything that statistics need?"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from contracts.codes import ContactType
from contracts.event import Part
from contracts.ids import IsoDate, Text
from contracts.malformed import malformed


class Validity(Part):
    """From which day an identifier is valid, and from which day no more, as far as that is known."""

    valid_from: Annotated[IsoDate, Field(description="the first day")] | None = None
    valid_to: Annotated[IsoDate, Field(description="the first day no more, behind the last one printed")] | None = None

    # Asked where an end is told, which hardly any sheet does: a check of the whole would be run for every identifier.
    @field_validator("valid_to")
    @classmethod
    def _begins_before_it_ends(cls, valid_to: str | None, told: ValidationInfo) -> str | None:
        valid_from = told.data.get("valid_from")
        if valid_from is not None and valid_to is not None and valid_to < valid_from:
            raise malformed("ends-before-it-begins")
        return valid_to


class PersonalNumber(Validity):
    """The 12-digit personal identification number (căn cước); there is no check digit."""

    type: Literal["pid"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class OldIdentityCard(Validity):
    """The 9-digit identity card (CMND) of the past."""

    type: Literal["cmnd"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]


class HealthCard(Validity):
    """The health insurance card: 15 characters, or the 10 digits that new cards print."""

    type: Literal["bhyt"]
    value: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}[0-9]{13}|[0-9]{10})$")]


class InsuranceNumber(Validity):
    """The social insurance number of 10 digits."""

    type: Literal["bhxh"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]


Identifier = Annotated[PersonalNumber | OldIdentityCard | HealthCard | InsuranceNumber, Field(discriminator="type")]


class Contact(Part):
    """A way to reach somebody."""

    type: ContactType
    value: Text


class PersonPersonal(Part):
    """Name in Vietnamese order (surname, middle, given), identifiers and contacts.

    `identifiers` are those that she bears, `former` those that were replaced or withdrawn.
    """

    name: Text
    identifiers: tuple[Identifier, ...] = ()
    contacts: tuple[Contact, ...] = ()
    former: tuple[Identifier, ...] = ()


class HouseholdPersonal(Part):
    """The address line of a household."""

    address: Text

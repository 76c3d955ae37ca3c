"""What identifies a person or a household, kept apart from everything that statistics need?"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contracts.codes import ContactType
from contracts.event import Part
from contracts.ids import Text


class PersonalNumber(Part):
    """The 12-digit personal identification number (căn cước); there is no check digit."""

    type: Literal["pid"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class OldIdentityCard(Part):
    """The 9-digit identity card (CMND) of the past."""

    type: Literal["cmnd"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]


class HealthCard(Part):
    """The health insurance card: 15 characters, or the 10 digits that new cards print."""

    type: Literal["bhyt"]
    value: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}[0-9]{13}|[0-9]{10})$")]


class InsuranceNumber(Part):
    """The social insurance number of 10 digits."""

    type: Literal["bhxh"]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]


Identifier = Annotated[PersonalNumber | OldIdentityCard | HealthCard | InsuranceNumber, Field(discriminator="type")]


class Contact(Part):
    """A way to reach somebody."""

    type: ContactType
    value: Text


class PersonPersonal(Part):
    """Name in Vietnamese order (surname, middle, given), identifiers and contacts."""

    name: Text
    identifiers: tuple[Identifier, ...] = ()
    contacts: tuple[Contact, ...] = ()


class HouseholdPersonal(Part):
    """The address line of a household."""

    address: Text

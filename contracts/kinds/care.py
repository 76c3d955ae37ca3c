"""What is reported of contraception, pregnancy, screening and health checks (P0 lists 2 and 7 to 11)?

All of it is sensitive. No kind here has free text, and none has a field from which the sex of an unborn child could be
read: to disclose it is forbidden (Luật Dân số 113/2025/QH15, articles 6 and 15).
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts.codes import CarePlace, ContraceptiveMethod, NewbornResult, PregnancyEvent, PrenatalResult, PrenatalVisit
from contracts.event import Dated
from contracts.ids import IsoDate, PartialDate, PersonId
from contracts.malformed import malformed

NEWBORN_CONDITIONS = ("hypothyroidism", "g6pd", "adrenal_hyperplasia", "hearing", "heart")
PRENATAL_CONDITIONS = ("down", "edwards", "patau", "thalassemia")
MOST_CHILDREN = 30


class PersonNewbornScreened(Dated):
    """A newborn is screened for some of five inborn conditions; a later visit adds to an earlier one."""

    kind: ClassVar[str] = "person.newborn_screened"
    title: ClassVar[tuple[str, str]] = ("Newborn screening", "Sàng lọc sơ sinh")
    p0_list: ClassVar[int | None] = 2
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    hypothyroidism: Annotated[NewbornResult, Field(description="suy giáp trạng bẩm sinh")] = "unknown"
    g6pd: Annotated[NewbornResult, Field(description="thiếu men G6PD")] = "unknown"
    adrenal_hyperplasia: Annotated[NewbornResult, Field(description="tăng sản thượng thận bẩm sinh")] = "unknown"
    hearing: Annotated[NewbornResult, Field(description="khiếm thính bẩm sinh")] = "unknown"
    heart: Annotated[NewbornResult, Field(description="tim bẩm sinh")] = "unknown"
    place: CarePlace = "unknown"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(self.find(condition) == "unknown" for condition in NEWBORN_CONDITIONS):
            raise malformed("nothing-screened")
        return self


class PersonContraceptionStarted(Dated):
    """A woman begins to use a contraceptive method, or changes to it; the form lists wives of 15 to 49 years.

    `since` is for a method that was in use already when she came on the books, as part II of the A0 book has it: it
    was begun then, and becomes known on the day of the report.
    """

    kind: ClassVar[str] = "person.contraception_started"
    title: ClassVar[tuple[str, str]] = ("Contraception started", "Mới sử dụng biện pháp tránh thai")
    p0_list: ClassVar[int | None] = 7
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    method: ContraceptiveMethod
    since: Annotated[PartialDate, Field(description="tháng/năm bắt đầu sử dụng")] | None = None
    living_children: Annotated[int, Field(ge=0, le=MOST_CHILDREN, strict=True)] | None = None
    place: CarePlace = "unknown"

    @model_validator(mode="after")
    def _began_by_then(self) -> Self:
        if self.since is not None and self.since > self.on[: len(self.since)]:
            raise malformed("begun-after-the-day")
        return self


class PersonContraceptionStopped(Dated):
    """A woman no longer uses a contraceptive method."""

    kind: ClassVar[str] = "person.contraception_stopped"
    title: ClassVar[tuple[str, str]] = ("Contraception stopped", "Thôi sử dụng biện pháp tránh thai")
    p0_list: ClassVar[int | None] = 8
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    method: ContraceptiveMethod = "unknown"


class PersonPregnancyReported(Dated):
    """A woman is pregnant, or a pregnancy ends without a birth; a birth ends hers by itself.

    `number` counts her pregnancies from 1, however they ended.
    """

    kind: ClassVar[str] = "person.pregnancy_reported"
    title: ClassVar[tuple[str, str]] = ("Pregnancy", "Thông tin thai sản")
    p0_list: ClassVar[int | None] = 9
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    event: PregnancyEvent
    number: Annotated[int, Field(ge=1, le=MOST_CHILDREN, strict=True)] | None = None


class PersonPrenatallyScreened(Dated):
    """A pregnant woman is screened for some of four conditions of the child, at about week 12 or week 21."""

    kind: ClassVar[str] = "person.prenatally_screened"
    title: ClassVar[tuple[str, str]] = ("Prenatal screening", "Sàng lọc trước sinh")
    p0_list: ClassVar[int | None] = 10
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    visit: PrenatalVisit
    last_period: Annotated[IsoDate, Field(description="ngày đầu kỳ kinh cuối")] | None = None
    down: Annotated[PrenatalResult, Field(description="hội chứng Down")] = "unknown"
    edwards: Annotated[PrenatalResult, Field(description="hội chứng Edwards")] = "unknown"
    patau: Annotated[PrenatalResult, Field(description="hội chứng Patau")] = "unknown"
    thalassemia: Annotated[PrenatalResult, Field(description="bệnh tan máu bẩm sinh")] = "unknown"
    place: CarePlace = "unknown"

    @model_validator(mode="after")
    def _says_something_in_order(self) -> Self:
        if all(self.find(condition) == "unknown" for condition in PRENATAL_CONDITIONS):
            raise malformed("nothing-screened")
        if self.last_period is not None and self.last_period > self.on:
            raise malformed("period-after-screening")
        return self


class PersonHealthChecked(Dated):
    """An older person, from 60 years on, has her health examined."""

    kind: ClassVar[str] = "person.health_checked"
    title: ClassVar[tuple[str, str]] = ("Health check of an older person", "Người cao tuổi khám sức khỏe")
    p0_list: ClassVar[int | None] = 11
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True

    person: PersonId
    place: CarePlace = "unknown"


class CoupleChecked(Dated):
    """A couple is counselled and examined before marriage; the partner may be unknown to the books."""

    kind: ClassVar[str] = "couple.checked"
    title: ClassVar[tuple[str, str]] = ("Premarital health check", "Tư vấn, khám sức khỏe trước khi kết hôn")
    fixed: ClassVar[frozenset[str]] = frozenset({"person"})
    sensitive: ClassVar[bool] = True
    other: ClassVar[str | None] = "partner"

    person: PersonId
    partner: PersonId | None = None
    place: CarePlace = "unknown"

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.partner == self.person:
            raise malformed("couple-of-one")
        return self

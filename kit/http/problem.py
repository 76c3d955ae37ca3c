"""What does a caller read when something is refused, and what may never stand in it?

Each refusal is a class with a stable code and a text in English and Vietnamese, rendered once as RFC 9457.
A body holds only what is written here: no value of the request, no text of an exception. Places are named by
JSON Pointers (`#/data/on` in the body; `query/limit`, `header/dpop`, `path/id` elsewhere).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec

from kit.http.preferences import weighed

MEDIA_TYPE = "application/problem+json"

Language = Literal["en", "vi"]

LONGEST_LANGUAGES = 200
UNNAMED_WEIGHT = 0.0001
"""Of a language that `Accept-Language` does not name: less than any that it names, and more than one it rules out."""


class Text(NamedTuple):
    """A text in both languages."""

    en: str
    vi: str

    def in_(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


class Fault(NamedTuple):
    """One place of the request and what is wrong there: all are our words, never the sender's. `listed` are the codes
    of a short list that the value is none of, which stand in the text.
    """

    pointer: str
    code: str
    text: Text | None = None
    listed: tuple[str, ...] = ()


class Reason(NamedTuple):
    """Why the record contradicts: a stable code, the ledger positions of the facts it contradicts, and the id to name
    instead, where the record has one.
    """

    code: str
    facts: Sequence[int] = ()
    text: Text | None = None
    instead: str | None = None


_REGISTERED: dict[str, type["Problem"]] = {}
_PLAIN_BODIES: dict[tuple[str, Language], bytes] = {}


class Problem(Exception):
    """A refusal that a caller may see. A subclass that states `code` is registered under it."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]
    detail: ClassVar[Text]

    def __init__(
        self,
        *,
        errors: Iterable[Fault] = (),
        reasons: Iterable[Reason] = (),
        retry_after: int | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(self.code)
        self.errors = tuple(errors)
        self.reasons = tuple(reasons)
        self.retry_after = retry_after
        self._headers = headers

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        if "code" not in cls.__dict__:
            return
        missing = [name for name in ("status", "title", "detail") if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} states a code and lacks {', '.join(missing)}")
        other = _REGISTERED.get(cls.code)
        if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__name__}: the code {cls.code} belongs to {other.__name__}")
        _REGISTERED[cls.code] = cls

    @classmethod
    def type_(cls) -> str:
        return f"/problems/{cls.code}"

    def headers(self) -> dict[str, str]:
        found = dict(self._headers)
        if self.retry_after is not None:
            found["Retry-After"] = str(self.retry_after)
        return found

    def document(self, language: Language = "en") -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": self.type_(),
            "title": self.title.in_(language),
            "status": self.status,
            "detail": self.detail.in_(language),
        }
        if self.errors:
            document["errors"] = [_fault(fault, language) for fault in self.errors]
        if self.reasons:
            document["reasons"] = [_reason(reason, language) for reason in self.reasons]
        if self.retry_after is not None:
            document["retry_after"] = self.retry_after
        return document

    def body(self, language: Language = "en") -> bytes:
        if not (self.errors or self.reasons or self.retry_after is not None):
            return self._plain_body(language)
        return msgspec.json.encode(self.document(language))

    def _plain_body(self, language: Language) -> bytes:
        known = _PLAIN_BODIES.get((self.code, language))
        if known is None:
            known = _PLAIN_BODIES[self.code, language] = msgspec.json.encode(self.document(language))
        return known


def catalogue() -> list[type[Problem]]:
    """Every problem of this process that states a code, by code."""
    return [_REGISTERED[code] for code in sorted(_REGISTERED)]


def find_problem(code: str) -> type[Problem] | None:
    return _REGISTERED.get(code)


def language_of(accept_language: str | None) -> Language:
    """Vietnamese or English, whichever the header prefers (RFC 9110 12.5.4); English when it likes both alike."""
    if not accept_language or len(accept_language) > LONGEST_LANGUAGES:
        return "en"
    return _preferred(accept_language)


def declare(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may answer with these problems."""
    declared: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        line = f"`{problem.code}`: {problem.title.en}"
        known = declared.get(problem.status)
        description = f"{known['description']}; {line}" if known else line
        declared[problem.status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return declared


def spoken(language: Language) -> dict[str, str]:
    """The headers of an answer whose words were chosen by `Accept-Language`."""
    return {"Content-Language": language, "Vary": "Accept-Language"}


@lru_cache(maxsize=256)
def _preferred(accept_language: str) -> Language:
    weights: dict[str, float] = {}
    for tag, weight in weighed(accept_language):
        language = tag.partition("-")[0]
        weights[language] = max(weight, weights.get(language, 0.0))
    unnamed = weights.get("*", UNNAMED_WEIGHT)
    return "vi" if weights.get("vi", unnamed) > weights.get("en", unnamed) else "en"


def _fault(fault: Fault, language: Language) -> dict[str, str]:
    told = {"pointer": fault.pointer, "code": fault.code}
    return told if fault.text is None else told | {"text": fault.text.in_(language)}


def _reason(reason: Reason, language: Language) -> dict[str, Any]:
    document: dict[str, Any] = {"code": reason.code, "facts": list(reason.facts)}
    if reason.text is not None:
        document["text"] = reason.text.in_(language)
    if reason.instead is not None:
        document["instead"] = reason.instead
    return document

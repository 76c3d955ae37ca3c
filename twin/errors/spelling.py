"""How is a Vietnamese name misspelt? Each slip turns a name into another one, or gives None where it does not apply."""

import unicodedata
from collections.abc import Callable
from random import Random

Slipping = Callable[[str, Random], str | None]

# Where the tone of an open oa, oe or uy is written: on the first vowel (old) or on the second (new).
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_PAIRS = ("oa", "oe", "uy")
# What a Telex keyboard takes for marks and tones.
_TELEX = {
    "\u0302": {"a": "a", "e": "e", "o": "o"},
    "\u0306": {"a": "w"},
    "\u031b": {"o": "w", "u": "w"},
}
_TELEX_TONES = dict(zip(_TONES, "fsxrj", strict=True))
SHORTEST_WITH_MIDDLE = 3


def bare(name: str) -> str:
    """Take all diacritics off: `Nguyễn Văn Đức` gives `Nguyen Van Duc`."""
    kept = "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
    return kept.replace("đ", "d").replace("Đ", "D")


def no_diacritics(name: str, _rng: Random) -> str | None:
    """Write it as an old system does."""
    return bare(name)


def decomposed(name: str, _rng: Random) -> str | None:
    """Write marks as characters of their own, as some telephones do."""
    return unicodedata.normalize("NFD", name)


def eth(name: str, _rng: Random) -> str | None:
    """Write Đ as the Icelandic letter that looks the same (U+00D0)."""
    return name.replace("Đ", "\u00d0") if "Đ" in name else None


def other_tone_place(name: str, _rng: Random) -> str | None:
    """Write the tone of oa, oe, uy on the other vowel: `Hòa` and `Hoà`."""
    words = [_toned_otherwise(word) for word in name.split(" ")]
    return " ".join(words)


def _toned_otherwise(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    for tone in _TONES:
        at = letters.find(tone)
        if at < 0 or not letters.replace(tone, "").lower().endswith(_PAIRS):
            continue
        rest = letters.replace(tone, "")
        place = len(rest) if at < len(rest) else len(rest) - 1
        return unicodedata.normalize("NFC", rest[:place] + tone + rest[place:])
    return word


def telex(name: str, rng: Random) -> str | None:
    """Leave one word as it was typed: `Nguyễn` gives `Nguyeenx`."""
    words = name.split(" ")
    some = [place for place, word in enumerate(words) if _typed(word) != word]
    if not some:
        return None
    place = rng.choice(some)
    words[place] = _typed(words[place])
    return " ".join(words)


def _typed(word: str) -> str:
    typed, tone, letter = "", "", ""
    for one in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "Dd")):
        if one in _TELEX_TONES:
            tone = _TELEX_TONES[one]
        elif one in _TELEX:
            typed += _TELEX[one].get(letter, "")
        else:
            typed, letter = typed + one, one.lower()
    return typed + tone


def no_middle_name(name: str, _rng: Random) -> str | None:
    """Leave out what stands between surname and given name."""
    words = name.split(" ")
    return f"{words[0]} {words[-1]}" if len(words) >= SHORTEST_WITH_MIDDLE else None


SLIPS: dict[str, Slipping] = {
    "name-without-diacritics": no_diacritics,
    "name-decomposed": decomposed,
    "name-with-eth": eth,
    "name-other-tone-place": other_tone_place,
    "name-telex": telex,
    "name-without-middle": no_middle_name,
}
"""Slips by the name of the error."""


def misspelt(name: str, rng: Random) -> tuple[str, str] | None:
    """Draw a slip that changes a name; gives the error and the name as it is told."""
    for error in rng.sample(list(SLIPS), len(SLIPS)):
        told = SLIPS[error](name, rng)
        if told is not None and told != name:
            return error, told
    return None

"""When is a name the one that was asked for, with or without its diacritics?

Words are folded to bare lower-case letters to be found, and compared with their marks only if the question has any.
A tone mark counts for the whole word: `hoà` and `hòa` are two spellings of one syllable.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_LAST_LATIN: Final = 0x1EFF
_WORD: Final = re.compile(r"\w+")


def _bare(letter: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    return kept.replace("đ", "d").replace("Đ", "D").lower()


_BARE: Final[dict[int, str | None]] = {
    **{code: _bare(chr(code)) for code in range(0xC0, _LAST_LATIN + 1) if chr(code).isalpha()},
    **dict.fromkeys(range(0x300, 0x370)),
}


def words(text: str) -> list[str]:
    """Split a name into lower-case words in NFC; hyphens and apostrophes part words (`H'Hen`, `Y-Moan`)."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Take all marks off a word: `nguyễn` gives `nguyen`, `đức` gives `duc`."""
    return word.translate(_BARE)


def folded(name: str) -> list[str]:
    """Give the folded words of a name, each once."""
    return list(dict.fromkeys(fold(word) for word in words(name)))


@lru_cache(maxsize=1 << 16)
def marked(word: str) -> tuple[str, str]:
    """Give a word's letters without its tone, and the tone: equal for both places where a tone may be written."""
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if c not in _TONES), "".join(c for c in parts if c in _TONES)


def answers(name: str, asked: Iterable[str]) -> bool:
    """Say whether a name has all the words asked for; a word without marks stands for any of its spellings."""
    own = words(name)
    bare, spelt = {fold(word) for word in own}, {marked(word) for word in own}
    return all(marked(word) in spelt if fold(word) != word else word in bare for word in asked)

"""When are two words the same but for their Vietnamese marks, and when are they two spellings of one?

A word is folded to bare lower-case letters to be found, and compared with its marks where they matter. A tone mark
counts for the whole word: `hoà` and `hòa` are two spellings of one syllable.
"""

import unicodedata
from functools import lru_cache
from typing import Final

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_LAST_LATIN: Final = 0x1EFF


def _bare(letter: str) -> str:
    kept = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    # The letter đ has no decomposition.
    return kept.replace("đ", "d").replace("Đ", "D").lower()


_BARE: Final[dict[int, str | None]] = {
    **{code: _bare(chr(code)) for code in range(0xC0, _LAST_LATIN + 1) if chr(code).isalpha()},
    **dict.fromkeys(range(0x300, 0x370)),
}


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Take all marks off a lower-case word: `nguyễn` gives `nguyen`, `đức` gives `duc`."""
    return word.translate(_BARE)


@lru_cache(maxsize=1 << 16)
def marked(word: str) -> tuple[str, str]:
    """Give a word's letters without its tone, and the tone: equal for both places where a tone may be written."""
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if c not in _TONES), "".join(c for c in parts if c in _TONES)

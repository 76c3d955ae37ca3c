"""When is a name the one that was asked for, with or without its diacritics?

Words are compared folded, and with their marks only if the question has any (`kit.diacritics`).
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from kit.diacritics import fold, marked

_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Split a name into lower-case words in NFC; hyphens and apostrophes part words (`H'Hen`, `Y-Moan`)."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def answers(name: str, asked: Iterable[str]) -> bool:
    """Say whether a name has all the words asked for; a word without marks stands for any of its spellings."""
    own = words(name)
    bare, spelt = {fold(word) for word in own}, {marked(word) for word in own}
    return all(marked(word) in spelt if fold(word) != word else word in bare for word in asked)

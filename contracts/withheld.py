"""What of a person is given to those readers only who have a scope for it?

Kinds that speak of nothing else are `sensitive` themselves; of others these members of a state are taken out.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from contracts.person import PersonState
from contracts.scopes import Scope

PARTS: Final[Mapping[Scope, Mapping[str, Any]]] = MappingProxyType(
    {
        Scope.REGISTRY_CARE_READ: {"care": None},
        Scope.REGISTRY_DISABILITY_READ: {"disability": "unknown", "disability_degree": "unknown"},
    }
)
"""Members of a person's state by the scope that they need, with what stands there where nothing was told."""
UNTOLD: Final = {name: value for parts in PARTS.values() for name, value in parts.items()}


def withheld(scopes: Collection[str]) -> frozenset[str]:
    """Name the members of a person's state that these scopes do not give."""
    return frozenset(name for scope, parts in PARTS.items() if scope not in scopes for name in parts)


def without(person: PersonState, names: Collection[str]) -> PersonState:
    """Give a person's state as if nothing of some members had been told."""
    return msgspec.structs.replace(person, **{name: UNTOLD[name] for name in names})

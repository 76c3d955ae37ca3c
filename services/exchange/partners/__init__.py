"""Which partners are there? Every file of this folder declares one `VIEW`; adding a partner is adding a file."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

from services.exchange.view import View, WrongViewError


def collect(modules: Iterable[ModuleType]) -> Mapping[str, View]:
    """Give the views of partners' modules by name; says which module forgot something or clashes with another."""
    views: dict[str, View] = {}
    purposes: dict[str, str] = {}
    for module in modules:
        view = getattr(module, "VIEW", None)
        if not isinstance(view, View):
            raise WrongViewError(f"{module.__name__} declares no VIEW: VIEW = View(name=..., ...)")
        expected = module.__name__.rpartition(".")[2].replace("_", "-")
        if view.name != expected:
            raise WrongViewError(f"{module.__name__}: its view is called {view.name}, and should be {expected}")
        for purpose in view.purposes:
            other = purposes.setdefault(purpose, view.name)
            if other != view.name:
                raise WrongViewError(f"the purpose {purpose} belongs to both {other} and {view.name}")
        views[view.name] = view
    return MappingProxyType(views)


VIEWS: Final = collect(import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
"""Every partner's view by its name."""

BY_PURPOSE: Final[Mapping[str, View]] = MappingProxyType(
    {purpose: view for view in VIEWS.values() for purpose in view.purposes}
)
"""The view that serves a purpose of a token."""

"""Is every projection that a file declares one that its service keeps?"""

import importlib
import pkgutil

import pytest

from deploy.local.roster import READ_SERVICES
from kit.projections.projection import Projection


@pytest.mark.parametrize("service", READ_SERVICES)
def test_every_declared_projection_is_kept(service: str) -> None:
    package = importlib.import_module(f"services.{service}.projections")
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    for module in modules:
        for name, declared in vars(module).items():
            if isinstance(declared, Projection):
                assert declared in package.PROJECTIONS, f"name {name} in {package.__name__}"

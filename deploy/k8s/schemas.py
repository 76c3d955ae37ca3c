"""Is a manifest what Kubernetes and the operators understand?"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

from deploy.k8s.render import Manifest, name_of

KUBERNETES = "1.34"

_LONGEST = 300


def faults_of(manifest: Manifest, custom: Path) -> list[str]:
    """What the schemas say against it; `custom` holds those of custom resources as `<group>/<kind>_<version>.json`."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    path = custom / group / f"{manifest['kind'].lower()}_{version}.json"
    if group and path.is_file():
        errors = jsonschema.Draft7Validator(_schema(path)).iter_errors(manifest)
        return [_line(manifest, error.absolute_path, error.message) for error in errors]
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return [f"{name_of(manifest)}: no schema for {manifest['apiVersion']}"]
    except kubernetes_validate.ValidationError as error:
        return [_line(manifest, error.path, error.message)]
    return []


@lru_cache
def _schema(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _line(manifest: Manifest, path: Any, message: str) -> str:
    return f"{name_of(manifest)}: {'.'.join(str(part) for part in path)}: {message[:_LONGEST]}"

"""Which manifests does an overlay come to?

The part of Kustomize that this folder uses (resources, patches by strategic merge, images, namespace), so that
manifests are checked on a machine without kubectl. Whatever else a kustomization says is refused, not ignored.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

_KNOWN = frozenset({"apiVersion", "kind", "namespace", "resources", "patches", "images"})
_WITHOUT_NAMESPACE = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding"})
_CORE = re.compile(r"(v1|apps/v1|batch/v1|policy/v1|networking\.k8s\.io/v1)")
# How Kubernetes itself tells the entries of these lists apart; any other list is replaced as a whole.
_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "topologySpreadConstraints": "topologyKey",
}


class Unrenderable(Exception):
    """A kustomization asks for something that does not exist or that is not rendered here."""


def render(folder: Path) -> list[Manifest]:
    """All manifests of the kustomization in a folder, patched, in the order of its resources."""
    kustomization = _kustomization(folder)
    manifests = [manifest for name in kustomization.get("resources", ()) for manifest in _resources(folder / name)]
    for patch in kustomization.get("patches", ()):
        for document in _documents(folder / patch["path"]):
            _patch(manifests, document, patch.get("target"))
    for image in kustomization.get("images", ()):
        _set_image(manifests, image)
    namespace = kustomization.get("namespace")
    if namespace:
        for manifest in manifests:
            if manifest["kind"] not in _WITHOUT_NAMESPACE:
                manifest["metadata"]["namespace"] = namespace
    return manifests


def name_of(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def containers_of(manifest: Mapping[str, Any]) -> list[Manifest]:
    """Containers of a workload; nothing for what is none."""
    pod = manifest.get("spec", {}).get("template", {}) if manifest["kind"] in {"Deployment", "Job"} else {}
    spec = pod.get("spec", {})
    return [*spec.get("initContainers", ()), *spec.get("containers", ())]


def merge(into: Any, patch: Any, *, by_key: bool, field: str = "") -> Any:
    """A strategic merge: members into members, lists of named things by name, null takes a member away."""
    if isinstance(into, dict) and isinstance(patch, dict):
        merged = dict(into)
        for key, value in patch.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = merge(merged.get(key), value, by_key=by_key, field=key)
        return merged
    key = _MERGE_KEYS.get(field) if by_key else None
    if key and isinstance(into, list) and isinstance(patch, list):
        entries = {entry[key]: entry for entry in into}
        for entry in patch:
            entries[entry[key]] = merge(entries.get(entry[key]), entry, by_key=by_key)
        return list(entries.values())
    return copy.deepcopy(patch)


def _kustomization(folder: Path) -> Manifest:
    (kustomization,) = _documents(folder / "kustomization.yaml")
    unknown = sorted(set(kustomization) - _KNOWN)
    if unknown:
        raise Unrenderable(f"{folder}: {', '.join(unknown)} is not rendered here")
    return kustomization


def _resources(path: Path) -> list[Manifest]:
    return render(path) if path.is_dir() else list(_documents(path))


def _documents(path: Path) -> Iterator[Manifest]:
    if not path.is_file():
        raise Unrenderable(f"{path} does not exist")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if document:
            yield document


def _patch(manifests: list[Manifest], patch: Manifest, target: Mapping[str, str] | None) -> None:
    found = [index for index, manifest in enumerate(manifests) if _is_meant(manifest, patch, target)]
    if not found:
        raise Unrenderable(f"a patch meets nothing: {target or name_of(patch)}")
    for index in found:
        change = {key: value for key, value in patch.items() if target is None or key == "spec"}
        by_key = _CORE.fullmatch(manifests[index]["apiVersion"]) is not None
        manifests[index] = merge(manifests[index], change, by_key=by_key)


def _is_meant(manifest: Manifest, patch: Manifest, target: Mapping[str, str] | None) -> bool:
    if target is None:
        return (manifest["apiVersion"], name_of(manifest)) == (patch["apiVersion"], name_of(patch))
    labels = manifest["metadata"].get("labels", {})
    wanted = dict(pair.split("=") for pair in target.get("labelSelector", "").split(",") if pair)
    return (
        re.fullmatch(target.get("kind", ".*"), manifest["kind"]) is not None
        and re.fullmatch(target.get("name", ".*"), manifest["metadata"]["name"]) is not None
        and wanted.items() <= labels.items()
    )


def _set_image(manifests: list[Manifest], image: Mapping[str, str]) -> None:
    for manifest in manifests:
        for container in containers_of(manifest):
            name, _, tag = container.get("image", "").partition(":")
            if name == image["name"]:
                container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"

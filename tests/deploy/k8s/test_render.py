"""Does rendering come to what Kustomize would print, and refuse what it does not know?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.render import Unrenderable, merge, name_of, render

CONTAINER = {"name": "socai", "image": "socai", "env": [{"name": "A", "value": "1"}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "labels": {"tier": "python"}},
    "spec": {"template": {"spec": {"containers": [CONTAINER]}}},
}
CUSTOM = {
    "apiVersion": "kafka.strimzi.io/v1",
    "kind": "Kafka",
    "metadata": {"name": "log"},
    "spec": {"env": [{"name": "A"}]},
}


def folder(path: Path, files: dict[str, list[Any]], **kustomization: Any) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, documents in files.items():
        (path / name).write_text(yaml.safe_dump_all(documents))
    (path / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return path


def test_an_overlay_patches_its_base_by_name_and_sets_image_and_namespace(tmp_path: Path) -> None:
    folder(tmp_path / "base", {"all.yaml": [DEPLOYMENT, CUSTOM]}, resources=["all.yaml"])
    change = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api"}, "spec": {"replicas": 4}}
    overlay = folder(
        tmp_path / "overlay",
        {"change.yaml": [change]},
        namespace="here",
        resources=["../base"],
        patches=[{"path": "change.yaml"}],
        images=[{"name": "socai", "newName": "images.example/socai", "newTag": "2"}],
    )
    deployment, custom = render(overlay)
    assert deployment["spec"]["replicas"] == 4
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "images.example/socai:2"
    assert {deployment["metadata"]["namespace"], custom["metadata"]["namespace"]} == {"here"}


def test_a_patch_with_a_target_meets_all_that_it_selects_and_no_other(tmp_path: Path) -> None:
    other = {**DEPLOYMENT, "metadata": {"name": "door", "labels": {"tier": "envoy"}}}
    pod = {"spec": {"template": {"spec": {"containers": [{"name": "socai", "env": [{"name": "B", "value": "2"}]}]}}}}
    rendered = render(
        folder(
            tmp_path,
            {"all.yaml": [DEPLOYMENT, other], "pod.yaml": [{**DEPLOYMENT, **pod}]},
            resources=["all.yaml"],
            patches=[{"path": "pod.yaml", "target": {"kind": "Deployment|Job", "labelSelector": "tier=python"}}],
        )
    )
    names = {
        name_of(one): [entry["name"] for entry in one["spec"]["template"]["spec"]["containers"][0]["env"]]
        for one in rendered
    }
    assert names == {"Deployment/api": ["A", "B"], "Deployment/door": ["A"]}


def test_named_lists_of_kubernetes_merge_and_those_of_custom_resources_are_replaced() -> None:
    patch = {"spec": {"env": [{"name": "B"}]}}
    assert merge(CUSTOM, patch, by_key=False)["spec"]["env"] == [{"name": "B"}]
    assert merge(CUSTOM, patch, by_key=True)["spec"]["env"] == [{"name": "A"}, {"name": "B"}]


def test_null_takes_a_member_away() -> None:
    assert merge({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": None}}, by_key=True) == {"b": {"d": 3}}


def test_rendering_leaves_the_patch_alone() -> None:
    patch = {"spec": {"list": [1]}}
    merge({}, patch, by_key=True)["spec"]["list"].append(2)
    assert patch == {"spec": {"list": [1]}}


@pytest.mark.parametrize(
    ("kustomization", "message"),
    [
        ({"resources": [], "helmCharts": []}, "helmCharts is not rendered here"),
        ({"resources": ["absent.yaml"]}, r"absent\.yaml does not exist"),
        ({"resources": [], "patches": [{"path": "lonely.yaml"}]}, "a patch meets nothing: Deployment/api"),
    ],
)
def test_what_cannot_be_rendered_is_refused(tmp_path: Path, kustomization: dict[str, Any], message: str) -> None:
    with pytest.raises(Unrenderable, match=message):
        render(folder(tmp_path, {"lonely.yaml": [DEPLOYMENT]}, **kustomization))

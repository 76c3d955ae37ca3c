"""Are our manifests right, and does the check notice when they are not?"""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import services
from contracts.topics import PARTITIONS, RETENTION, TOPICS
from deploy.k8s.__main__ import CUSTOM_SCHEMAS, HERE
from deploy.k8s.policy import broken_rules
from deploy.k8s.render import Manifest, containers_of, name_of, render
from deploy.k8s.schemas import faults_of
from deploy.local.databases import ROLES
from deploy.local.roster import RUNNING
from kit.process.settings import ProcessSettings

FOLDERS = [HERE / "base", *sorted(path.parent for path in HERE.glob("overlays/*/kustomization.yaml"))]


@pytest.fixture(scope="module")
def base() -> list[Manifest]:
    return render(HERE / "base")


def one(manifests: list[Manifest], name: str) -> Manifest:
    return next(manifest for manifest in manifests if name_of(manifest) == name)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_overlay_fits_the_schemas_and_our_rules(folder: Path) -> None:
    manifests = render(folder)
    assert [fault for manifest in manifests for fault in faults_of(manifest, CUSTOM_SCHEMAS)] == []
    assert broken_rules(manifests) == []


def test_every_process_of_one_machine_has_its_deployment(base: list[Manifest]) -> None:
    deployed = {
        manifest["metadata"]["name"]: containers_of(manifest)[0]["args"]
        for manifest in base
        if manifest["kind"] == "Deployment"
    }
    assert deployed == {ours.name: ["-m", ours.package, ours.verb] for ours in RUNNING}


def test_every_process_gets_the_database_roles_that_it_has_on_one_machine(base: list[Manifest]) -> None:
    for ours in RUNNING:
        names = {entry["name"] for entry in container(base, f"Deployment/{ours.name}")["env"]}
        roles = {role for role in ROLES if any(name.endswith(f"_{role.upper()}_DSN") for name in names)}
        assert roles == set(ours.roles), ours.name


def test_partners_pseudonyms_do_not_rest_on_a_key_that_is_changed(base: list[Manifest]) -> None:
    env = {entry["name"]: entry for entry in container(base, "Deployment/exchange-api")["env"]}
    names = ("SOCAI_EXCHANGE_PSEUDONYM_KEY", "SOCAI_CURSOR_KEY")
    own, cursors = (env[name]["valueFrom"]["secretKeyRef"]["name"] for name in names)
    assert own != cursors


def test_topics_are_those_of_the_contract(base: list[Manifest]) -> None:
    topics = {manifest["metadata"]["name"]: manifest["spec"] for manifest in base if manifest["kind"] == "KafkaTopic"}
    assert set(topics) == set(TOPICS)
    for spec in topics.values():
        assert spec["partitions"] == PARTITIONS
        assert RETENTION.items() <= spec["config"].items()


def settings_of(package: str) -> type[ProcessSettings]:
    module = importlib.import_module(f"{package}.settings")
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, ProcessSettings) and thing.__module__ == module.__name__
    ]
    assert len(found) == 1
    return found[0]


def packages() -> list[str]:
    named = [f"services.{module.name}" for module in pkgutil.iter_modules(services.__path__)]
    return ["gateway", *named]


@pytest.mark.parametrize("package", packages())
def test_every_variable_is_a_setting_of_the_process_that_gets_it(base: list[Manifest], package: str) -> None:
    settings = settings_of(package)
    fields = {name.upper() for name in settings.model_fields}
    known = {f"{prefix}{field}" for prefix in ("SOCAI_", settings.model_config["env_prefix"]) for field in fields}
    given = set(one(base, "ConfigMap/socai")["data"])
    for manifest in base:
        for container in containers_of(manifest):
            if package in container["args"]:
                given |= {entry["name"] for entry in container["env"]}
    assert {name for name in given if name.startswith("SOCAI_")} - known == set()


Break = Callable[[list[Manifest]], Any]


def container(manifests: list[Manifest], name: str = "Deployment/events-api") -> Manifest:
    return containers_of(one(manifests, name))[0]


def without(name: str) -> Break:
    return lambda manifests: manifests.remove(one(manifests, name))


BROKEN: dict[str, tuple[Break, str]] = {
    "a tag that moves": (
        lambda manifests: container(manifests).update(image="socai:latest"),
        "Deployment/events-api: the image 'socai:latest' names no fixed version",
    ),
    "no tag": (
        lambda manifests: container(manifests).update(image="registry:5000/socai"),
        "Deployment/events-api: the image 'registry:5000/socai' names no fixed version",
    ),
    "no limit": (
        lambda manifests: container(manifests)["resources"].pop("limits"),
        "Deployment/events-api: no limit of memory",
    ),
    "no requests": (
        lambda manifests: container(manifests)["resources"]["requests"].pop("cpu"),
        "Deployment/events-api: no requests of cpu and memory",
    ),
    "no probe": (
        lambda manifests: container(manifests).pop("readinessProbe"),
        "Deployment/events-api: no readinessProbe",
    ),
    "root": (
        lambda manifests: one(manifests, "Job/events-migrate")["spec"]["template"]["spec"].pop("securityContext"),
        "Job/events-migrate: may run as root",
    ),
    "capabilities": (
        lambda manifests: container(manifests)["securityContext"].pop("capabilities"),
        "Deployment/events-api: keeps capabilities",
    ),
    "no budget": (
        without("PodDisruptionBudget/events-api"),
        "Deployment/events-api: no PodDisruptionBudget",
    ),
    "no policy": (
        without("NetworkPolicy/events-api"),
        "Deployment/events-api: no NetworkPolicy of its own",
    ),
    "open by default": (
        without("NetworkPolicy/default-deny"),
        "no NetworkPolicy denies everything by default",
    ),
    "no account": (
        without("ServiceAccount/events-api"),
        "Deployment/events-api: ServiceAccount/events-api does not exist",
    ),
    "no settings": (
        without("ConfigMap/socai"),
        "Deployment/events-api: ConfigMap/socai does not exist",
    ),
    "a service of nobody": (
        without("Deployment/events-api"),
        "Service/events-api: selects no pod",
    ),
    "an end in the middle of a request": (
        lambda manifests: container(manifests).pop("lifecycle"),
        "Service/events-api: ends while callers still come to it",
    ),
    "callers without addresses": (
        lambda manifests: one(manifests, "Service/door")["spec"].update(type="LoadBalancer"),
        "Service/door: hides the addresses by which the door counts callers",
    ),
    "a password": (
        lambda manifests: container(manifests)["env"][1].update(value="postgresql://socai:hunter2@records-rw/x"),
        "Deployment/events-api: an address contains a password",
    ),
    "a secret": (
        lambda manifests: manifests.append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}),
        "Secret/s: a secret is referenced, never contained",
    ),
    "a log for everybody": (
        lambda manifests: one(manifests, "Kafka/log")["spec"]["kafka"]["listeners"][0].pop("networkPolicyPeers"),
        "Kafka/log: a listener is open to every pod",
    ),
    "a topic that forgets": (
        lambda manifests: one(manifests, "KafkaTopic/population.facts")["spec"]["config"].update(
            {"retention.ms": "604800000"}
        ),
        "KafkaTopic/population.facts: the ledger's topics are kept for ever",
    ),
    "a second writer": (
        lambda manifests: one(manifests, "KafkaUser/registry-projector")["spec"]["authorization"]["acls"][0][
            "operations"
        ].append("Write"),
        "KafkaUser/registry-projector: only events-relay may write to the log",
    ),
}


@pytest.mark.parametrize(("break_it", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_named(base: list[Manifest], break_it: Break, line: str) -> None:
    manifests = copy.deepcopy(base)
    break_it(manifests)
    assert line in broken_rules(manifests)


WRONG: dict[str, tuple[str, Callable[[Manifest], Any], str]] = {
    "an unknown field": (
        "Deployment/events-api",
        lambda manifest: manifest["spec"].update(replicaz=2),
        "replicaz",
    ),
    "a number that is text": (
        "Deployment/events-api",
        lambda manifest: manifest["spec"].update(replicas="two"),
        "spec.replicas: 'two' is not of type",
    ),
    "a log of the age of ZooKeeper": (
        "Kafka/log",
        lambda manifest: manifest["spec"].update(zookeeper={"replicas": 3}),
        "Additional properties are not allowed ('zookeeper' was unexpected)",
    ),
    "a version of Strimzi that is gone": (
        "Kafka/log",
        lambda manifest: manifest.update(apiVersion="kafka.strimzi.io/v1beta2"),
        "no schema for kafka.strimzi.io/v1beta2",
    ),
    "a role that no broker has": (
        "KafkaNodePool/brokers",
        lambda manifest: manifest["spec"].update(roles=["leader"]),
        "'leader' is not one of ['controller', 'broker']",
    ),
    "a database cluster without instances": (
        "Cluster/records",
        lambda manifest: manifest["spec"].update(instances=0),
        "0 is less than the minimum of 1",
    ),
    "a backup by no known method": (
        "ScheduledBackup/records",
        lambda manifest: manifest["spec"].update(method="tape"),
        "'tape' is not one of",
    ),
}


@pytest.mark.parametrize(("name", "break_it", "message"), WRONG.values(), ids=WRONG)
def test_a_manifest_that_does_not_fit_is_refused_for_the_right_reason(
    base: list[Manifest], name: str, break_it: Callable[[Manifest], Any], message: str
) -> None:
    manifest = copy.deepcopy(one(base, name))
    break_it(manifest)
    faults = faults_of(manifest, CUSTOM_SCHEMAS)
    assert any(message in fault for fault in faults), faults

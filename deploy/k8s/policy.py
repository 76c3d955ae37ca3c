"""Which of our own rules does a set of manifests break, where no schema would notice?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.k8s.render import Manifest, containers_of, name_of

WORKLOADS = frozenset({"Deployment", "Job"})
LEDGER_TOPICS = "population."
WRITER = "events-relay"

_PASSWORD_IN_ADDRESS = re.compile(r"://[^:/@]*:(?!\$\()[^@/]+@")
_TAG = re.compile(r"[^/:]+(:(?P<tag>[\w.-]+))?(@sha256:[0-9a-f]{64})?$")


def broken_rules(manifests: Sequence[Manifest]) -> list[str]:
    """One line for each rule that a manifest breaks."""
    found: list[str] = []
    for manifest in manifests:
        rules: list[Iterator[str]] = [_secrets(manifest), _log(manifest)]
        if manifest["kind"] in WORKLOADS:
            rules += [_pod(manifest), _networked(manifest, manifests), _references(manifest, manifests)]
            rules += [_container(container) for container in containers_of(manifest)]
        if manifest["kind"] == "Deployment":
            rules.append(_long_running(manifest, manifests))
        if manifest["kind"] == "Service":
            rules.append(_served(manifest, manifests))
        found += [f"{name_of(manifest)}: {line}" for rule in rules for line in rule]
    if not any(_denies_by_default(manifest) for manifest in manifests):
        found.append("no NetworkPolicy denies everything by default")
    return found


def _container(container: Mapping[str, Any]) -> Iterator[str]:
    image = container.get("image", "")
    found = _TAG.search(image)
    if found is None or found["tag"] == "latest" or not (found["tag"] or "@sha256:" in image):
        yield f"the image {image!r} names no fixed version"
    resources = container.get("resources", {})
    if not {"cpu", "memory"} <= set(resources.get("requests", {})):
        yield "no requests of cpu and memory"
    if "memory" not in resources.get("limits", {}):
        yield "no limit of memory"
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if not security.get("readOnlyRootFilesystem"):
        yield "may write to its own file system"
    if security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "keeps capabilities"


def _pod(manifest: Manifest) -> Iterator[str]:
    pod = manifest["spec"]["template"]["spec"]
    security = pod.get("securityContext", {})
    if not security.get("runAsNonRoot"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "holds a token of the cluster"
    if pod.get("serviceAccountName", "default") == "default":
        yield "has no service account of its own"


def _long_running(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    for container in manifest["spec"]["template"]["spec"]["containers"]:
        for probe in ("livenessProbe", "readinessProbe"):
            if probe not in container:
                yield f"no {probe}"
    if not manifest["spec"]["template"]["spec"].get("topologySpreadConstraints"):
        yield "may stand on one node as a whole"
    budgets = [one for one in manifests if one["kind"] == "PodDisruptionBudget"]
    if not any(_selects(budget["spec"]["selector"], _labels(manifest)) for budget in budgets):
        yield "no PodDisruptionBudget"


def _networked(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    policies = [one for one in manifests if one["kind"] == "NetworkPolicy" and one["spec"]["podSelector"]]
    labels = _labels(manifest)
    own = [
        policy for policy in policies if "egress" in policy["spec"] and _selects(policy["spec"]["podSelector"], labels)
    ]
    # The policy of the traces selects everyone alike; a workload's needs stand in one of its own.
    if not any(policy["metadata"]["name"] in set(labels.values()) for policy in own):
        yield "no NetworkPolicy of its own"


def _references(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    there = {name_of(one) for one in manifests}
    pod = manifest["spec"]["template"]["spec"]
    wanted = {f"ServiceAccount/{pod.get('serviceAccountName', 'default')}"}
    for container in containers_of(manifest):
        for source in container.get("envFrom", ()):
            if "configMapRef" in source:
                wanted.add(f"ConfigMap/{source['configMapRef']['name']}")
    for name in sorted(wanted - there):
        yield f"{name} does not exist"


def _served(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    selector = {"matchLabels": manifest["spec"].get("selector", {})}
    serving = [one for one in manifests if one["kind"] in WORKLOADS and _selects(selector, _labels(one))]
    if not serving:
        yield "selects no pod"
    if any("preStop" not in container.get("lifecycle", {}) for one in serving for container in containers_of(one)):
        yield "ends while callers still come to it"
    if manifest["spec"].get("type") == "LoadBalancer" and manifest["spec"].get("externalTrafficPolicy") != "Local":
        yield "hides the addresses by which the door counts callers"


def _secrets(manifest: Manifest) -> Iterator[str]:
    if manifest["kind"] == "Secret":
        yield "a secret is referenced, never contained"
    for text in _texts(manifest):
        if _PASSWORD_IN_ADDRESS.search(text):
            yield "an address contains a password"


def _log(manifest: Manifest) -> Iterator[str]:
    name, spec = manifest["metadata"]["name"], manifest.get("spec", {})
    if manifest["kind"] == "Kafka" and not all(one.get("networkPolicyPeers") for one in spec["kafka"]["listeners"]):
        yield "a listener is open to every pod"
    if manifest["kind"] == "KafkaTopic" and name.startswith(LEDGER_TOPICS):
        config = spec.get("config", {})
        if {config.get("retention.ms"), config.get("retention.bytes")} != {"-1"}:
            yield "the ledger's topics are kept for ever"
        if config.get("min.insync.replicas") != "2":
            yield "an entry counts once two brokers have it"
    if manifest["kind"] == "KafkaUser" and name != WRITER:
        for acl in spec.get("authorization", {}).get("acls", ()):
            if {"Write", "All", "Delete", "Alter"} & set(acl["operations"]):
                yield f"only {WRITER} may write to the log"


def _denies_by_default(manifest: Manifest) -> bool:
    return (
        manifest["kind"] == "NetworkPolicy"
        and manifest["spec"]["podSelector"] == {}
        and set(manifest["spec"].get("policyTypes", ())) == {"Ingress", "Egress"}
        and not manifest["spec"].get("ingress")
        and not manifest["spec"].get("egress")
    )


def _labels(manifest: Manifest) -> dict[str, str]:
    labels: dict[str, str] = manifest["spec"]["template"]["metadata"].get("labels", {})
    return labels


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    expressions = selector.get("matchExpressions", ())
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in expressions
    )


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)

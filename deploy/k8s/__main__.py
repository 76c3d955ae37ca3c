"""Are the manifests of this folder right, and what do they come to?

python -m deploy.k8s check                     every overlay against schemas and rules
python -m deploy.k8s render overlays/example   what `kubectl kustomize` would print
"""

import argparse
import sys
from pathlib import Path

import yaml

from deploy.k8s.policy import broken_rules
from deploy.k8s.render import render
from deploy.k8s.schemas import faults_of
from kit.cli import Command, dispatch

HERE = Path(__file__).parent
CUSTOM_SCHEMAS = HERE.parents[1] / "tests" / "data" / "crds"


def check(arguments: argparse.Namespace) -> int:
    """Render the base and every overlay, and hold them against schemas and rules."""
    folders = [HERE / "base", *sorted(path.parent for path in HERE.glob("overlays/*/kustomization.yaml"))]
    failed = 0
    for folder in folders:
        manifests = render(folder)
        faults = [fault for manifest in manifests for fault in faults_of(manifest, arguments.schemas)]
        faults += broken_rules(manifests)
        failed += len(faults)
        say = "right" if not faults else f"{len(faults)} faults"
        sys.stdout.write(f"{folder.relative_to(HERE)}: {len(manifests)} manifests, {say}\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in faults)
    return 1 if failed else 0


def show(arguments: argparse.Namespace) -> None:
    """Print the manifests of one folder."""
    yaml.safe_dump_all(render(HERE / arguments.folder), sys.stdout, sort_keys=False, allow_unicode=True)


def _schemas(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--schemas", type=Path, default=CUSTOM_SCHEMAS, help="folder with the schemas of custom resources"
    )


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", help="base, or overlays/NAME")


if __name__ == "__main__":
    COMMANDS = [Command("check", check, _schemas), Command("render", show, _folder)]
    sys.exit(dispatch("deploy.k8s", "The manifests of an installation on Kubernetes.", COMMANDS))

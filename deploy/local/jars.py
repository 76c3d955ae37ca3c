"""Where do Kafka's jar files come from?

Run as a program of its own, because the resolver downloads under the home folder whatever it is told:

    HOME=<folder> python -m deploy.local.jars <cache folder>

prints the class path, one entry a line.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import jgo

from kit.process.progress import Say

ENDPOINT = "org.apache.kafka:kafka_2.13:4.3.0+org.slf4j:slf4j-simple:2.0.17"
DOWNLOAD_MIB = 46


class NotFetched(RuntimeError):
    """The jar files could not be downloaded."""


def class_path(folder: Path, say: Say) -> tuple[str, ...]:
    """Fetch what is missing into the folder (once, whoever asks first), and name the jar files."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "class-path"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists() and ENDPOINT in (lines := kept.read_text().splitlines()):
            entries = [line for line in lines if line != ENDPOINT]
            if all(Path(entry).exists() for entry in entries):
                return tuple(entries)
        entries = fetch(folder, say)
        kept.write_text("\n".join([ENDPOINT, *entries]) + "\n")
        return tuple(entries)


def fetch(folder: Path, say: Say) -> list[str]:
    program = [sys.executable, "-m", "deploy.local.jars", str(folder / "environment")]
    root = Path(__file__).parents[2]
    home = folder / "home"
    home.mkdir(exist_ok=True)
    with subprocess.Popen(
        program,
        cwd=root,
        env=fetch_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as resolver:
        try:
            out, err = followed(resolver, home, say)
        except BaseException:
            resolver.kill()
            raise
    if resolver.returncode:
        raise NotFetched(f"Kafka could not be fetched from Maven Central:\n{err.strip()[-1500:]}")
    return [line for line in out.splitlines() if line.endswith(".jar")]


def followed(resolver: subprocess.Popen[str], home: Path, say: Say) -> tuple[str, str]:
    said = -1
    while True:
        try:
            return resolver.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            size = size_mib(home)
            if size // 10 != said:
                said = size // 10
                say(f"kafka: {size} of about {DOWNLOAD_MIB} MB fetched")


def fetch_environment(home: Path) -> dict[str, str]:
    """Ours (proxies, certificates), with a home folder inside the data folder."""
    return os.environ | {"HOME": str(home), "M2_REPO": str(home / ".m2" / "repository")}


def size_mib(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total // 1_000_000


def main() -> None:
    environment = jgo.build(ENDPOINT, cache_dir=Path(sys.argv[1]))
    for jar in sorted(environment.path.glob("jars/*.jar")) + sorted(environment.path.glob("modules/*.jar")):
        print(jar.resolve())


if __name__ == "__main__":
    main()

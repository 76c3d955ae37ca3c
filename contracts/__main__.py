"""How are schemas and catalogue written, checked and released? `python -m contracts write|check|release`."""

import sys

from contracts.generated import complaints, release, write

USAGE = """usage: python -m contracts COMMAND

  write    write contracts/schemas/*.json and docs/events.md from the classes
  check    fail, and say what to do, when one of them is out of date or a released schema has changed
  release  freeze the schemas of this release in contracts/schemas/RELEASED"""


def main(arguments: list[str]) -> int:
    """Run one command; the exit code is 0 when all is well."""
    say = sys.stdout.write
    match arguments:
        case ["write"]:
            for path in write():
                say(f"wrote {path}\n")
        case ["check"]:
            found = list(complaints())
            for complaint in found:
                sys.stderr.write(complaint + "\n")
            return 1 if found else 0
        case ["release"]:
            for name in release():
                say(f"released {name}\n")
        case ["-h" | "--help"]:
            say(USAGE + "\n")
        case _:
            sys.stderr.write(USAGE + "\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

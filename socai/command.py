"""How is a command described: what it does, its help with examples, and as whom it speaks?"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from socai.dates import Language, undated
from socai.helping import COMMANDS, FAULTS, HEADINGS, METAVARS, OPTIONS
from socai.session import Session

Command = Callable[[Session, argparse.Namespace], int]

# What servers make up may begin with a hyphen, which argparse takes for an option where it stands by itself.
MADE_UP = frozenset({"--key", "--cursor"})
OPTION = re.compile(r"-h|--([a-z].*)?")


class _InVietnamese(argparse.RawTextHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "cách dùng: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(HEADINGS.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """A parser that explains in one language what can be said to a `command`, or before any."""

    def __init__(self, language: Language, command: str = "", **options: Any) -> None:
        self.language, self.command = language, command
        formatter = _InVietnamese if language == "vi" else argparse.RawTextHelpFormatter
        super().__init__(formatter_class=formatter, **options)

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        """Add an argument with the help that stands in the table of options."""
        if options.get("metavar") in {"DATE", "YYYY-MM"}:
            options.setdefault("type", undated)
        made = super().add_argument(*names, **options)
        words = OPTIONS.get(f"{self.command}.{made.dest}") or OPTIONS[made.dest]
        made.help = words[self.language == "vi"]
        taken = made.metavar or (made.dest.upper() if made.choices is None and made.nargs != 0 else None)
        if self.language == "vi" and isinstance(taken, str):
            made.metavar = METAVARS.get(taken, taken)
        return made

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Understand a command line; a key or a cursor is taken as it was shown, whatever it begins with."""
        return super().parse_known_args(_joined(sys.argv[1:] if args is None else args), namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a command line, and end with 2."""
        if self.language == "vi":
            self.print_usage(sys.stderr)
            self.exit(2, f"{self.prog}: lỗi: {_in_vietnamese(message)}\n")
        super().error(message)


def _joined(arguments: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] in MADE_UP and argument.startswith("-") and OPTION.fullmatch(argument) is None:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _in_vietnamese(message: str) -> str:
    fitting = ((found, told) for pattern, told in FAULTS if (found := re.fullmatch(pattern, message)))
    return next((found.expand(told) for found, told in fitting), message)


def count(text: str) -> int:
    """Read how many of something are asked for: one at least."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is less than 1")
    # More than can be counted to is as many as there are.
    return min(number, sys.maxsize)


@dataclass(frozen=True, slots=True)
class Commands:
    """Where commands are added, and the language in which they are explained."""

    language: Language
    parsers: Any


def command(commands: Commands, name: str, does: Command, *examples: str) -> Parser:
    """Add a command."""
    vietnamese = commands.language == "vi"
    text = COMMANDS[name][vietnamese]
    made: Parser = commands.parsers.add_parser(
        name,
        language=commands.language,
        command=name,
        help=text,
        description=text,
        epilog="\n".join(["ví dụ:" if vietnamese else "examples:", *(f"  socai {example}" for example in examples)]),
    )
    made.set_defaults(does=does)
    made.add_argument("--as", dest="speaks_as", metavar="CLIENT")
    return made

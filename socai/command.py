"""How is a command described: what it does, its help with examples, and as whom it speaks?"""

import argparse
from collections.abc import Callable
from typing import Any

from socai.session import Session

Command = Callable[[Session, argparse.Namespace], int]


def command(commands: Any, name: str, does: Command, text: str, *examples: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog="\n".join(["examples:", *(f"  socai {example}" for example in examples)]),
        formatter_class=argparse.RawTextHelpFormatter,
    )
    made.set_defaults(does=does)
    made.add_argument("--as", dest="speaks_as", metavar="CLIENT", help="speak as this client of the run file")
    return made

"""What can be typed? `socai --help` lists it: reports and amendments, people, moves, the office, figures and feed."""

import argparse
import errno
import os
import signal
import sys
import time
from collections.abc import Callable

import httpx

from socai.arguments import parser
from socai.client import run_file
from socai.command import Command
from socai.dates import Language
from socai.session import Failure, Session, open_run
from socai.wording import file_text, say

INTERRUPTED = 130
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def language_of(chosen: str | None, environment: str) -> Language:
    """Give the language that was asked for, else Vietnamese where the terminal speaks it."""
    if chosen is not None:
        return "vi" if chosen == "vi" else "en"
    return "vi" if environment.startswith("vi") else "en"


def _asked(arguments: list[str] | None) -> str | None:
    """Look for the language first: help and errors are said in it before anything else is understood."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--lang")
    chosen: str | None = early.parse_known_args(arguments)[0].lang
    return chosen


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(
    arguments: list[str] | None = None,
    http: httpx.Client | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Run one command. The exit code is 0 when it did what was asked, 1 when not, 2 for a wrong command line."""
    language = language_of(_asked(arguments), os.environ.get("LC_ALL") or os.environ.get("LANG", ""))
    chosen = parser(language).parse_args(arguments)
    session: Session | None = None
    try:
        path = chosen.run or run_file()
        session = Session(
            open_run(path, language), language, chosen.speaks_as, http, path=path, pause=pause, note=_note
        )
        does: Command = chosen.does
        return does(session, chosen)
    except Failure as failure:
        _note(str(failure))
        return 1
    except KeyboardInterrupt:
        _note(say(language, "stopped"))
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (`| head`); nothing more can be said, not even at exit.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        return 0
    except OSError as error:
        # Where a disk is full the system does not say of which file.
        if error.filename is None and error.errno not in FULL:
            raise
        _note(": ".join(str(one) for one in (error.filename, file_text(language, error)) if one))
        return 1
    finally:
        if session is not None:
            session.close()


if __name__ == "__main__":
    sys.exit(main())

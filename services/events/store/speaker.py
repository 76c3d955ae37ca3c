"""How far has a long walk along the ledger come?"""

from kit.process.progress import Progress, say


class Speaker:
    """Says it on standard output, every few seconds; `what` is walked along."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._progress = Progress(say)

    def at(self, position: int) -> None:
        self._progress.may_say(lambda: f"{self._what}: at position {position}")

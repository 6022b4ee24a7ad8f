"""What readings of systems with many lists share: threads, a deadline, and parts that may fail."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from supportbot.account import UNKNOWN
from supportbot.accounts.guard import Deadline
from supportbot.errors import SupportbotError

Json = Mapping[str, Any]
WORKERS: Final = 16
EARLY: Final = 0.15
"""Seconds before the deadline at which answers are no longer waited for."""


class NotUnderstood(ValueError):
    """An object that cannot be a part of the record; ``str`` says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Threads that ask, and threads that make parts: those wait for the former."""

    calls: ThreadPoolExecutor
    parts: ThreadPoolExecutor

    @classmethod
    def of(cls, source: str) -> "Workers":
        """Begin threads for a source."""
        return cls(
            ThreadPoolExecutor(WORKERS, thread_name_prefix=f"{source}-call"),
            ThreadPoolExecutor(WORKERS, thread_name_prefix=f"{source}-part"),
        )

    def close(self) -> None:
        """Let them go; those at work end by their deadlines."""
        for pool in (self.calls, self.parts):
            pool.shutdown(wait=False, cancel_futures=True)


class Reading:
    """
    One turn's reading of one customer; ``failures`` says, by part, what could not be told.

    A part is there whole or not at all, and none waits for what another needs.
    """

    def __init__(self, source: str, deadline: Deadline, workers: Workers) -> None:
        """Nothing is read yet."""
        self._source = source
        self._deadline = deadline
        self._workers = workers
        self.failures: dict[str, str] = {}

    def made_by(
        self, makers: Mapping[str, Callable[[], dict[str, Any]]], wanted: frozenset[str]
    ) -> dict[str, Any]:
        """Run the makers side by side, and return the wanted ones of the parts that they made."""
        making = {name: self._workers.parts.submit(make) for name, make in makers.items()}
        made = self.together(making, early=0)
        found = {part: value for each in made.values() for part, value in each.items()}
        return {part: value for part, value in found.items() if part in wanted}

    def together(
        self, asked: Mapping[str, "Future[Any]"], part: str | None = None, early: float = EARLY
    ) -> dict[str, Any]:
        """
        Wait for answers until shortly before the turn is over; failures go under their part.

        The makers of parts, which wait themselves, are waited for a little longer.
        """
        read = {}
        for name, future in asked.items():
            try:
                read[name] = future.result(max(0.0, self._deadline.left() - early))
            except TimeoutError:
                future.cancel()
                self.failures[part or name] = f"{self._source} did not answer in time."
            except SupportbotError as error:
                self.failures[part or name] = str(error)
        return read

    def made(self, part: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return what ``make`` makes of foreign objects; UNKNOWN: they cannot be understood."""
        try:
            return make()
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            self.failures[part] = f"{self._source} sent what cannot be used: {error}."
            return UNKNOWN

"""A thread that works on a queue, at once when it is woken and otherwise every second."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

PAUSE_SECONDS: Final = 1.0
MOST_TRIES: Final = 8
SLOWEST_RETRY: Final = 300.0
Report = Callable[[str, str], None]


class Worker(ABC):
    """What works; ``report`` is told of troubles: where, and what was wrong."""

    def __init__(self, name: str, report: Report) -> None:
        """Nothing is done until ``start``."""
        self._name = name
        self._report = report
        self._awake = threading.Event()
        self._stopping = False

    @abstractmethod
    def work(self) -> None:
        """Do what is due now."""

    def start(self) -> None:
        """Begin, in a thread that ends with the process."""
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def wake(self) -> None:
        """Look at once."""
        self._awake.set()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping = True
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._awake.wait(PAUSE_SECONDS)
            self._awake.clear()
            try:
                self.work()
            except Exception as error:  # a database that is away for a moment must not end it
                self._report(self._name, type(error).__name__)


def pause_after(tries: int) -> float:
    """Return the seconds to wait after so many tries: twice as long each time."""
    return min(SLOWEST_RETRY, 2.0**tries)

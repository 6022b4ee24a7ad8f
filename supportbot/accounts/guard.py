"""
What stands around every source that can be slow or down: a deadline, two tries, a breaker.

This is the one layer that tries again; nothing below or above it does.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from supportbot.errors import AccountError, SourceUnavailable

T = TypeVar("T")
Clock = Callable[[], float]

CONNECT_SECONDS: Final = 0.5
TURN_SECONDS: Final = 2.0
"""For all the calls to one source in one turn, tries and waits included."""

TRIES: Final = 2
FAILURES: Final = 5
WINDOW_SECONDS: Final = 10.0
PROBE_SECONDS: Final = 1.0
LONGEST_HOLD_SECONDS: Final = 60.0

set_on_retry_hooks([])  # would write addresses of sources to the error stream


class Transient(SourceUnavailable):
    """A try failed in a way that another may not; ``retry_after`` is in seconds."""

    def __init__(self, problem: str, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


class Deadline:
    """An instant by which all must be done, on a clock that nobody sets."""

    def __init__(self, seconds: float = TURN_SECONDS, clock: Clock = time.monotonic) -> None:
        """Begin now."""
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left; never less than zero."""
        return max(0.0, self._end - self._clock())


class Breaker:
    """
    Keeps calls from what keeps failing.

    It opens after five failures within ten seconds.  While it is open, one call a second may
    try; the first that succeeds closes it.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Begin closed."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._open = False
        self._next_probe = 0.0

    @property
    def is_open(self) -> bool:
        """Whether most calls are kept back now."""
        return self._open or self._clock() < self._next_probe

    def allows(self) -> bool:
        """Say whether a call may be made now; while open, yes once a second."""
        with self._lock:
            now = self._clock()
            if now < self._next_probe:
                return False
            if self._open:
                self._next_probe = now + PROBE_SECONDS
            return True

    def succeeded(self) -> None:
        """Close."""
        with self._lock:
            self._failures.clear()
            self._open = False
            self._next_probe = 0.0

    def failed(self, hold: float | None = None) -> None:
        """Count a failure; ``hold``: seconds in which not even a probe may go (Retry-After)."""
        with self._lock:
            now = self._clock()
            self._failures.append(now)
            full = len(self._failures) == FAILURES
            if full and now - self._failures[0] <= WINDOW_SECONDS and not self._open:
                self._open = True
                self._next_probe = now + PROBE_SECONDS
            if hold:
                self._next_probe = max(self._next_probe, now + min(hold, LONGEST_HOLD_SECONDS))


class Guard:
    """The tries and breakers of one source, a breaker for each of its endpoints."""

    def __init__(self, source: str, clock: Clock = time.monotonic) -> None:
        """``source`` is its name, as in SUPPORTBOT_ACCOUNTS."""
        self.source = source
        self._clock = clock
        self._lock = threading.Lock()
        self._breakers: dict[str, Breaker] = {}

    def call(self, endpoint: str, deadline: Deadline, attempt: Callable[[float], T]) -> T:
        """
        Return what ``attempt`` returns; it is given the seconds that it may take.

        Raises:
            SourceUnavailable: both tries failed, or the endpoint is resting.
        """
        breaker = self.breaker(endpoint)
        for trying in stamina.retry_context(
            on=lambda error: _wait(error, deadline),
            attempts=TRIES,
            timeout=None,
            wait_initial=0.02,
            wait_jitter=0.1,
            wait_max=0.15,
        ):
            with trying:
                return self._once(endpoint, breaker, deadline, attempt)
        raise AssertionError("stamina ends by returning or raising")

    def breaker(self, endpoint: str) -> Breaker:
        """Return the breaker of an endpoint."""
        with self._lock:
            return self._breakers.setdefault(endpoint, Breaker(self._clock))

    def resting(self) -> tuple[str, ...]:
        """Return the endpoints whose breakers are open, for readiness and metrics."""
        with self._lock:
            return tuple(sorted(name for name, each in self._breakers.items() if each.is_open))

    def _once(
        self, endpoint: str, breaker: Breaker, deadline: Deadline, attempt: Callable[[float], T]
    ) -> T:
        if deadline.left() <= 0:
            raise SourceUnavailable(f"{self.source} took longer than {TURN_SECONDS:g} s in all.")
        if not breaker.allows():
            raise SourceUnavailable(
                f"{self.source} failed repeatedly at {endpoint} and is left alone for a moment."
            )
        try:
            value = attempt(deadline.left())
        except Transient as error:
            breaker.failed(error.retry_after)
            raise
        except AccountError:  # it answered, if not what was hoped for
            breaker.succeeded()
            raise
        breaker.succeeded()
        return value


def _wait(error: Exception, deadline: Deadline) -> bool | float:
    """Say whether to try again, and after how many seconds if the source named them."""
    if not isinstance(error, Transient) or deadline.left() <= 0:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after < deadline.left() else False

"""How a server ends: it says that it leaves, finishes what it has in hand, and then goes."""

import signal
import threading
from types import FrameType
from typing import Final

import uvicorn

NOTICE_SECONDS: Final = 2.0
"""After SIGTERM it still listens for so long, unready, that load balancers see it and look away."""

DRAIN_SECONDS: Final = 25
"""What is in hand then has so long to be finished."""


class LeavingServer(uvicorn.Server):
    """
    A server that tells of its end through ``leaving``, and that a second signal ends at once.

    uvicorn alone stops listening before anybody knows, and heeds only a second Ctrl-C.
    """

    def __init__(self, config: uvicorn.Config, leaving: threading.Event) -> None:
        """Set ``leaving`` when the first signal comes."""
        super().__init__(config)
        self._leaving = leaving

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave; at a second signal end, whatever is in hand: it is in the database."""
        if self._leaving.is_set():
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self._leaving.set()
        if sig == signal.SIGTERM:
            notice = threading.Timer(NOTICE_SECONDS, self._drain)
            notice.daemon = True
            notice.start()
        else:  # Ctrl-C: there is nobody to tell
            self._drain()

    def _drain(self) -> None:
        self.should_exit = True

"""Our side of the talk with a peer's process: a message a line, and its reply."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.benchmarks.peers.catalogue import Peer
from tests.benchmarks.peers.environments import command, variables

LAST_LINES, LONGEST = 3, 300


class PeerFailed(Exception):
    """The process ended or said something else; holds the last that it complained of."""


class Talk:
    """One process of a peer, from its start to its end."""

    def __init__(self, peer: Peer) -> None:
        """Raises PeerFailed: there is no such program."""
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                command(peer),
                env=variables(peer),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                encoding="utf-8",
            )
        except OSError as fault:
            raise PeerFailed(str(fault)) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._complaints.close()

    def say(self, message: Mapping[str, str]) -> dict[str, Any]:
        """
        Send ``message`` and wait for the reply.

        Raises:
            PeerFailed: there is none.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
            reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as fault:
            raise PeerFailed(self._complaint()) from fault
        return reply

    def peak_megabytes(self) -> float | None:
        """
        Return the most memory that the process has held so far; None: this is not Linux.

        Linux counts it from the program's start.  What ``getrusage`` says would hold the memory
        of the process that started it, too.
        """
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.is_file():
            return None
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) / 1024

    def _complaint(self) -> str:
        code = self._process.wait()
        self._complaints.seek(0)
        lines = [line for line in self._complaints.read().splitlines() if line.strip()]
        return f"exit code {code}: {' / '.join(lines[-LAST_LINES:])[-LONGEST:]}"

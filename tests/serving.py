"""Runs ``supportbot serve`` as a program of its own, for what only a process shows."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2

from tests.api import PUBLIC
from tests.running import ROOT


@dataclass
class Served:
    """A server: its process, its address, and the lines that it has logged so far."""

    process: subprocess.Popen[bytes]
    address: str
    lines: list[str] = field(default_factory=list)

    def ask(self, text: str = PUBLIC["text"], **headers: str) -> httpx2.Response:
        """Ask as a visitor does; header names with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.post(
            f"{self.address}/v1/answers", json={"text": text}, headers=named, timeout=15
        )

    def status(self, path: str) -> int:
        """Return the status of a page; 0: nobody listens."""
        try:
            return httpx2.get(f"{self.address}{path}", timeout=5).status_code
        except httpx2.TransportError:
            return 0


def until(seconds: float, holds: Callable[[], object]) -> None:
    """Wait until something holds that a process brings about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def served(settings: dict[str, str], port: int = 0, *options: str) -> Iterator[Served]:
    """Give a server once it listens, and end it; ``settings`` are whole variables."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supportbot", "serve", "--port", str(port), *options],
        env=os.environ | settings,
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    stream = process.stderr
    assert stream is not None
    found = None
    while not found:
        line = stream.readline().decode()
        assert line, "it ended before it listened"
        found = re.search(r"listens at (\S+)", line)
    server = Served(process, found.group(1))
    reader = threading.Thread(
        target=lambda: server.lines.extend(line.decode() for line in stream), daemon=True
    )
    reader.start()
    try:
        yield server
    finally:
        process.kill()
        process.wait(10)
        reader.join(5)
        stream.close()

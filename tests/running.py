"""
Runs the command line as people do: in this process, or as a program of its own.

Both work on a small knowledge folder (the shipped articles with few questions each, so that
learning it takes no time), on a database of their own, and see no terminal.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from supportbot.cli import run
from tests.small_knowledge import shortened

ROOT: Final = Path(__file__).parent.parent
AT: Final = "2026-11-23T09:00:00Z"
ARTICLES: Final = (
    "access-blocked",
    "account-balance",
    "credit-expiry",
    "greeting",
    "human-handoff",
    "not-covered-refunds",
    "past-due-invoice",
    "prepaid-card",
)
BALANCE: Final = "How much credit do I have left?"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@cache
def scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="supportbot-tests-"))


@cache
def knowledge() -> Path:
    folder = scratch() / "knowledge"
    (folder / "faq").mkdir(parents=True)
    for slug in ARTICLES:
        written = (ROOT / "knowledge" / "faq" / f"{slug}.md").read_text(encoding="utf-8")
        (folder / "faq" / f"{slug}.md").write_text(shortened(written), encoding="utf-8")
    (folder / "docs").symlink_to(ROOT / "knowledge" / "docs")
    return folder


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that ``settings`` (names without prefix) and a fresh place make."""
    fresh = Path(tempfile.mkdtemp(dir=scratch()))
    ours = {
        "DATABASE_URL": f"sqlite:///{fresh / 'test.db'}",
        "CACHE_DIR": str(scratch() / "cache"),
        "KNOWLEDGE": str(knowledge()),
        **settings,
    }
    return {f"SUPPORTBOT_{name}": value for name, value in ours.items()}


def supportbot(*arguments: str, stdin: bytes | str = b"", **settings: str) -> Ran:
    """Run a command in this process; ``settings`` are SUPPORTBOT_ variables."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _stream(), _stream()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(settings).items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments)
    return Ran(code, _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")


def program(
    *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None, **settings: str
) -> Ran:
    """Run ``python -m supportbot``; ``variables`` are of the environment, with full names."""
    done = subprocess.run(
        command(arguments),
        input=stdin,
        capture_output=True,
        timeout=120,
        env=os.environ | environment(settings) | dict(variables or {}),
        cwd=ROOT,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "supportbot", *arguments]

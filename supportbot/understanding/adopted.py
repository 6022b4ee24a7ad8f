"""
Which fine-tuned encoder is in use: a folder with encoders, and a note that names two of them.

The note is replaced at once, so that a process that starts meanwhile reads the old one or the
new one.  Without a note, or with one that makes no sense, the encoder that ships is in use.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NOTE: Final = "in-use.json"
SHIPPED_ENCODER: Final = Path(__file__).with_name("mpnet")


@dataclass(frozen=True, slots=True)
class InUse:
    """Names of folders; None is the encoder that ships."""

    now: str | None = None
    before: str | None = None


def in_use(folder: Path) -> InUse:
    """Read the note in ``folder``."""
    try:
        said = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return InUse(said["now"], said["before"])
    except (OSError, ValueError, KeyError, TypeError):
        return InUse()


def adopt(folder: Path, name: str) -> InUse:
    """Put the encoder ``name`` of ``folder`` in use; the one before it is remembered."""
    return _write(folder, InUse(now=name, before=in_use(folder).now))


def go_back(folder: Path) -> InUse:
    """Put the encoder before the last one in use again; twice is where it began."""
    last = in_use(folder)
    return _write(folder, InUse(now=last.before, before=last.now))


def _write(folder: Path, note: InUse) -> InUse:
    fresh = folder / f".{NOTE}"
    fresh.write_text(json.dumps(asdict(note)) + "\n", encoding="utf-8")
    os.replace(fresh, folder / NOTE)
    return note

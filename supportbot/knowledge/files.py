"""
Reading knowledge files without trusting them.

A file under ``knowledge/`` is data from people: no link and no size may make reading it
leave the folder or fill the memory.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from supportbot.errors import ArticleError

LARGEST_FILE = 1024 * 1024


def files_below(folder: Path, suffixes: tuple[str, ...] = (".md",)) -> Iterator[Path]:
    """
    Yield the files below ``folder`` that have one of ``suffixes``, in the order of their names.

    Hidden names are left out, and so the copies that Kubernetes keeps of a mounted folder.

    Raises:
        ArticleError: a link leads out of the folder.
    """
    home = folder.resolve()
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted((*folders, *names)):
            _refuse_link_out(Path(here, name), home)
        visible = (name for name in sorted(names) if not name.startswith("."))
        yield from (Path(here, name) for name in visible if name.lower().endswith(suffixes))


def read_text(path: Path, largest: int = LARGEST_FILE) -> str:
    """Return the text of ``path`` with its line ends as they are, at most ``largest`` bytes."""
    try:
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        raise ArticleError(str(path), 1, problem) from None
    if len(raw) > largest:
        problem = f"the file is larger than {largest:,} bytes; split it into several"
        raise ArticleError(str(path), 1, problem)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ArticleError(str(path), line, "this is not UTF-8 text; save it as UTF-8") from None


def _refuse_link_out(path: Path, home: Path) -> None:
    if path.is_symlink() and not path.resolve().is_relative_to(home):
        problem = "this link leads out of the folder; put a copy of the file in its place"
        raise ArticleError(str(path), 1, problem)

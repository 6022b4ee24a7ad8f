"""
The bot that serves now, and its successor when the knowledge changes.

A changed folder is read whole, checked and learnt aside; then the bot is swapped.  A fault that
was not there at the start leaves the last good version serving, and is told.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from supportbot.bot import Bot
from supportbot.composing.vocabulary import vocabulary
from supportbot.errors import SupportbotError
from supportbot.knowledge.check import check
from supportbot.knowledge.library import Library

POLL_SECONDS: Final = 1.0
MOST_FAULTS: Final = 5
LINKED: Final = ("docs", "faq")
"""Folders that may be links, which a walk does not follow by itself."""

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Serving:
    """A bot, since when it serves, and what is wrong with knowledge that came after it."""

    bot: Bot
    since: datetime
    faults: tuple[str, ...] = ()


class LiveBot:
    """Watches a knowledge folder; ``serving`` is read by requests, each once."""

    def __init__(
        self,
        bot: Bot,
        make: Callable[[Library], Bot],
        told: Callable[[Serving], None] = lambda serving: None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """
        ``make`` learns a library and returns its bot, which may take minutes.

        ``told`` hears of every change.  Nothing is watched until ``start``.
        """
        self._known = frozenset(read_whole(bot.library))  # what it was started with all the same
        self._folder = bot.library.folder
        self._make = make
        self._told = told
        self._poll = poll_seconds
        self._stopping = threading.Event()
        self._seen = signature(self._folder)
        self.serving = Serving(bot, datetime.now().astimezone())
        told(self.serving)

    def start(self) -> None:
        """Watch, in a thread that ends with the process."""
        threading.Thread(target=self._watch, name="knowledge", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopping.set()

    def _watch(self) -> None:
        before = self._seen
        while not self._stopping.wait(self._poll):
            now = signature(self._folder)
            if now != self._seen and now == before:  # changed, and quiet since
                self._seen = now
                self._reload()
            before = now

    def _reload(self) -> None:
        try:
            library = Library(self._folder)
            found = read_whole(library)
            faults = tuple(fault for fault in found if fault not in self._known)
            if not faults and library.version == self.serving.bot.library.version:
                self._tell(Serving(self.serving.bot, self.serving.since))
            elif not faults:
                self._tell(Serving(self._make(library), datetime.now().astimezone()))
        except SupportbotError as error:
            faults = (str(error),)
        except Exception as error:  # of ours or a library's: to watch on is worth more
            faults = (f"The new knowledge cannot be used ({type(error).__name__}).",)
        if faults:
            self._tell(Serving(self.serving.bot, self.serving.since, faults[:MOST_FAULTS]))

    def _tell(self, serving: Serving) -> None:
        self.serving = serving
        self._told(serving)


def read_whole(library: Library) -> tuple[str, ...]:
    """
    Read every file of a library, so that it stays as it is, and return its faults.

    Raises:
        ArticleError: a file cannot be understood at all.
    """
    _ = library.version, library.articles, library.questions_version
    return tuple(map(str, check(library, vocabulary(), datetime.now().astimezone().date())))


def signature(folder: Path) -> Signature:
    """Return what tells that a file has changed: names, times and sizes; hidden ones left out."""
    found = []
    linked = (folder / name for name in LINKED if (folder / name).is_symlink())
    for top in (folder, *linked):
        for here, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [_about(Path(here, name)) for name in sorted(names)]
    return tuple(found)


def _about(path: Path) -> tuple[str, int, int]:
    try:
        about = path.stat()
    except OSError:
        return str(path), 0, -1  # gone since it was listed
    return str(path), about.st_mtime_ns, about.st_size

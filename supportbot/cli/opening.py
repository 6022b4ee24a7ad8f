"""Opening what commands work with, and closing it again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from supportbot.cli.progress import bar
from supportbot.settings import read_settings
from supportbot.wiring import Backends, open_backends, open_bot

if TYPE_CHECKING:
    from concurrent.futures import Future

    from supportbot.bot import Bot
    from supportbot.understanding.encoder import Encoder


@contextmanager
def opened(*, demo: bool) -> Iterator[Backends]:
    """Open the database; close it at the end, whatever happens."""
    gc.freeze()  # what was imported stays to the end
    gc.enable()
    backends = open_backends(read_settings(), demo=demo)
    try:
        yield backends
    finally:
        backends.close()


def bot_of(backends: Backends, encoder: "Future[Encoder | None] | None" = None) -> "Bot":
    """Put the bot together; while it learns new knowledge, show how far it is."""
    with bar("Learning the knowledge") as progress:
        return open_bot(backends, progress, encoder)

"""A progress bar on stderr, if it is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def bar(title: str, *, beside_output: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """
    Yield what is to be told how many are done, of how many; None where nobody looks.

    The bar appears when it is first told something, so that a wait that never comes costs
    nothing, and goes at the end.  ``beside_output``: stdout is written meanwhile, and the bar
    would be in its way on the same terminal.
    """
    if not sys.stderr.isatty() or (beside_output and sys.stdout.isatty()):
        yield None
        return
    started: list[Progress] = []

    def show(done: int, total: int) -> None:
        if not started:
            started.append(_start(title))
        shown = started[0]
        shown.update(shown.task_ids[0], completed=done, total=total)

    try:
        yield show
    finally:
        for shown in started:
            shown.stop()


def _start(title: str) -> "Progress":
    from rich.console import Console
    from rich.progress import Progress

    shown = Progress(
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # rich would send answers to stderr
        redirect_stderr=False,
    )
    shown.add_task(title, total=None)
    shown.start()
    return shown

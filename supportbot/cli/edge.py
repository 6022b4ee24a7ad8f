"""Where faults end: one plain sentence on stderr and an exit code, never a traceback."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final

import typer

from supportbot.errors import AccountError, EncoderUnavailable, StoreUnavailable, SupportbotError

if TYPE_CHECKING:
    from typer._click.exceptions import UsageError
else:  # wherever this version of Typer keeps it
    UsageError = typer.BadParameter.__base__

FAILED: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130  # as a shell reports Ctrl-C
ASKED_FOR_IN_VAIN: Final = (AccountError, EncoderUnavailable, StoreUnavailable)


def exit_code(command: Callable[[], object]) -> int:
    """Run ``command``; say what went wrong, if anything, and return the exit code."""
    _speak_utf8()
    try:
        code = command()
        sys.stdout.flush()
    except UsageError as error:
        return _say(_of_usage(error), WRONG_USAGE)
    except SupportbotError as error:
        return _say(str(error), FAILED if isinstance(error, ASKED_FOR_IN_VAIN) else WRONG_USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _nobody_reads()
    except Exception as error:
        return _unforeseen(error)
    return code if isinstance(code, int) else 0


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale; half a character comes out as JSON would escape it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _say(sentence: str, code: int) -> int:
    typer.echo(sentence, err=True)
    return code


def _of_usage(error: UsageError) -> str:
    said = error.format_message().strip()
    path = error.ctx.command_path if error.ctx else "supportbot"
    end = "" if said.endswith((".", "?", "!")) else "."
    return f"{said}{end} `{path} --help` shows the usage."


def _nobody_reads() -> int:
    """Send the rest nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _unforeseen(error: Exception) -> int:
    if sys.flags.dev_mode:
        raise error
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"This failed: {where}{error.strerror}.", FAILED)
    kind = type(error).__name__
    return _say(
        f"supportbot has a fault of its own ({kind}: {error}). Please report it; "
        "`python -X dev -m supportbot …` shows where it is.",
        FAILED,
    )

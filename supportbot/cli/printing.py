"""An answer for people: rich on a terminal, plain text in a pipe."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer

from supportbot.answer import Answer, Citation
from supportbot.render import source_line

_STRONG: Final = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`")
_LINE_ENDS: Final = {ord(each): f"\\u{ord(each):04x}" for each in "\x85\u2028\u2029"}


def print_answer(answer: Answer) -> None:
    """Print the text, what it stands on, and what else could be asked."""
    print_markdown(answer.text)
    print_block("Sources:", source_lines(answer.citations))
    offered = [f"- {each}" for each in answer.suggestions if each not in answer.text]
    print_block("You could ask:", offered)


def print_markdown(text: str) -> None:
    """Print Markdown as formatted text on a terminal, else as plain text."""
    if not sys.stdout.isatty():
        typer.echo(plain(text))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text, hyperlinks=False))


def print_block(title: str, lines: Sequence[str]) -> None:
    """Print a titled block after a blank line; nothing when there are no lines."""
    if lines:
        typer.echo("\n".join(("", title, *lines)))


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Print JSON, at once; only what some readers take for the end of a line is escaped."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent).translate(_LINE_ENDS))


def source_lines(citations: Sequence[Citation]) -> list[str]:
    """Return a numbered line for each ground of an answer."""
    return [source_line(n, citation) for n, citation in enumerate(citations, 1)]


def plain(markdown: str) -> str:
    """Take the marks of emphasis away; lists and numbers of sources read well as they are."""
    return _STRONG.sub(lambda found: found[1] or found[2], markdown)


def picked(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return these entries of a JSON object, in this order."""
    return {name: values[name] for name in names}

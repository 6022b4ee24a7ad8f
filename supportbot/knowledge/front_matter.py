"""The header of a knowledge file: YAML between two lines of three dashes."""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

from supportbot.errors import ArticleError

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, the same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

DEEPEST: Final = 8
_HEADER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """A file cut into its header and its body; ``body_line`` is the body's first line."""

    path: str
    header: dict[str, Any]
    header_text: str
    body: str
    body_line: int


def cut(text: str, path: str) -> KnowledgeFile:
    """
    Cut the header off a knowledge file.

    Raises:
        ArticleError: there is no header, or it is no YAML mapping.
    """
    header_text, end = cut_text(text, path)
    body_line = text[:end].count("\n") + 1
    return KnowledgeFile(path, _mapping(header_text, path), header_text, text[end:], body_line)


def cut_text(text: str, path: str) -> tuple[str, int]:
    """
    Return the header as it is written, and where the body begins.

    Raises:
        ArticleError: there is no header.
    """
    match = _HEADER.match(text)
    if match is None:
        raise ArticleError(path, 1, "the header is missing; begin the file with a line of ---.")
    return match[1], match.end()


def _mapping(header_text: str, path: str) -> dict[str, Any]:
    try:
        _refuse_traps(header_text, path)
        header = yaml.load(header_text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        problem = f"the header is not YAML ({error.problem}); put the line in quotes."
        raise ArticleError(path, line, problem) from None
    except yaml.YAMLError:
        raise ArticleError(path, 1, "the header is not YAML.") from None
    if not isinstance(header, dict):
        raise ArticleError(path, 1, "the header has no `name: value` lines.")
    return header


def _refuse_traps(header_text: str, path: str) -> None:
    """Refuse aliases, which make a few lines stand for millions, and bottomless nesting."""
    depth = 0
    for event in yaml.parse(header_text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 2 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise ArticleError(path, line, "the header uses a YAML alias (*name); write it out.")
        if depth > DEEPEST:
            raise ArticleError(path, line, "the header is nested too deeply; it needs lists only.")

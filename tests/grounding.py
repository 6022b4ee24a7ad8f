"""What every answer owes: a ground for each figure, and a figure for each ground."""

import re
from typing import Any

from supportbot.knowledge.figures import find_figures

MARK = re.compile(r"\[\d+\](?!\()")
ADDRESS = re.compile(r"<https://[^>]*>|api\.together\.ai/\S*")
CODE = re.compile(r"`[^`]*`")


def ungrounded(answer: dict[str, Any]) -> list[str]:
    """Return the figures of the text that stand in no citation."""
    words = CODE.sub(" ", ADDRESS.sub(" ", MARK.sub(" ", answer["text"])))
    grounds = [
        citation["quote"] if citation["kind"] == "doc" else citation["shown"]
        for citation in answer["citations"]
    ]
    return [
        figure.written
        for figure in find_figures(words)
        if not any(figure.written in ground for ground in grounds)
    ]


def unsaid(answer: dict[str, Any]) -> list[str]:
    """Return what account and computed citations show and the text does not."""
    return [
        citation["shown"]
        for citation in answer["citations"]
        if citation["kind"] != "doc" and citation["shown"] not in answer["text"]
    ]


def misnumbered(answer: dict[str, Any]) -> list[int]:
    """Return the numbers in the text and in sums that no citation has."""
    numbers = [citation["n"] for citation in answer["citations"]]
    named = [int(mark[1:-1]) for mark in MARK.findall(answer["text"])]
    named += [n for citation in answer["citations"] for n in citation.get("from", [])]
    return [n for n in named if n not in numbers]

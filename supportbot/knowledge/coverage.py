"""
What the documentation says and the passages do not, and the other way round.

Words are restated, so only what has to survive word for word is compared: the figures,
the addresses and the numbers of steps.
"""

from collections.abc import Mapping

from supportbot.errors import ArticleError
from supportbot.knowledge.figures import Figure, find_figures
from supportbot.knowledge.passages import Passage


def compare(
    documentation: str,
    passages: Mapping[str, Passage],
    path: str = "the documentation",
) -> list[ArticleError]:
    """
    Return a fault for each figure that only one side has, at the first place that has it.

    ``path`` names the documentation in the faults.
    """
    theirs = list(find_figures(documentation))
    ours = [figure for passage in passages.values() for figure in find_figures(passage.text)]
    faults = [
        ArticleError(path, documentation.count("\n", 0, figure.start) + 1, _not_restated(figure))
        for figure in _absent(theirs, ours)
    ]
    reported: set[str] = set()
    for passage in passages.values():
        for figure in _absent(list(find_figures(passage.text)), theirs):
            if figure.form not in reported:
                reported.add(figure.form)
                problem = f"{_shown(figure)} does not stand in {path}; correct it or take it out"
                faults.append(ArticleError(passage.path, passage.line, problem))
    return faults


def _absent(figures: list[Figure], among: list[Figure]) -> list[Figure]:
    """Return those ``figures`` that no figure ``among`` the others has, each form once."""
    seen = {form for figure in among for form in figure.forms}
    absent: list[Figure] = []
    for figure in figures:
        if figure.form not in seen:
            absent.append(figure)
            seen.add(figure.form)
    return absent


def _not_restated(figure: Figure) -> str:
    return f"no passage says {_shown(figure)}; add it to the passage of its topic"


def _shown(figure: Figure) -> str:
    return figure.form if figure.kind == "step" else f"“{figure.written}”"

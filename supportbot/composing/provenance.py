"""What a customer must be told of where figures come from: that one lags, that two differ."""

from collections.abc import Iterable, Iterator

from supportbot.answer import AccountCitation, Citation, ComputedCitation
from supportbot.composing.conditions import PART_WORDS
from supportbot.composing.scope import PARTS
from supportbot.snapshot import Disagreement, Snapshot, path
from supportbot.wording import CAVEATS, DISAGREEMENT, SYSTEMS


def remarks(citations: Iterable[Citation], read: Snapshot, *, all_of_it: bool) -> tuple[str, ...]:
    """
    Return a sentence for each caveat and each disagreement that touches a cited figure.

    ``all_of_it``: also for disagreements on what is not cited, as in a diagnosis, where what
    is left unsaid has been ruled out by a figure.
    """
    cited = {_path(each): each for each in _fields(citations)}
    lagging = (read.origin(*_place(each)).caveat for each in cited.values())
    differing = (
        _differing(each) for each in read.disagreements if all_of_it or each.field in cited
    )
    told = (*(CAVEATS.get(caveat, "") for caveat in lagging), *differing)
    return tuple(dict.fromkeys(filter(None, told)))


def _fields(citations: Iterable[Citation]) -> Iterator[AccountCitation]:
    for citation in citations:
        if isinstance(citation, AccountCitation):
            yield citation
        elif isinstance(citation, ComputedCitation):
            yield from citation.inputs


def _path(citation: AccountCitation) -> str:
    part = PARTS.get(citation.record, citation.record)
    is_item = citation.record in PARTS and bool(part)
    return path(part, citation.field, citation.id if is_item else "")


def _place(citation: AccountCitation) -> tuple[str, str]:
    part = PARTS.get(citation.record, citation.record)
    return (part, citation.field) if part else (citation.field, "")


def _differing(found: Disagreement) -> str:
    part = found.field.partition(".")[0].partition("[")[0]
    what = PART_WORDS.get(part)
    system = SYSTEMS.get(found.used.source)
    return DISAGREEMENT.format(what=what, system=system) if what and system else ""

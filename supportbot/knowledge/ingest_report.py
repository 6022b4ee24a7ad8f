"""What taking in documentation has changed, and whom it concerns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from supportbot.knowledge.passages import Passage


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that is new, other or gone, and the articles that cite it."""

    address: str
    cited_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """
    The result of ``ingest``.

    ``gaps`` has, by address, what seems to be missing in the documentation; ``left_out``
    names each line that was not kept, with its file.
    """

    articles: tuple[str, ...]
    passages: int
    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    removed: tuple[Change, ...]
    gaps: Mapping[str, str]
    left_out: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Say it in plain words, a line each, what needs a person last."""
        yield (
            f"{_count(self.passages, 'passage')} in {_count(len(self.articles), 'article')}: "
            f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed."
        )
        yield from (f"Added: {change.address}" for change in self.added)
        yield from (f"Left out: {line}" for line in self.left_out)
        yield from (f"Missing in {address}: {what}." for address, what in self.gaps.items())
        yield from (_concerning("Changed", change, "read again") for change in self.changed)
        yield from (_concerning("Removed", change, "mend") for change in self.removed)


def report(
    articles: tuple[str, ...],
    before: Mapping[str, Passage],
    after: Mapping[str, Passage],
    citing: Mapping[str, Sequence[str]],
    left_out: tuple[str, ...],
) -> IngestReport:
    """Compare the passages before and after; ``articles`` are those made this time."""
    made = {address: each for address, each in after.items() if each.article in articles}
    return IngestReport(
        articles=articles,
        passages=len(made),
        added=_changes((each for each in after if each not in before), citing),
        changed=_changes(_differing(before, after), citing),
        removed=_changes((each for each in before if each not in after), citing),
        gaps={address: each.missing for address, each in made.items() if each.missing},
        left_out=left_out,
    )


def _differing(before: Mapping[str, Passage], after: Mapping[str, Passage]) -> Iterator[str]:
    both = (address for address in after if address in before)
    return (address for address in both if after[address].text != before[address].text)


def _changes(addresses: Iterable[str], citing: Mapping[str, Sequence[str]]) -> tuple[Change, ...]:
    return tuple(Change(address, tuple(citing.get(address, ()))) for address in addresses)


def _concerning(what: str, change: Change, task: str) -> str:
    if not change.cited_by:
        return f"{what}: {change.address}, which no article cites."
    return f"{what}: {change.address}; {task} {', '.join(change.cited_by)}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

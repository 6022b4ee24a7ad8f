"""From told paragraphs to one text with numbered grounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from supportbot.answer import Citation, ComputedCitation
from supportbot.composing.composer import GOES_ON, Paragraph, Said


@dataclass(frozen=True, slots=True)
class Assembled:
    """The text, its citations in order, and which of them tell which cause."""

    text: str
    citations: tuple[Citation, ...]
    told: Mapping[str, tuple[int, ...]]


class _Numbering:
    """Numbers citations from 1 in the order of the text; the same ground keeps its number."""

    def __init__(self) -> None:
        self.numbers: dict[Citation, int] = {}

    def of(self, citation: Citation) -> int:
        if isinstance(citation, ComputedCitation):
            for ground in citation.inputs:
                self.of(ground)
        return self.numbers.setdefault(citation, len(self.numbers) + 1)


def assemble(paragraphs: Iterable[Paragraph]) -> Assembled:
    """Write paragraphs and lists as Markdown, each sentence followed by its numbers."""
    numbering = _Numbering()
    told: dict[str, list[int]] = {}
    text = ""
    previous = ""
    for paragraph in paragraphs:
        written, numbers = _write(paragraph.sentences, numbering)
        text += _joint(previous, paragraph.bullet, at_start=not text) + written
        previous = paragraph.bullet or "\n"
        if paragraph.cause:
            told.setdefault(paragraph.cause, []).extend(numbers)
    return Assembled(
        text,
        tuple(numbering.numbers),
        {cause: tuple(dict.fromkeys(numbers)) for cause, numbers in told.items()},
    )


def _write(sentences: Sequence[Said], numbering: _Numbering) -> tuple[str, list[int]]:
    words, numbers = [], list[int]()
    for said in sentences:
        own = [numbering.of(citation) for citation in said.citations]
        marks = "".join(f"[{number}]" for number in own)
        words.append(f"{said.text.strip()} {marks}".strip())
        numbers += own
    return " ".join(words), numbers


def _joint(previous: str, bullet: str, *, at_start: bool) -> str:
    if bullet == GOES_ON:
        return " "
    mark = f"{bullet} " if bullet else ""
    if at_start:
        return mark
    same_list = bullet and previous not in ("", "\n")
    return f"\n{mark}" if same_list else f"\n\n{mark}"

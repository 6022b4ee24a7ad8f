"""What can be wrong in the sentences of an article: figures, citations, promises, mark-up."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from supportbot.knowledge.article import Block, Section, Sentence
from supportbot.knowledge.faults import Fault, Source
from supportbot.knowledge.figures import figures, figures_not_in, find_figures, written_otherwise
from supportbot.knowledge.passages import Passage
from supportbot.knowledge.vocabulary import did_you_mean

Passages = Mapping[str, Passage]

_FEW = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|several|(?:a )?few|a couple of)"
_PROMISE: Final = re.compile(
    r"\bguarantee(?:s|d|ing)?\b"
    r"|\bwill (?:\w+ )?be (?:refunded|reimbursed|compensated|waived|restored|reinstated|credited)\b"
    r"|\b(?:we|i)(?:['’]ll| will) (?:\w+ )?(?:refund|reimburse|compensate|waive|restore|credit)\b"
    rf"|\bwithin {_FEW}(?:[ -](?:business|working))?[ -](?:minute|hour|day|week|month)s?\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\[[^\]\n]*\]?(?!\()")
_STRAY_ITEM = re.compile(r"(?:[ \t]+(?:[-*•]|\d+[.)])|[*•]|\d+\))[ \t]+\S")
_EMPTY_ITEM = re.compile(r"(?:[-*•]|\d+[.)])[ \t]*\Z")


def sentence_faults(sentence: Sentence, source: Source, passages: Passages) -> Iterator[Fault]:
    """Yield what is wrong in one sentence."""
    yield from _citation_faults(sentence, source, passages)
    quoted = [passages[address].text for address in sentence.cites if address in passages]
    yield from _figure_faults(sentence, source, quoted)
    yield from _promise_faults(sentence, source, quoted)
    yield from _markup_faults(sentence, source)


def block_faults(section: Section, source: Source) -> Iterator[Fault]:
    """Yield what is wrong with the lists of a section: cut, empty, announced and missing."""
    number = 0
    for block, following in zip(section.blocks, (*section.blocks[1:], None), strict=True):
        if _announces(block) and not (following and following.bullet):
            line = block.sentences[-1].line
            yield source.fault(line, "the list after this “:” is missing; write it, or end with .")
        number = number + 1 if block.bullet[:-1].isdigit() else 0
        if number and block.bullet != f"{number}.":
            problem = f"the list goes on with {block.bullet} where {number}. is due; renumber it."
            yield source.fault(block.sentences[0].line, problem)


def line_faults(source: Source, first_line: int) -> Iterator[Fault]:
    """Yield list items that the reader of articles would take for running text."""
    for number, line in enumerate(source.lines[first_line - 1 :], first_line):
        if _EMPTY_ITEM.fullmatch(line.strip()):
            yield source.fault(number, "this list item is empty; write it or take it out.")
        elif _STRAY_ITEM.match(line):
            problem = "begin a list item with “- ” or “1. ” at the very start of the line."
            yield source.fault(number, problem)


def _announces(block: Block) -> bool:
    last = block.sentences[-1].parts[-1]
    return not block.bullet and isinstance(last, str) and last.rstrip().endswith(":")


def _citation_faults(sentence: Sentence, source: Source, passages: Passages) -> Iterator[Fault]:
    for address in sentence.cites:
        if address not in passages:
            line = source.line_with(f"[{address}]", sentence.line)
            yield source.fault(line, no_passage(address, passages))


def no_passage(address: str, passages: Iterable[str]) -> str:
    """Say that a passage is gone, and which one is nearest."""
    hint = did_you_mean(address, passages)
    return f"there is no passage “{address}”.{hint} `supportbot knowledge search` finds passages."


def _figure_faults(sentence: Sentence, source: Source, quoted: list[str]) -> Iterator[Fault]:
    words, documentation = sentence.words, "\n\n".join(quoted)
    absent = figures_not_in(words, documentation)
    respelt = {mine: theirs for mine, theirs in written_otherwise(words, documentation)}
    for figure in figures(words):
        if figure in absent:
            yield _no_source(figure, sentence, source)
        elif figure in respelt:
            problem = f"write “{respelt[figure]}” as the passage does, not “{figure}”."
            yield source.fault(source.line_with(figure, sentence.line), problem)
    for found in find_figures(words):
        if found.kind == "address" and found.written not in documentation:
            yield _no_source(found.written, sentence, source)


def _no_source(figure: str, sentence: Sentence, source: Source) -> Fault:
    if sentence.cites:
        cited = " or ".join(sentence.cites)
        problem = f"“{figure}” does not stand in {cited}; cite the passage that has it, or cut it."
    else:
        problem = (
            f"“{figure}” has no source; cite its passage in the same sentence, "
            "or use a fact such as {balance.total}."
        )
    return source.fault(source.line_with(figure, sentence.line), problem)


def _promise_faults(sentence: Sentence, source: Source, quoted: list[str]) -> Iterator[Fault]:
    for found in _PROMISE.finditer(sentence.words):
        promise = found[0]
        if not any(promise.casefold() in text.casefold() for text in quoted):
            problem = f"“{promise}” is a promise that no cited passage makes; take it out."
            yield source.fault(source.line_with(promise, sentence.line), problem)


def _markup_faults(sentence: Sentence, source: Source) -> Iterator[Fault]:
    words = sentence.words
    if words.count("**") % 2:
        line = source.line_with("**", sentence.line)
        yield source.fault(line, "a ** has no partner in this sentence; bold is **like this**.")
    for found in _BRACKET.finditer(words):
        problem = (
            f"“{found[0]}” is neither a citation like [billing/credits#credit-packs] "
            "nor a part to leave out like [[, due on {invoice.due_on}]]."
        )
        yield source.fault(source.line_with(found[0], sentence.line), problem)

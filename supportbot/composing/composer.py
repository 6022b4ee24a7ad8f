"""
Putting the sentences of an article together for one account, and numbering their grounds.

A sentence is said whole or not at all: one that names a fact which the record does not have,
or which the reader may not see, is left out.  So a figure cannot be guessed, and none can get
in without its citation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from supportbot.answer import Citation, DocCitation, Grade
from supportbot.composing.conditions import (
    OPEN_WORDS,
    PART_WORDS,
    Condition,
    Unread,
    evaluate,
    told_by,
)
from supportbot.composing.menu import FACTS, OFFER
from supportbot.composing.phrases import PHRASES
from supportbot.composing.scope import Bound, Scope
from supportbot.diagnosis import Finding, telling_order
from supportbot.knowledge.article import Article, Block, Cite, Clause, Fact, Section, Sentence
from supportbot.knowledge.passages import Passage

Passages = Mapping[str, Passage]
EXPLAINS: Final = "  -"  # a list item below another
GOES_ON: Final = " "  # more of the same list item
MOST_ITEMS: Final = 5
GRADE_WORDS: Final[Mapping[Grade, str]] = {
    "certain": "**Certain.** ",
    "likely": "**Likely.** ",
    "possible": "**Possible.** ",
}
BILLING_ONLY: Final = (
    "Payment links and card details are shown only to the account's owner, an admin or a "
    "billing member."
)
FOUND: Final = "This is what I found on your account, the most important first:"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in words, and its grounds; ``bullet`` begins a list item."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together; ``cause`` is the finding that they tell."""

    sentences: tuple[Said, ...]
    bullet: str = ""
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """What an article says of one account."""

    paragraphs: tuple[Paragraph, ...]
    unread: tuple[str, ...] = ()  # parts of the record that would have mattered
    left_open: tuple[str, ...] = ()  # what it does not settle although it was read
    hidden: bool = False  # something was kept from this reader
    offers_person: bool = False
    named: tuple[str, ...] = ()  # ids of the record items that are spoken of


@dataclass(slots=True)
class _Telling:
    """What comes up while one article is told."""

    passages: Passages
    unread: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    hidden: bool = False


def compose(article: Article, passages: Passages, scope: Scope | None) -> Composed:
    """Tell an article; ``scope`` is None when nothing is known of the asker's account."""
    telling = _Telling(passages)
    if scope is None:
        paragraphs = tuple(_told(article.otherwise, None, telling))
    elif article.use == "the diagnosis":
        paragraphs = tuple(_diagnosis(article, scope, telling))
    else:
        paragraphs = tuple(_situations(article, scope, telling))
    return Composed(
        paragraphs,
        tuple(part for part in dict.fromkeys(telling.unread) if part not in OPEN_WORDS),
        tuple(part for part in dict.fromkeys(telling.unread) if part in OPEN_WORDS),
        telling.hidden,
        _offers_person(paragraphs),
        tuple(dict.fromkeys(telling.named)),
    )


def _situations(article: Article, scope: Scope, telling: _Telling) -> Iterator[Paragraph]:
    told = False
    for section in article.sections[:-1]:
        holds = evaluate(PHRASES[section.phrase], scope)
        if isinstance(holds, Unread):
            telling.unread += holds.parts
        elif holds is not None:
            paragraphs = list(_told(section, scope.about(holds), telling))
            yield from paragraphs
            told = told or bool(paragraphs)
            if paragraphs and article.use == "the first that holds":
                break
    if not told:
        yield from _told(article.otherwise, None, telling)


def _diagnosis(article: Article, scope: Scope, telling: _Telling) -> Iterator[Paragraph]:
    """Tell the findings, the story of a past-due invoice as one item of the list."""
    sections = {section.phrase: section for section in article.sections}
    conditions = [PHRASES[section.phrase] for section in article.sections[:-1]]
    for unchecked in scope.diagnosis.unchecked:
        telling.unread += unchecked.parts
    findings = telling_order(scope.diagnosis)
    if findings:
        yield Paragraph((Said(FOUND),))
    for is_story, group in groupby(findings, key=_belongs_to_the_invoice):
        del is_story
        yield from _story(list(group), sections, conditions, scope, telling)
    if not findings:
        blank = sections.get("nothing blocks access", article.otherwise)
        yield from _told(blank, scope, telling)


def _belongs_to_the_invoice(finding: Finding) -> str:
    tells_invoice = finding.cause in ("past_due_invoice", "credits_after_invoice")
    return "invoice" if tells_invoice or finding.story else finding.cause


def _story(
    findings: list[Finding],
    sections: Mapping[str, Section],
    conditions: Iterable[Condition],
    scope: Scope,
    telling: _Telling,
) -> Iterator[Paragraph]:
    for place, finding in enumerate(findings):
        condition = next(each for each in conditions if told_by(each, finding, scope))
        bound = evaluate(condition, scope)
        about = scope.about({} if bound is None or isinstance(bound, Unread) else bound)
        for number, paragraph in enumerate(_told(sections[condition.phrase], about, telling)):
            bullet = GOES_ON if number else EXPLAINS if place else "-"
            grade = (Said(GRADE_WORDS[finding.grade]),) if bullet == "-" else ()
            yield Paragraph((*grade, *paragraph.sentences), bullet, finding.cause)


def _told(section: Section, scope: Scope | None, telling: _Telling) -> Iterator[Paragraph]:
    """Say a section; a list is left out together with the line that announces it."""
    told = [paragraph for block in section.blocks for paragraph in _blocks(block, scope, telling)]
    for paragraph, following in zip(told, (*told[1:], None), strict=False):
        announces = paragraph.sentences[-1].text.endswith(":")
        if not announces or (following and following.bullet):
            yield paragraph


def _blocks(block: Block, scope: Scope | None, telling: _Telling) -> Iterator[Paragraph]:
    """Say a paragraph once, and a list item once for each record item that it is about."""
    scopes = _each(block.sentences, scope) if block.bullet else [scope]
    for about in scopes:
        said = tuple(_sentences(block.sentences, about, telling))
        if said:
            yield Paragraph(said, block.bullet)


def _sentences(
    sentences: tuple[Sentence, ...], scope: Scope | None, telling: _Telling
) -> Iterator[Said]:
    """Say sentences; neighbours that speak of the same kind of item, once for each."""
    for binding, run in groupby(sentences, key=lambda s: _binding(s, scope)):
        together = tuple(run)
        for about in _each(together, scope) if binding else [scope]:
            for sentence in together:
                said = _say(sentence, about, telling)
                if said:
                    yield said


def _binding(sentence: Sentence, scope: Scope | None) -> str | None:
    bound: Bound = scope.bound if scope else {}
    names = (fact.partition(".")[0] for fact in sentence.facts)
    return next((name for name in names if name in bound), None)


def _each(sentences: tuple[Sentence, ...], scope: Scope | None) -> Iterator[Scope | None]:
    binding = next(filter(None, (_binding(each, scope) for each in sentences)), None)
    if scope is None or binding is None:
        yield scope
        return
    for item in scope.bound[binding][:MOST_ITEMS]:
        yield scope.about({**scope.bound, binding: (item,)})


def _say(sentence: Sentence, scope: Scope | None, telling: _Telling) -> Said | None:
    text, citations = "", list[Citation]()
    for part in sentence.parts:
        if isinstance(part, Cite):
            citations.append(_quote(telling.passages[part.address]))
            continue
        optional = isinstance(part, Clause)
        said = _join(part.parts if isinstance(part, Clause) else (part,), scope, telling)
        if said is None and not optional:
            return None
        if said is not None:
            text += said.text
            citations += said.citations
    return Said(text, tuple(dict.fromkeys(citations)))


def _join(
    parts: Iterable[str | Fact | Cite | Clause], scope: Scope | None, telling: _Telling
) -> Said | None:
    """Say words and facts; None when the record lacks one of them or hides it."""
    text, citations = "", list[Citation]()
    for part in parts:
        if isinstance(part, str):
            text += part
        elif isinstance(part, Fact):
            written = _fact(part, scope, telling)
            if written is None:
                return None
            text += written[0]
            citations += written[1]
    return Said(text, tuple(citations))


def _fact(
    fact: Fact, scope: Scope | None, telling: _Telling
) -> tuple[str, tuple[Citation, ...]] | None:
    entry = FACTS[fact.name]
    if scope is None:
        return (entry.example, ()) if fact.name == OFFER else None
    written = entry.look_up(scope)
    if written is None:
        return None
    if entry.billing_only and not scope.sees_billing:
        telling.hidden = True
        return None
    telling.named += _ids(fact, scope)
    return written.text, written.citations


def _ids(fact: Fact, scope: Scope) -> list[str]:
    item = scope.item(fact.name.partition(".")[0])
    item_id = getattr(item, "id", None)
    return [item_id] if item_id else []


def _quote(passage: Passage) -> DocCitation:
    return DocCitation(passage.article, passage.section, passage.title, passage.text, passage.url)


def _offers_person(paragraphs: tuple[Paragraph, ...]) -> bool:
    offer = FACTS[OFFER].example
    return any(offer in said.text for each in paragraphs for said in each.sentences)


def could_not_read(parts: Iterable[str]) -> str:
    """Say in plain words which parts of the account were not read."""
    wholes = dict.fromkeys(part.partition(".")[0] for part in parts)
    return f"I could not read {_listed([PART_WORDS[whole] for whole in wholes])} just now."


def could_not_tell(parts: Iterable[str]) -> str:
    """Say what the record leaves open although it was read."""
    return f"I could not tell {_listed([OPEN_WORDS[part] for part in parts])}."


def _listed(named: list[str]) -> str:
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"

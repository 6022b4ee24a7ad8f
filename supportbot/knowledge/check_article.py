"""What can be wrong in one article that can be read: its header, its sections, its facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from supportbot.knowledge.article import OTHERWISE, Article, Section, Sentence
from supportbot.knowledge.check_sentences import (
    Passages,
    block_faults,
    line_faults,
    no_passage,
    sentence_faults,
)
from supportbot.knowledge.faults import Fault, Source
from supportbot.knowledge.figures import figures
from supportbot.knowledge.vocabulary import (
    ITEMS,
    NOTHING_BLOCKS,
    OFFER,
    ONE_OF_A_KIND,
    Vocabulary,
    did_you_mean,
)

FEWEST_QUESTIONS: Final = 20
REVIEW_AFTER: Final = timedelta(days=365)
NEVER_SUGGESTED: Final = frozenset(("greeting", "thanks", "out_of_scope"))
_MENU: Final = "`supportbot knowledge facts` lists them all."


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an article is held against."""

    vocabulary: Vocabulary
    passages: Passages
    today: date


def article_faults(article: Article, source: Source, grounds: Grounds) -> Iterator[Fault]:
    """Yield everything that is wrong in one article, in no particular order."""
    yield from _header_faults(article, source, grounds)
    yield from _docs_faults(article, source, grounds.passages)
    for section in article.sections:
        yield from _phrase_faults(section, article, source, grounds.vocabulary)
        yield from _fact_faults(section, source, grounds.vocabulary)
        yield from block_faults(section, source)
        for sentence in section.sentences:
            yield from sentence_faults(sentence, source, grounds.passages)
    if article.sections:
        yield from line_faults(source, article.sections[0].line)
    if article.use == "the diagnosis":
        yield from _untold_causes(article, source, grounds.vocabulary)


def _header_faults(article: Article, source: Source, grounds: Grounds) -> Iterator[Fault]:
    title_line = source.header_line("title")
    if article.intent not in NEVER_SUGGESTED and not article.title.endswith("?"):
        problem = "the title is offered to customers as a question; let it end with a “?”."
        yield source.fault(title_line, problem)
    if figures(article.title):
        problem = f"the title says “{figures(article.title)[0]}” without a source; take it out."
        yield source.fault(title_line, problem)
    if len(article.asked_as) < FEWEST_QUESTIONS:
        problem = (
            f"only {len(article.asked_as)} questions under `asked as`; "
            f"write at least {FEWEST_QUESTIONS}, as different as customers are."
        )
        yield source.fault(source.header_line("asked as"), problem)
    yield from _intent_faults(article, source, grounds.vocabulary)
    yield from _review_faults(article, source, grounds.today)


def _intent_faults(article: Article, source: Source, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A new intent is allowed, but not one that is a known one misspelt."""
    line, intent = source.header_line("intent"), article.intent
    if intent in vocabulary.intents:
        return
    if not (intent.isidentifier() and intent == intent.lower()):
        problem = (
            f"“{intent}” is no name of an intent; use small letters and _, as in credit_expiry."
        )
        yield source.fault(line, problem)
    elif hint := did_you_mean(intent, vocabulary.intents, least_likeness=80):
        yield source.fault(line, f"“{intent}” is not one of the intents.{hint}")


def _review_faults(article: Article, source: Source, today: date) -> Iterator[Fault]:
    reviewed, line = article.reviewed, source.header_line("reviewed")
    if isinstance(reviewed, datetime):
        problem = "`reviewed` is a day without a time; write it as 2026-11-20."
        yield source.fault(line, problem)
    elif reviewed > today:
        yield source.fault(line, f"`reviewed` is in the future ({reviewed}); today is {today}.")
    elif today - reviewed > REVIEW_AFTER:
        problem = (
            f"last reviewed on {reviewed}, over a year ago; read the article again, "
            "compare it with its passages, and set the date."
        )
        yield source.fault(line, problem)


def _docs_faults(article: Article, source: Source, passages: Passages) -> Iterator[Fault]:
    for address, line in zip(article.docs, source.item_lines("docs"), strict=False):
        if address not in passages:
            yield source.fault(line, no_passage(address, passages))
    unlisted = {
        address: sentence.line
        for section in article.sections
        for sentence in section.sentences
        for address in sentence.cites
        if address in passages and address not in article.docs
    }
    for address, near in unlisted.items():
        problem = f"{address} is cited here; list it under `docs` in the header."
        yield source.fault(source.line_with(f"[{address}]", near), problem)


def _phrase_faults(
    section: Section, article: Article, source: Source, vocabulary: Vocabulary
) -> Iterator[Fault]:
    if section.phrase == OTHERWISE:
        return
    phrase = vocabulary.phrases.get(section.phrase)
    if phrase is None:
        hint = did_you_mean(section.phrase, vocabulary.phrases)
        problem = f"there is no phrase “When {section.phrase}”.{hint} {_MENU}"
        yield source.fault(section.line, problem)
    elif article.use == "the diagnosis" and not phrase.cause and phrase.phrase != NOTHING_BLOCKS:
        problem = "an article that tells the diagnosis never uses this section; take it out."
        yield source.fault(section.line, problem)


def _fact_faults(section: Section, source: Source, vocabulary: Vocabulary) -> Iterator[Fault]:
    stated = {name for sentence in section.sentences for name in sentence.facts}
    for sentence in section.sentences:
        for name in sentence.facts:
            problem = _fact_problem(name, section, stated, vocabulary)
            if problem:
                yield source.fault(_fact_line(name, sentence, source), problem)


def _fact_problem(
    name: str, section: Section, stated: set[str], vocabulary: Vocabulary
) -> str | None:
    fact = vocabulary.facts.get(name)
    if fact is None:
        hint = did_you_mean(name, vocabulary.facts)
        return f"there is no fact {{{name}}}.{hint} {_MENU}"
    if section.phrase == OTHERWISE:
        outside = f"{{{name}}} is a fact of an account; `## Otherwise` is what everybody is told."
        return None if name == OFFER else outside
    if not _is_bound(fact.binding, section, vocabulary):
        return (
            f"{{{name}}} is never known under “When {section.phrase}”, which speaks of no "
            f"{fact.binding}; use it under a phrase that does. {_MENU}"
        )
    missing = [f"{{{part}}}" for part in fact.beside if part not in stated]
    if missing:
        return f"{{{name}}} is a sum; say what it is made of in this section: {', '.join(missing)}."
    return None


def _is_bound(binding: str, section: Section, vocabulary: Vocabulary) -> bool:
    if binding not in ITEMS - ONE_OF_A_KIND:
        return True
    phrase = vocabulary.phrases.get(section.phrase)
    return phrase is None or binding in phrase.binds


def _fact_line(name: str, sentence: Sentence, source: Source) -> int:
    return source.line_with(name, sentence.line)


def _untold_causes(article: Article, source: Source, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Every finding that the diagnosis can give needs a section that tells it."""
    told = {section.phrase for section in article.sections}
    end = article.otherwise.line
    for cause in vocabulary.causes:
        phrases = [
            phrase
            for phrase in vocabulary.phrases.values()
            if phrase.cause == cause and phrase.always
        ]
        graded = {grade for phrase in phrases if phrase.phrase in told for grade in phrase.grades}
        for phrase in phrases:
            if not graded.issuperset(phrase.grades):
                graded.update(phrase.grades)
                problem = f"nothing tells the cause {cause}; add “## When {phrase.phrase}”."
                yield source.fault(end, problem)
    if NOTHING_BLOCKS not in told:
        problem = f"nothing is said when no cause is found; add “## When {NOTHING_BLOCKS}”."
        yield source.fault(end, problem)

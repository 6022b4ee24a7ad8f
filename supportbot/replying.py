"""From what was understood and read to the words of a reply.  Pure: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from supportbot.answer import Citation, FindingNote, Outcome, Reason, Understood
from supportbot.composing.assembly import Assembled, assemble
from supportbot.composing.composer import (
    BILLING_ONLY,
    Composed,
    Paragraph,
    Said,
    compose,
    could_not_read,
    could_not_tell,
)
from supportbot.composing.facts import PERSON_OFFER
from supportbot.composing.provenance import remarks
from supportbot.composing.scope import Scope
from supportbot.conversation import Context
from supportbot.diagnosis import CAUSES
from supportbot.handing_over import HANDOFF, NOT_COVERED, reason_for, wished_for
from supportbot.knowledge.article import Article
from supportbot.knowledge.passages import Passage
from supportbot.reply import Question, Reading, Reply
from supportbot.understanding.decision import SMALLTALK
from supportbot.understanding.entities import entities
from supportbot.wording import (
    ACCOUNT_UNREAD,
    ASK_AGAIN,
    CLARIFY,
    EMPTY,
    ENGLISH_BELOW,
    FOREIGN,
    FOREIGN_FALLBACK,
    REMOVED,
    SIGN_IN,
    TOO_LONG,
    WITHOUT_ENCODER,
)

HANDOFF_TOPIC: Final = "human-handoff"
DIAGNOSED: Final = "access_blocked"

OUTCOMES: Final[Mapping[str, Outcome]] = {
    NOT_COVERED: "not_covered",
    "out_of_scope": "out_of_scope",
    HANDOFF: "handoff",
    "greeting": "smalltalk",
    "thanks": "smalltalk",
}
PRECEDENCE: Final[tuple[Outcome, ...]] = (
    "handoff",
    "answered",
    "not_covered",
    "out_of_scope",
    "smalltalk",
)


def reply_to(
    questions: Sequence[Question],
    passages: Mapping[str, Passage],
    reading: Reading,
    now: datetime,
    context: Context,
    asked: str,
    about: Sequence[str] = (),
) -> Reply:
    """
    Answer what was understood, each question in its turn.

    ``asked`` and ``about``, the titles of what was talked about before, are for a hand-off.
    """
    told = [_tell(question, passages, reading, now, context) for question in questions]
    unread = tuple(dict.fromkeys(part for each in told for part in each.unread))
    left_open = tuple(dict.fromkeys(part for each in told for part in each.left_open))
    notes = _notes(questions, told, reading, unread, left_open)
    assembled = assemble((*_parts(questions, told), *notes))
    reason = reason_for(questions, told, context, reading)
    reply = Reply(
        _outcome(questions),
        assembled.text,
        _next_context(questions, told, reading, context, reason),
        tuple(Understood(q.heard.intent, q.heard.confidence) for q in _by_intent(questions)),
        assembled.citations,
        degraded=_degraded(reading, unread),
        handoff=wished_for(questions, reason, asked, about),
    )
    return _with_diagnosis(reply, questions, assembled, reading, now)


def looks_at_account(article: Article) -> bool:
    """Whether an article says different things of different accounts."""
    return len(article.sections) > 1


def _tell(
    question: Question,
    passages: Mapping[str, Passage],
    reading: Reading,
    now: datetime,
    context: Context,
) -> Composed:
    scope = None
    if reading.snapshot:
        named, read = entities(question.heard.text), reading.snapshot
        scope = Scope(
            read.account, now, reading.sees_billing, named, context.focus, origins=read.origins
        )
    return compose(question.article, passages, scope)


def _by_intent(questions: Sequence[Question]) -> list[Question]:
    """Return the questions, one for each intent, in the order of the text."""
    first: dict[str, Question] = {}
    for question in questions:
        first.setdefault(question.heard.intent, question)
    return list(first.values())


def _outcome(questions: Sequence[Question]) -> Outcome:
    outcomes = {OUTCOMES.get(question.heard.intent, "answered") for question in questions}
    return next(outcome for outcome in PRECEDENCE if outcome in outcomes)


def _parts(questions: Sequence[Question], told: Sequence[Composed]) -> list[Paragraph]:
    """Give each of several answers its question as a title."""
    paragraphs: list[Paragraph] = []
    for question, composed in zip(questions, told, strict=True):
        if len(questions) > 1 and question.heard.intent not in SMALLTALK:
            paragraphs.append(Paragraph((Said(f"**{question.article.title}**"),)))
        paragraphs += composed.paragraphs
    return list(dict.fromkeys(paragraphs))


def _notes(
    questions: Sequence[Question],
    told: Sequence[Composed],
    reading: Reading,
    unread: tuple[str, ...],
    left_open: tuple[str, ...],
) -> list[Paragraph]:
    notes = []
    if reading.failed:
        offered = any(composed.offers_person for composed in told)
        notes.append(ACCOUNT_UNREAD if offered else f"{ACCOUNT_UNREAD} {PERSON_OFFER}")
    elif reading.account is None and any(looks_at_account(each.article) for each in questions):
        notes.append(SIGN_IN)
    if unread:
        notes.append(could_not_read(unread))
    if left_open:
        notes.append(could_not_tell(left_open))
    if any(composed.hidden for composed in told):
        notes.append(BILLING_ONLY)
    if reading.snapshot:
        diagnosed = any(question.heard.intent == DIAGNOSED for question in questions)
        notes += remarks(_grounds(told), reading.snapshot, all_of_it=diagnosed)
    return [Paragraph((Said(note),)) for note in notes]


def _grounds(told: Sequence[Composed]) -> list[Citation]:
    return [
        citation
        for composed in told
        for paragraph in composed.paragraphs
        for said in paragraph.sentences
        for citation in said.citations
    ]


def _degraded(reading: Reading, unread: tuple[str, ...]) -> tuple[str, ...]:
    account = ("account",) if reading.failed else ()
    return (*account, *dict.fromkeys(part.partition(".")[0] for part in unread))


def _next_context(
    questions: Sequence[Question],
    told: Sequence[Composed],
    reading: Reading,
    context: Context,
    reason: Reason,
) -> Context:
    subjects = [q.heard for q in questions if q.heard.intent not in SMALLTALK]
    offers_person = reading.failed or any(each.offers_person for each in told)
    offers = (HANDOFF_TOPIC,) if offers_person else ()
    named = tuple(dict.fromkeys(item for each in told for item in each.named))
    following = Context(context.topics, offers, named or context.focus, 0, reason, context.said)
    if not subjects:
        return following
    topics = tuple(subject.topic for subject in subjects)
    return replace(following, topics=topics, said=subjects[0].text)


def _with_diagnosis(
    reply: Reply,
    questions: Sequence[Question],
    assembled: Assembled,
    reading: Reading,
    now: datetime,
) -> Reply:
    if not any(question.heard.intent == DIAGNOSED for question in questions):
        return reply
    if reading.account is None:
        return replace(reply, unchecked=CAUSES)
    diagnosis = Scope(reading.account, now).diagnosis
    return replace(
        reply,
        findings=tuple(
            FindingNote(finding.cause, finding.grade, assembled.told.get(finding.cause, ()))
            for finding in diagnosis.findings
        ),
        ruled_out=diagnosis.ruled_out,
        unchecked=tuple(each.cause for each in diagnosis.unchecked),
    )


def clarifying(titles: tuple[str, ...], slugs: tuple[str, ...], context: Context) -> Reply:
    """Ask which of a few questions was meant."""
    listed = "\n".join(f"- {title}" for title in titles)
    text = f"{CLARIFY}\n\n{listed}" if titles else ASK_AGAIN
    following = replace(context, offers=slugs, unsure=context.unsure + 1, reason="unsure")
    return Reply("clarify", text, following, suggestions=titles)


def asked_nothing(suggestions: tuple[str, ...], context: Context) -> Reply:
    """Say what can be asked."""
    return Reply("empty", EMPTY, context, suggestions=suggestions)


def too_long(context: Context) -> Reply:
    """Ask for a shorter message; nothing of a longer one is read."""
    return Reply("clarify", TOO_LONG, context)


def in_another_language(language: str, context: Context) -> Reply:
    """Say, in that language, that only English is spoken here, and offer a person."""
    text = FOREIGN.get(language, FOREIGN_FALLBACK)
    offering = replace(context, offers=(HANDOFF_TOPIC,), unsure=0, reason="language")
    return Reply("clarify", text, offering)


def in_english(reply: Reply, language: str) -> Reply:
    """Put before an answer, in the asker's language, that it is in English, and offer a person."""
    note = ENGLISH_BELOW.get(language)
    if note is None or reply.outcome == "handoff":
        return reply
    offering = replace(reply.context, offers=(HANDOFF_TOPIC,))
    return replace(reply, text=f"{note}\n\n{reply.text}", context=offering)


def with_remarks(reply: Reply, removed: Sequence[str], *, without_encoder: bool) -> Reply:
    """Add what the customer must know of this message: what was removed, what was degraded."""
    remarks = [REMOVED[kind] for kind in removed if kind in REMOVED]
    degraded = reply.degraded
    if without_encoder:
        remarks.append(WITHOUT_ENCODER)
        degraded = (*degraded, "semantic")
    text = "\n\n".join((reply.text, *dict.fromkeys(remarks)))
    return replace(reply, text=text, degraded=degraded)

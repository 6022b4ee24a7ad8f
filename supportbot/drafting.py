"""
A reply for a support agent to check, edit and send; nothing here sends.

The reply is what the customer would be answered.  What stands beside it is for the agent
only: the facts with their sources, the verdicts on every cause, and what is missing, each with a
question that can be put to the customer as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from supportbot.account import Account
from supportbot.account_text import trouble_lines
from supportbot.answer import Answer, FindingNote
from supportbot.bot import LONGEST_MESSAGE, Bot, derived_id
from supportbot.conversation import Utterance
from supportbot.diagnosis import Diagnosis, diagnose
from supportbot.errors import AccountError
from supportbot.handing_over import without_offer
from supportbot.render import source_line, to_json
from supportbot.snapshot import Snapshot
from supportbot.understanding.text import tidy

Support = Literal["supported", "partly supported", "not covered"]

GREETING: Final = "Hello,"
SIGN_OFF: Final = "Best regards,\nYour support team"
GREETINGS: Final = ("hello", "hi ", "hi!", "hi,")
FOR_THE_AGENT: Final = "── For the agent only; do not send ──"
NOT_COVERED: Final = ("not_covered", "out_of_scope", "clarify", "empty")
DIAGNOSED: Final = "access_blocked"

MARK: Final = re.compile(r"\s?\[\d+\]")

ASK_ACCOUNT: Final = (
    "Could you write to us from the e-mail address that is registered with your account, so "
    "that we can look at it?"
)
ASK_MEANING: Final = "Could you tell us in a sentence or two what you would like to know?"
ASK_ERROR: Final = (
    "Which HTTP status code and message does the failing call return, and when did you last see it?"
)
ASK_PART: Final[Mapping[str, str]] = {
    "status": "Does your dashboard show a notice that the account is suspended?",
    "tier": "Which tier do your billing settings show?",
    "members": "Are you an owner, an admin or a billing member of the account?",
    "balance": "Which balance do your billing settings show?",
    "lifetime_purchased": "Have you bought credits before, and when was it?",
    "limits": "Have you set a balance limit in your billing settings, and which one?",
    "credit_grants": "When did you buy or receive the credits that you mean?",
    "invoices": "Which invoice do you mean: could you give us its number and date?",
    "payments": "When was the payment made, and did you see a message when it failed?",
    "payment_methods": "Is the card on the account a credit, debit or prepaid card?",
    "auto_recharge": "Is auto-recharge switched on, and with which threshold and amount?",
    "api_keys": "What are the last four characters of the API key that you use?",
    "last_error": ASK_ERROR,
    "model_access": "Which model do you call?",
    "quotes": "Which job or endpoint do you want to start, and what does it ask for?",
    "incidents": ASK_ERROR,
}
"""By the part of the record that was not read: what the customer can tell instead."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that the reply lacks, and the question that gets it from the customer."""

    what: str
    question: str


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A reply, and what the agent should know of it.

    ``read`` and ``diagnosis`` are None when no account was given or it could not be read.
    """

    reply: str
    support: Support
    answer: Answer
    missing: tuple[Missing, ...]
    diagnosis: Diagnosis | None = None
    read: Snapshot | None = None

    @property
    def findings(self) -> tuple[FindingNote, ...]:
        """The causes found, with the citations that tell them where the reply does."""
        if self.answer.findings or self.diagnosis is None:
            return self.answer.findings
        return tuple(FindingNote(each.cause, each.grade, ()) for each in self.diagnosis.findings)


def draft(bot: Bot, ticket: Utterance) -> Draft:
    """
    Answer a ticket as the bot would, and add what only the agent sees.

    A ticket of any length is taken: of one that is too long for a message, what is left
    without quoted mail and pasted noise.

    Raises:
        StoreUnavailable: the conversation cannot be kept.
    """
    if len(ticket.text) > LONGEST_MESSAGE:
        ticket = replace(ticket, text=tidy(ticket.text))
    answer = replace(bot, fetches_person=False).answer(ticket)
    read = _read(bot, ticket)
    account = read.account if read else None
    diagnosis = diagnose(account, ticket.at) if account else None
    missing = tuple(dict.fromkeys(_missing(answer, ticket, account)))
    return Draft(_reply(answer), _support(answer, missing), answer, missing, diagnosis, read)


def _read(bot: Bot, ticket: Utterance) -> Snapshot | None:
    try:
        return bot.accounts.load(ticket.account) if ticket.account is not None else None
    except AccountError:
        return None


def _reply(answer: Answer) -> str:
    text = without_offer(answer.text)  # a person writes it
    greets = text.lower().startswith(GREETINGS)
    parts = (text, SIGN_OFF) if greets else (GREETING, text, SIGN_OFF)
    return "\n\n".join(parts)


def _support(answer: Answer, missing: tuple[Missing, ...]) -> Support:
    if answer.outcome in NOT_COVERED:
        return "not covered"
    return "partly supported" if missing else "supported"


def _missing(answer: Answer, ticket: Utterance, account: Account | None) -> Iterator[Missing]:
    if account is None:
        yield Missing("account", ASK_ACCOUNT)
    if answer.outcome in ("clarify", "empty"):
        yield Missing("question", _which(answer.suggestions) or ASK_MEANING)
    for part in answer.degraded:
        if part in ASK_PART:
            yield Missing(part, ASK_PART[part])
    blocked = any(intent.name == DIAGNOSED for intent in answer.intents)
    if blocked and account and not account.last_error:
        yield Missing("last_error", ASK_ERROR)


def _which(titles: tuple[str, ...]) -> str | None:
    listed = " Or: ".join(titles)
    return f"Which of these do you mean? {listed}" if listed else None


def without_marks(reply: str) -> str:
    """Return a reply as a customer gets it: without the numbers of its sources."""
    return MARK.sub("", reply)


def as_json(made: Draft) -> dict[str, Any]:
    """Return the Draft object: the reply as ``text``, its evidence, and what is missing."""
    answer = to_json(made.answer)
    found, diagnosis = made.findings, made.diagnosis
    checked = {
        "findings": [
            {"cause": each.cause, "grade": each.grade, "citations": list(each.citations)}
            for each in found
        ],
        "ruled_out": list(diagnosis.ruled_out) if diagnosis else answer["ruled_out"],
        "unchecked": (
            [each.cause for each in diagnosis.unchecked] if diagnosis else answer["unchecked"]
        ),
    }
    return {
        "id": derived_id("drf", made.answer.id),
        "text": made.reply,
        "support": made.support,
        "missing": [{"what": each.what, "question": each.question} for each in made.missing],
        **checked,
        "answer": answer,
        "citations": answer["citations"],
        "troubles": trouble_lines(made.read) if made.read else [],
    }


def for_the_agent(made: Draft) -> str:
    """Return what stands under the reply and must not be sent."""
    facts = [source_line(n, each) for n, each in enumerate(made.answer.citations, 1)]
    blocks = [
        FOR_THE_AGENT,
        f"Support: {made.support}.",
        _block("Facts:", facts),
        _block("Of the sources:", trouble_lines(made.read) if made.read else []),
        *_causes(made),
        _block("Missing; to ask the customer:", _questions(made)),
    ]
    if made.answer.handoff:
        blocks.append(f"For a person: {made.answer.handoff.summary}")
    return "\n\n".join(filter(None, blocks))


def _questions(made: Draft) -> list[str]:
    return [f"- {missing.what}: {missing.question}" for missing in made.missing]


def _causes(made: Draft) -> Iterator[str]:
    yield _block("Causes found:", [f"- {note.cause} ({note.grade})" for note in made.findings])
    if made.diagnosis:
        unread = [(each.cause, ", ".join(each.parts)) for each in made.diagnosis.unchecked]
        yield _block("Causes ruled out:", [", ".join(made.diagnosis.ruled_out)])
        yield _block(
            "Causes that could not be checked:",
            [f"- {cause} (not read: {parts})" for cause, parts in unread],
        )


def _block(title: str, lines: list[str]) -> str:
    return "\n".join((title, *lines)) if any(lines) else ""

"""The one path from a message to its answer.  Read this first."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.source import AccountSource
from supportbot.answer import Answer
from supportbot.composing.needs import parts_of
from supportbot.conversation import Context, Conversations, Turn, Utterance
from supportbot.errors import AccountError
from supportbot.knowledge.library import Library
from supportbot.redaction import Redacted, redact
from supportbot.render import to_json
from supportbot.reply import Question, Reading, Reply
from supportbot.replying import (
    asked_nothing,
    clarifying,
    in_another_language,
    in_english,
    not_understood_twice,
    reply_to,
    too_long,
    with_remarks,
)
from supportbot.understanding.matcher import Match, Matcher

LONGEST_MESSAGE = 4000
SUGGESTED = ("account-balance", "access-blocked", "credit-expiry")
BILLING_ROLES = frozenset({"owner", "admin", "billing"})


def derived_id(prefix: str, seed: str) -> str:
    """Make an id from what it stands for: the same inputs, the same bytes."""
    return f"{prefix}_{hashlib.sha256(seed.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Bot:
    """Everything that an answer is made with; see ``supportbot.wiring``."""

    matcher: Matcher
    library: Library
    accounts: AccountSource
    store: Conversations
    new_id: Callable[[str, str], str] = derived_id

    def answer(self, utterance: Utterance) -> Answer:
        """
        Answer one message and store both.

        Raises:
            StoreUnavailable: the turn could not be stored, so nothing was answered.
        """
        asked = _readable(utterance.text)
        seed = _seed(utterance, asked.text)
        conversation = _conversation(utterance, self.new_id, seed)
        key = hashlib.sha256(seed.encode()).hexdigest()
        context = Context()
        if utterance.conversation is not None:
            context = self.store.context(conversation, key, utterance.account, utterance.user)
        match = self._match(utterance, asked.text, context)
        questions = self._questions(match)
        reading = self._read(utterance, questions)
        reply = self._reply(utterance, asked.text, match, questions, reading, context)
        reply = with_remarks(reply, asked.removed, without_encoder=match.degraded)
        answer = self._sign(utterance, conversation, seed, reading, reply)
        self.store.append(_turn(utterance, conversation, key, asked.text, answer, reply))
        return answer

    def _match(self, utterance: Utterance, asked: str, context: Context) -> Match:
        if len(utterance.text) > LONGEST_MESSAGE:
            return Match("unsure")
        return self.matcher.match(asked, context)

    def _questions(self, match: Match) -> tuple[Question, ...]:
        return tuple(Question(heard, self.library.article(heard.topic)) for heard in match.heard)

    def _read(self, utterance: Utterance, questions: tuple[Question, ...]) -> Reading:
        """Read what the answers look at of the account, if it is known whose it is."""
        parts = frozenset().union(*(parts_of(question.article) for question in questions))
        if utterance.account is None or not parts:
            return Reading()
        try:
            read = self.accounts.load(utterance.account, parts | {"members"})
        except AccountError:
            return Reading(failed=True)
        return Reading(read, sees_billing=_sees_billing(utterance, read.account))

    def _reply(
        self,
        utterance: Utterance,
        asked: str,
        match: Match,
        questions: tuple[Question, ...],
        reading: Reading,
        context: Context,
    ) -> Reply:
        if len(utterance.text) > LONGEST_MESSAGE:
            return too_long(context)
        if match.kind == "understood":
            reply = reply_to(
                questions, self.library.passages, reading, utterance.at, context, asked
            )
            return in_english(reply, match.language) if match.language else reply
        if match.kind == "empty":
            return asked_nothing(self._titles(SUGGESTED), context)
        if match.kind == "foreign":
            return in_another_language(match.language or "", context)
        if context.unsure:
            return not_understood_twice(asked)
        return clarifying(self._titles(match.suggestions), match.suggestions, context)

    def _titles(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            self.library.article(slug).title for slug in slugs if slug in self.library.files
        )

    def _sign(
        self, utterance: Utterance, conversation: str, seed: str, reading: Reading, reply: Reply
    ) -> Answer:
        record = repr(reading.snapshot)
        grounds = "\0".join((conversation, seed, record, self.library.version, reply.text))
        answer_id = self.new_id("ans", grounds)
        return reply.signed(answer_id, conversation, utterance.at)


def _readable(text: str) -> Redacted:
    """Redact a message; of one that is too long nothing is kept, as a cut could halve a number."""
    if len(text) > LONGEST_MESSAGE:
        return Redacted(f"[a message of {len(text)} characters]", ())
    return redact(text)


def _seed(utterance: Utterance, asked: str) -> str:
    at = utterance.at.isoformat()
    return "\0".join((asked, utterance.account or "", utterance.user or "", at))


def _conversation(utterance: Utterance, new_id: Callable[[str, str], str], seed: str) -> str:
    if utterance.conversation is None:
        return new_id("cnv", seed)
    named = utterance.conversation
    return named if named.startswith("cnv_") else f"cnv_{named}"


def _sees_billing(utterance: Utterance, account: Account) -> bool:
    """Whether this person may see payment links and cards; the operator may."""
    if utterance.role is not None:
        return utterance.role in BILLING_ROLES
    if utterance.user is None:
        return True
    members = () if account.members is UNKNOWN else account.members
    names = {name.casefold() for name in (utterance.user, utterance.email) if name}
    return any(
        member.email.casefold() in names and member.role in BILLING_ROLES for member in members
    )


def _turn(
    utterance: Utterance, conversation: str, key: str, asked: str, answer: Answer, reply: Reply
) -> Turn:
    return Turn(
        conversation=conversation,
        key=key,
        asked_at=utterance.at,
        account=utterance.account,
        user=utterance.user,
        text=asked,
        answer_id=answer.id,
        answer=json.dumps(to_json(answer), ensure_ascii=False),
        outcome=answer.outcome,
        context=reply.context,
    )

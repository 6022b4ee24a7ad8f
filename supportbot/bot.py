"""The one path from a message to its answer.  Read this first."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from supportbot.account import UNKNOWN, Account, Role
from supportbot.accounts.source import AccountSource
from supportbot.answer import Answer
from supportbot.composing.needs import parts_of
from supportbot.conversation import Context, Conversations, Turn, Utterance
from supportbot.errors import AccountError
from supportbot.handing_over import not_understood_twice, with_person
from supportbot.knowledge.library import Library
from supportbot.redaction import Redacted, redact
from supportbot.render import to_json
from supportbot.reply import Question, Reading, Reply
from supportbot.replying import (
    asked_nothing,
    clarifying,
    in_another_language,
    in_english,
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
    """
    Everything that an answer is made with; see ``supportbot.wiring``.

    ``hands_over`` has the reasons for which a person is brought in unasked.  ``fetches_person``
    is off where a person reads the answer anyhow: in drafts.
    """

    matcher: Matcher
    library: Library
    accounts: AccountSource
    store: Conversations
    new_id: Callable[[str, str], str] = derived_id
    hands_over: frozenset[str] = frozenset()
    fetches_person: bool = True

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
        if self.fetches_person:
            reply = with_person(reply, asked.text, self.hands_over)
        reply = with_remarks(reply, asked.removed, without_encoder=match.degraded)
        answer = self._sign(utterance, conversation, seed, reading, reply)
        self.store.append(
            _turn(utterance, conversation, key, asked.text, answer, reply, reading.role)
        )
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
            return Reading(role=utterance.role)
        try:
            read = self.accounts.load(utterance.account, parts | {"members"})
        except AccountError:
            return Reading(failed=True, role=utterance.role)
        role = _role(utterance, read.account)
        operator = utterance.user is None and role is None
        return Reading(read, sees_billing=operator or role in BILLING_ROLES, role=role)

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
            about = self._titles(context.topics)
            reply = reply_to(
                questions, self.library.passages, reading, utterance.at, context, asked, about
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


def _role(utterance: Utterance, account: Account) -> Role | None:
    """Return the asker's role: as proved, else as the record has it; of two, the one for bills."""
    if utterance.role is not None:
        return utterance.role
    members = () if account.members is UNKNOWN else account.members
    names = {name.casefold() for name in (utterance.user, utterance.email) if name}
    roles = [member.role for member in members if member.email.casefold() in names]
    return next((role for role in roles if role in BILLING_ROLES), roles[0] if roles else None)


def _turn(
    utterance: Utterance,
    conversation: str,
    key: str,
    asked: str,
    answer: Answer,
    reply: Reply,
    role: Role | None,
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
        role=role,
    )

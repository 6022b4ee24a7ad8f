"""Routes: ask, look an answer up, say whether it helped."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from supportbot.answer import Answer
from supportbot.bot import LONGEST_MESSAGE
from supportbot.channels.examples import ANSWER_EXAMPLE
from supportbot.channels.identity import Visitor
from supportbot.channels.observing import Metrics, note_conversation
from supportbot.channels.once import IdempotencyKey, Once, address_of, done_once, once
from supportbot.channels.problems import responses
from supportbot.channels.proving import IdentityToken, not_here, owns, owns_conversation
from supportbot.channels.silence import left_to_person
from supportbot.channels.site import Site
from supportbot.conversation import Context, Turn, Utterance, well_formed
from supportbot.redaction import redact
from supportbot.render import to_json
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import Feedback, Handoff
from supportbot.wording import PERSON_ON

RANDOM_BYTES: Final = 16
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The Answer object.",
        "content": {"application/json": {"example": ANSWER_EXAMPLE}},
    }
}


class Question(BaseModel):
    """What a visitor asks.  Who asks is never part of the body."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"example": {"text": "Do my credits expire?"}}
    )

    text: Annotated[str, Field(max_length=LONGEST_MESSAGE, description="In the visitor's words.")]
    conversation: Annotated[
        str | None, Field(max_length=64, description="To go on with; none begins a new one.")
    ] = None


class Opinion(BaseModel):
    """Whether an answer helped."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"helpful": False, "reason": "not_my_question"}},
    )

    helpful: bool
    reason: Annotated[str | None, Field(max_length=64)] = None
    comment: Annotated[str | None, Field(max_length=2000)] = None


@dataclass(frozen=True, slots=True)
class _WithReceipt:
    """A ``Conversations`` that stores the receipt of a request with its turn."""

    store: ConversationStore
    asked: Once | None
    metrics: Metrics

    def context(
        self, conversation: str, key: str, account: str | None, user: str | None
    ) -> Context:
        return self.store.context(conversation, key, account, user)

    def append(self, turn: Turn) -> None:
        receipt = self.asked.receipt(200, turn.answer) if self.asked else None
        self.store.append(turn, receipt)
        self.metrics.count_removed(turn.text)

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        return self.store.turns(conversation)


def random_id(prefix: str, _seed: str) -> str:
    """Make an id that nobody can guess: of an anonymous conversation it is the only key."""
    return f"{prefix}_{secrets.token_hex(RANDOM_BYTES)}"


def ask(site: Site, visitor: Visitor, question: Question, asked: Once | None) -> Answer:
    """
    Answer, and store it; while a person is on, keep the message for them.

    Raises:
        AlreadyDone: an equal request was stored while this one was answered.
    """
    store = _WithReceipt(site.turns, asked, site.metrics)
    text, held = well_formed(question.text), _held(site, question.conversation)
    if held:
        key, answer_id, now = random_id("key", ""), random_id("ans", ""), datetime.now(UTC)
        answer, turn = left_to_person(held, text, now, key, answer_id, PERSON_ON)
        store.append(turn)
        return answer
    bot = site.serving().bot
    own = replace(bot, store=store, new_id=random_id)
    answer = own.answer(
        Utterance(
            text,
            datetime.now(UTC),
            visitor.account,
            visitor.user,
            visitor.role,
            question.conversation,
            visitor.email,
        )
    )
    site.metrics.count(answer)
    return answer


def _held(site: Site, conversation: str | None) -> Handoff | None:
    """Return the hand-off of a conversation that an agent has taken."""
    kept = site.handoffs.handoff_of(conversation) if conversation else None
    return kept if kept and kept.state == "open" and kept.holder else None


def answer_routes(site: Site) -> APIRouter:
    """Return the routes under /v1/answers."""
    router = APIRouter(prefix="/v1/answers", tags=["answers"])
    _add_answers(router, site)
    _add_feedback(router, site)
    return router


def _add_answers(router: APIRouter, site: Site) -> None:
    Proven = Annotated[Visitor, Depends(IdentityToken(site.keys))]

    @router.post("", responses={**ANSWERS, **responses(401, 404, 413, 422, 429, 503)})
    def post_answer(
        request: Request, question: Question, visitor: Proven, key: IdempotencyKey = None
    ) -> Response:
        """
        Answer one question; facts of the account that the token names, else public ones.

        While a person has the conversation, the outcome is ``handoff`` and the message is theirs.
        """
        asked = once(request, visitor, key, question.model_dump_json())

        def answer() -> Response:
            named = question.conversation
            if named is not None and not owns_conversation(site.turns, named, visitor):
                return not_here()
            site.limits.spend(visitor, address_of(request))
            answered = ask(site, visitor, question, asked)
            note_conversation(request, answered.conversation)
            body = json.dumps(to_json(answered), ensure_ascii=False)
            return Response(body, media_type="application/json")

        return done_once(site.turns.engine, asked, answer)

    @router.get("/{answer_id}", responses={**ANSWERS, **responses(401, 404, 422, 429, 503)})
    def get_answer(answer_id: str, visitor: Proven) -> Response:
        """Return an answer again, as it was given."""
        turn = _own_turn(site, answer_id, visitor)
        return Response(turn.answer, media_type="application/json") if turn else not_here()


def _add_feedback(router: APIRouter, site: Site) -> None:
    Proven = Annotated[Visitor, Depends(IdentityToken(site.keys))]

    @router.post(
        "/{answer_id}/feedback",
        status_code=204,
        response_class=Response,
        responses=responses(401, 404, 413, 422, 429, 503),
    )
    def post_feedback(
        request: Request,
        answer_id: str,
        opinion: Opinion,
        visitor: Proven,
        key: IdempotencyKey = None,
    ) -> Response:
        """Say whether an answer helped; the last word counts."""
        asked = once(request, visitor, key, opinion.model_dump_json())

        def rate() -> Response:
            turn = _own_turn(site, answer_id, visitor)
            if turn is None:
                return not_here()
            site.limits.spend(visitor, address_of(request), "remark")
            receipt = asked.receipt(204, "") if asked else None
            site.handoffs.rate(_feedback(turn.answer_id, opinion), receipt)
            return Response(status_code=204)

        return done_once(site.turns.engine, asked, rate)


def _own_turn(site: Site, answer_id: str, visitor: Visitor) -> Turn | None:
    turn = site.turns.turn_by_answer(answer_id)
    return turn if turn and owns(visitor, (turn.account, turn.user)) else None


def _feedback(answer_id: str, opinion: Opinion) -> Feedback:
    return Feedback(
        answer_id,
        opinion.helpful,
        datetime.now(UTC),
        _redacted(opinion.reason),
        _redacted(opinion.comment),
    )


def _redacted(text: str | None) -> str | None:
    return None if text is None else redact(well_formed(text)).text

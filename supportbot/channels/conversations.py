"""Routes: read a conversation, and bring in a person."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from supportbot.answer import Reason
from supportbot.channels.identity import Visitor
from supportbot.channels.observing import note_conversation
from supportbot.channels.once import IdempotencyKey, Once, address_of, done_once, once
from supportbot.channels.problems import responses
from supportbot.channels.proving import IdentityToken, not_here, owns_conversation
from supportbot.channels.site import Site
from supportbot.conversation import well_formed
from supportbot.redaction import redact
from supportbot.render import instant
from supportbot.store.handoffs import Handoff, new_reference
from supportbot.store.receipts import Receipt

Entry = tuple[datetime, dict[str, Any]]


class Wish(BaseModel):
    """How a person can reach the visitor, and what they should know."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"example": {"contact": "olga@northwind.example", "note": "urgent"}},
    )

    contact: Annotated[str | None, Field(max_length=320)] = None
    note: Annotated[str | None, Field(max_length=2000)] = None


def conversation_routes(site: Site) -> APIRouter:
    """Return the routes under /v1/conversations."""
    router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
    Proven = Annotated[Visitor, Depends(IdentityToken(site.keys))]

    @router.get(
        "/{conversation}",
        responses={
            200: {
                "description": "Its turns, and what a person replied, in order.",
                "content": {"application/json": {"example": EXAMPLE}},
            },
            304: {"description": "As it was under the ETag that was sent."},
            **responses(401, 404, 422, 429, 503),
        },
    )
    def get_conversation(
        request: Request,
        conversation: str,
        visitor: Proven,
        if_none_match: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Response:
        """Return the turns of a conversation, those of a person among them."""
        if not owns_conversation(site.turns, conversation, visitor):
            return not_here()
        note_conversation(request, conversation)
        body = read(site, conversation)
        tag = f'"{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:32]}"'
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers={"ETag": tag})
        return JSONResponse(body, headers={"ETag": tag})

    _add_handoff(router, site)
    return router


def _add_handoff(router: APIRouter, site: Site) -> None:
    Proven = Annotated[Visitor, Depends(IdentityToken(site.keys))]

    @router.post(
        "/{conversation}/handoff",
        status_code=202,
        responses={
            202: {
                "description": "A person will read the conversation.",
                "content": {"application/json": {"example": {"reference": "H-7Q2MK4XB"}}},
            },
            **responses(401, 404, 413, 422, 429, 503),
        },
    )
    def post_handoff(
        request: Request,
        conversation: str,
        wish: Wish,
        visitor: Proven,
        key: IdempotencyKey = None,
    ) -> Response:
        """Bring in a person; asking again gives the same reference."""
        asked = once(request, visitor, key, wish.model_dump_json())

        def hand_over() -> Response:
            if not owns_conversation(site.turns, conversation, visitor):
                return not_here()
            note_conversation(request, conversation)
            site.limits.spend(visitor, address_of(request), "remark")
            reason = site.turns.reason_now(conversation)
            wanted = _wanted(conversation, visitor, wish, reason)
            kept = site.handoffs.hand_over(wanted, _receipts(asked))
            return Response(_body(kept), 202, media_type="application/json")

        return done_once(site.turns.engine, asked, hand_over)


def _receipts(asked: Once | None) -> Callable[[Handoff], Receipt] | None:
    if asked is None:
        return None
    return lambda kept: asked.receipt(202, _body(kept))


def _body(kept: Handoff) -> str:
    return json.dumps({"reference": kept.reference})


def _wanted(conversation: str, visitor: Visitor, wish: Wish, reason: Reason) -> Handoff:
    return Handoff(
        conversation,
        new_reference(),
        visitor.account,
        visitor.user,
        reason,
        datetime.now(UTC),
        contact=None if wish.contact is None else well_formed(wish.contact).strip() or None,
        note=None if wish.note is None else redact(well_formed(wish.note)).text,
    )


def read(site: Site, conversation: str) -> dict[str, Any]:
    """Return a conversation as its owner sees it."""
    handoff = site.handoffs.handoff_of(conversation)
    entries = sorted(
        (*_answers(site, conversation), *_replies(site, conversation)), key=lambda entry: entry[0]
    )
    return {
        "id": conversation,
        "turns": [{"at": instant(at), **entry} for at, entry in entries],
        "handoff": handoff and {"reference": handoff.reference, "state": handoff.state},
    }


def _answers(site: Site, conversation: str) -> Iterator[Entry]:
    for turn in site.turns.turns(conversation):
        answer = json.loads(turn.answer)
        yield turn.asked_at, {"kind": "answer", "text": turn.text, "answer": answer}


def _replies(site: Site, conversation: str) -> Iterator[Entry]:
    for reply in site.handoffs.replies_in(conversation):
        yield reply.at, {"kind": "reply", "text": reply.text}


EXAMPLE: Final = {
    "id": "cnv_5d41402abc4b2a76b9719d911017c592",
    "turns": [
        {"kind": "answer", "at": "2026-11-23T09:00:00Z", "text": "Do my credits expire?"},
        {"kind": "reply", "at": "2026-11-23T09:20:00Z", "text": "Hello Olga, I looked into it …"},
    ],
    "handoff": {"reference": "H-7Q2MK4XB", "state": "open"},
}

"""The drafts that other tools ask for, on behalf of an agent who is signed in."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from supportbot.channels.console.desk import LONGEST, Desk
from supportbot.channels.console.sessions import Session, Sessions
from supportbot.channels.problems import problem, responses
from supportbot.channels.proving import not_here
from supportbot.conversation import Utterance, well_formed
from supportbot.drafting import as_json, draft
from supportbot.learning import kept_of, settlement
from supportbot.redaction import redact
from supportbot.store.drafts import Drafted, KeptDraft, Reason, Settlement

API: Final = "api"
SIGN_IN_FIRST: Final = "Sign in at /console first."
EITHER: Final = "Give either what was sent or why it was dismissed."


class DraftRequest(BaseModel):
    """What a draft is asked for."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "do my credits expire?", "account": "northwind"}}
    )

    text: Annotated[str, Field(max_length=100_000)]
    account: Annotated[str | None, Field(max_length=64)] = None
    ticket: Annotated[str | None, Field(max_length=200)] = None


class DraftOutcome(BaseModel):
    """What became of a draft: the text that was sent, or why it was dismissed."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"sent": "Hello, your credits do not expire."}}
    )

    sent: Annotated[str | None, Field(max_length=LONGEST)] = None
    dismissed: Reason | None = None


def add_drafts(router: APIRouter, desk: Desk, sessions: Sessions) -> None:
    """Add the two routes."""

    @router.post("/v1/drafts", include_in_schema=True, tags=["drafts"], responses=responses(401))
    def post_draft(request: Request, wanted: DraftRequest) -> Response:
        """Draft a reply to a ticket, for an agent who is signed in; nothing is sent."""
        session = sessions.find(request)
        if session is None:
            return problem(401, SIGN_IN_FIRST)
        return JSONResponse(_drafted(desk, session, wanted))

    @router.post(
        "/v1/drafts/{draft_id}/outcome",
        include_in_schema=True,
        tags=["drafts"],
        status_code=204,
        response_class=Response,
        responses=responses(401, 404, 422),
    )
    def post_outcome(request: Request, draft_id: str, told: DraftOutcome) -> Response:
        """Tell what became of a draft; the first word on it counts."""
        session = sessions.find(request)
        if session is None:
            return problem(401, SIGN_IN_FIRST)
        kept = desk.drafts.of(draft_id)
        if kept is None:
            return not_here()
        if (told.sent is None) == (told.dismissed is None):
            return problem(422, EITHER)
        desk.drafts.settle(_settled(kept, told, session.agent.email))
        return Response(status_code=204)


def _drafted(desk: Desk, session: Session, wanted: DraftRequest) -> dict[str, object]:
    email = session.agent.email
    if wanted.account:
        desk.agents.note(session.agent, "draft", f"account {wanted.account}")
    named = f"draft {email} {wanted.ticket}" if wanted.ticket else None
    text, now = well_formed(wanted.text), datetime.now(UTC)
    asked = Utterance(text, now, wanted.account, conversation=named)
    made = draft(desk.site.serving().bot, asked)
    about = Drafted(API, wanted.ticket or "", "", email, now, wanted.account, redact(text).text)
    desk.drafts.keep(kept_of(made, about))
    return as_json(made)


def _settled(kept: KeptDraft, told: DraftOutcome, by: str) -> Settlement:
    now = datetime.now(UTC)
    if told.sent is None:
        return Settlement(kept.id, "dismissed", now, by, reason=told.dismissed)
    return settlement(kept, told.sent, now, by)

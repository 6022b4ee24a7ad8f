"""A message that comes while a person is on: it is kept for them, and the bot does not answer."""

import json
from datetime import datetime

from supportbot.answer import Answer
from supportbot.conversation import Context, Turn
from supportbot.handing_over import promise
from supportbot.redaction import redact
from supportbot.render import to_json
from supportbot.store.handoffs import Handoff


def left_to_person(
    handoff: Handoff, text: str, at: datetime, key: str, answer_id: str, said: str = ""
) -> tuple[Answer, Turn]:
    """Return what the asker is told instead of an answer, ``said``, and the turn to keep."""
    kept = redact(text).text
    told = promise(handoff.reason, "Wrote while a person was on.", kept)
    answer = Answer(answer_id, handoff.conversation, at, "handoff", said, handoff=told)
    turn = Turn(
        handoff.conversation,
        key,
        at,
        handoff.account,
        handoff.user,
        kept,
        answer_id,
        json.dumps(to_json(answer), ensure_ascii=False),
        answer.outcome,
        Context(),
    )
    return answer, turn

"""Why a person is needed, and what they are told of it.  Pure: values in, values out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from supportbot.answer import Handoff, Outcome, Reason
from supportbot.composing.composer import Composed
from supportbot.composing.facts import PERSON_OFFER
from supportbot.conversation import Context
from supportbot.reply import Question, Reading, Reply
from supportbot.safety import Alarm, alarm_in
from supportbot.understanding.decision import SMALLTALK
from supportbot.wording import ALARMED, PASSED_ON, UNSURE_TWICE

HANDOFF: Final = "human_handoff"
NOT_COVERED: Final = "in_domain_not_covered"
WHY_A_PERSON: Final[Mapping[Reason, str]] = {
    "requested": "Asked for a person.",
    "not_covered": "Asked for a person after a question that the documentation does not cover.",
    "unsure": "Asked for a person after a question that was not understood.",
    "account_unreadable": "Asked for a person after the account could not be read.",
    "language": "Asked for a person after writing in a language that is not answered.",
    "safety": "Asked for a person after telling of a danger.",
}
WHY_UNASKED: Final[Mapping[Reason, str]] = {
    "not_covered": "Asked what the documentation does not cover.",
    "account_unreadable": "The account could not be read.",
}
ANSWERS: Final[tuple[Outcome, ...]] = ("answered", "not_covered")
WHY_ALARMED: Final[Mapping[Alarm, str]] = {
    "misuse": "Somebody else may be using the card, account or keys.",
    "life": "May be in danger of harming themselves.",
}


def reason_for(
    questions: Sequence[Question], told: Sequence[Composed], context: Context, reading: Reading
) -> Reason:
    """Return why a person is needed: for what was asked now, else for what was asked before."""
    intents = {question.heard.intent for question in questions}
    if reading.failed or any(composed.unread for composed in told):
        return "account_unreadable"
    if NOT_COVERED in intents:
        return "not_covered"
    return context.reason if intents <= SMALLTALK | {HANDOFF} else "requested"


def promise(reason: Reason, why: str, asked: str) -> Handoff:
    """Return the hand-off of an answer; ``asked`` is the redacted message."""
    return Handoff(reason, f"{why} Last message: {asked}")


def wished_for(
    questions: Sequence[Question], reason: Reason, asked: str, about: Sequence[str]
) -> Handoff | None:
    """Return the hand-off that was asked for; None: nobody asked for a person."""
    if not any(question.heard.intent == HANDOFF for question in questions):
        return None
    before = f" Talked about before: {' '.join(about)}" if about else ""
    return promise(reason, f"{WHY_A_PERSON[reason]}{before}", asked)


def not_understood_twice(asked: str) -> Reply:
    """Bring in a person rather than ask a third time."""
    handoff = promise("unsure", "Not understood twice in a row.", asked)
    return Reply("handoff", UNSURE_TWICE, Context(), handoff=handoff)


def with_person(reply: Reply, asked: str, unasked: Collection[str]) -> Reply:
    """
    Bring in a person for a danger, and for the reasons ``unasked``, and say so.

    What was asked is answered all the same.
    """
    alarm, reason = alarm_in(asked), reply.context.reason
    if alarm:
        handoff = promise("safety", WHY_ALARMED[alarm], asked)
        return _passed_on(reply, f"{ALARMED[alarm]}\n\n{without_offer(reply.text)}", handoff)
    if reply.handoff or reply.outcome not in ANSWERS or reason not in unasked:
        return reply
    handoff = promise(reason, WHY_UNASKED[reason], asked)
    return _passed_on(reply, f"{without_offer(reply.text)}\n\n{PASSED_ON}", handoff)


def _passed_on(reply: Reply, text: str, handoff: Handoff) -> Reply:
    context = replace(reply.context, reason=handoff.reason, offers=())
    return replace(reply, text=text.strip(), context=context, handoff=handoff)


def without_offer(text: str) -> str:
    """Take out the offer of a person, where one is on the way or writes this."""
    return re.sub(rf"\s*{re.escape(PERSON_OFFER)}", "", text).lstrip()

"""The shortcut "Draft a reply": an agent edits a draft and posts it, under their own name."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from slack_bolt import Ack, App
from slack_sdk import WebClient

from supportbot.bot import Bot
from supportbot.channels.slack import words
from supportbot.channels.slack.answering import Answering, Message
from supportbot.channels.slack.blocks import LONGEST, Block, escaped, plain, split
from supportbot.channels.slack.names import SHORTCUT
from supportbot.channels.slack.people import who_of
from supportbot.channels.slack.posting import post_in
from supportbot.conversation import Utterance, well_formed
from supportbot.drafting import draft, for_the_agent, without_marks
from supportbot.errors import StoreUnavailable
from supportbot.store.memory import MemoryConversations
from supportbot.store.slack_agents import SlackAgents
from supportbot.store.slack_links import SlackUser
from supportbot.store.slack_queue import Post, SlackQueue

MOST_EVIDENCE: Final = 20


@dataclass(frozen=True)
class Drafting:
    """What the shortcut is made with; ``wake`` tells the sender that something is queued."""

    bot: Callable[[], Bot]
    answering: Answering
    agents: SlackAgents
    queue: SlackQueue
    wake: Callable[[], None]


def add_shortcut(app: App, drafting: Drafting) -> None:
    """Listen for the shortcut and for what its modal sends."""

    @app.message_shortcut(SHORTCUT)
    def asked(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        who = who_of(body)
        if drafting.agents.email_of(who) is None:
            client.views_open(trigger_id=body["trigger_id"], view=_note(words.NO_AGENT))
            return
        opened = client.views_open(trigger_id=body["trigger_id"], view=_note(words.PREPARING))
        try:
            view = _draft_view(drafting, body, who)
        except StoreUnavailable:
            view = _note(words.BUSY)
        client.views_update(view_id=opened["view"]["id"], view=view)

    @app.view(SHORTCUT)
    def sent(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        ack()
        who = who_of(body)
        email = drafting.agents.email_of(who)
        text = str(view["state"]["values"]["reply"]["reply"].get("value") or "").strip()
        if email is None or not text:
            return
        place = json.loads(view["private_metadata"])
        drafting.agents.note(email, "reply", f"{place['channel']} {place['thread']}")
        drafting.queue.put([_reply(who, place, str(view["id"]), well_formed(text))])
        drafting.wake()


def _draft_view(drafting: Drafting, body: Mapping[str, Any], agent: SlackUser) -> Block:
    """
    Draft what all in the channel may read, and put the account's facts beside it.

    The account is that to which the message's author is linked, never one named in the text.
    """
    message = _message(body)
    link = drafting.answering.link_of(message)
    apart = replace(drafting.bot(), store=MemoryConversations())
    now = datetime.now(UTC)
    public = draft(apart, Utterance(message.text, now))
    evidence = for_the_agent(public)
    if link is not None:
        email = drafting.agents.email_of(agent) or str(agent)
        drafting.agents.note(email, "look", f"account {link.account} in {message.channel}")
        own = draft(apart, Utterance(message.text, now, link.account))
        evidence = f"{words.FOR_YOU_ALONE.format(account=link.account)}\n\n{for_the_agent(own)}"
    reply = next(split(without_marks(public.reply)), "")
    return _view(reply, evidence, {"channel": message.channel, "thread": message.thread})


def _message(body: Mapping[str, Any]) -> Message:
    about, team = body["message"], str(body["team"]["id"])
    author = SlackUser(team, str(about.get("user") or ""), body["team"].get("enterprise_id"))
    ts = str(about["ts"])
    return Message(
        author,
        str(body["channel"]["id"]),
        str(about.get("thread_ts") or ts),
        ts,
        well_formed(str(about.get("text") or "")),
        direct=False,
        shared=bool(body.get("is_ext_shared_channel")),
    )


def _view(reply: str, evidence: str, place: Mapping[str, str]) -> Block:
    shown = [*split(escaped(evidence), LONGEST)][:MOST_EVIDENCE]
    box = {
        "type": "plain_text_input",
        "action_id": "reply",
        "multiline": True,
        "initial_value": reply,
        "max_length": LONGEST,
    }
    return {
        "type": "modal",
        "callback_id": SHORTCUT,
        "private_metadata": json.dumps(place),
        "title": {"type": "plain_text", "text": "Draft a reply"},
        "submit": {"type": "plain_text", "text": "Post in thread"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "input",
                "block_id": "reply",
                "label": {"type": "plain_text", "text": words.ALL_CAN_READ},
                "element": box,
            },
            {"type": "divider"},
            *({"type": "section", "text": {"type": "mrkdwn", "text": piece}} for piece in shown),
        ],
    }


def _note(text: str) -> Block:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Draft a reply"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": plain(text),
    }


def _reply(who: SlackUser, place: Mapping[str, str], view: str, text: str) -> Post:
    """Return the post of an agent's reply; a modal that is sent twice is one post."""
    own_id = hashlib.sha256(f"{who.team}\0{view}".encode()).hexdigest()[:32]
    body = {
        "text": escaped(text),
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}},
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": words.FROM.format(user=who.user)}],
            },
        ],
    }
    return post_in((who.team, place["channel"], place["thread"]), own_id, body)

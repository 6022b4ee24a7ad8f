"""The command /billing; whatever it says is seen by who typed it alone."""

import time
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from supportbot.channels.slack import words
from supportbot.channels.slack.answering import Answering, Message
from supportbot.channels.slack.blocks import PRIVATE_TEXT, answer_blocks, link_blocks, plain
from supportbot.channels.slack.parts import Slack
from supportbot.channels.slack.people import who_of
from supportbot.errors import StoreUnavailable
from supportbot.store.slack_links import SlackUser

Told = tuple[str, list[dict[str, Any]]]


def add_commands(app: App, slack: Slack, answering: Answering) -> None:
    """Listen for the command."""

    @app.command("/billing")
    def billing(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        who = who_of(body)
        text = str(body.get("text") or "").strip()
        try:
            known = {"link": _link, "unlink": _unlink, "status": _status, "help": _help, "": _help}
            if text.lower() in known:
                told, blocks = known[text.lower()](slack, answering, who)
            else:
                told, blocks = _answered(answering, who, body, text)
        except StoreUnavailable:
            told, blocks = words.BUSY, plain(words.BUSY)
        respond(text=told, blocks=blocks, response_type="ephemeral")


def _answered(answering: Answering, who: SlackUser, body: Mapping[str, Any], text: str) -> Told:
    now = f"{time.time():.6f}"
    asked = Message(who, str(body.get("channel_id")), now, now, text, direct=True)
    answer = answering.answer(asked, answering.link_of(asked), "own")
    return PRIVATE_TEXT, answer_blocks(answer)


def _link(slack: Slack, answering: Answering, who: SlackUser) -> Told:
    if not answering.is_member(who):
        return words.STRANGER, plain(words.STRANGER)
    url = slack.links_to(slack.links.new_nonce(who))
    if url is None:
        return words.NO_LINK_PAGE, plain(words.NO_LINK_PAGE)
    return words.LINK, link_blocks(words.LINK, url)


def _unlink(slack: Slack, _answering: Answering, who: SlackUser) -> Told:
    gone = slack.links.unbind(who, str(who))
    text = words.UNLINKED if gone else words.NOT_LINKED
    return text, plain(text)


def _status(slack: Slack, _answering: Answering, who: SlackUser) -> Told:
    link = slack.links.of(who)
    text = words.LINKED.format(account=link.account) if link else words.NOT_LINKED
    return text, plain(text)


def _help(_slack: Slack, _answering: Answering, _who: SlackUser) -> Told:
    return words.HELP, plain(words.HELP)

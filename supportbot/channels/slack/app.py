"""Slack's listeners, for Socket Mode and signed HTTP alike: store, acknowledge, then work."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from slack_bolt import Ack, App, BoltResponse, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from supportbot.bot import Bot
from supportbot.channels.slack import words
from supportbot.channels.slack.answering import (
    Answering,
    Message,
    conversation_of,
    message_of,
    threads_of,
)
from supportbot.channels.slack.blocks import (
    PRIVATE_TEXT,
    answer_blocks,
    link_blocks,
    plain,
    reason_view,
)
from supportbot.channels.slack.home import home_view
from supportbot.channels.slack.sending import Sender
from supportbot.channels.working import Report
from supportbot.errors import StoreUnavailable
from supportbot.slack_settings import SlackSettings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import Feedback, Handoff, HandoffStore, new_reference
from supportbot.store.slack_links import SlackLinks, SlackUser
from supportbot.store.slack_queue import SlackQueue

LISTENERS: Final = 20
TIMEOUT_SECONDS: Final = 10
MEMBER_SECONDS: Final = 60.0
MESSAGES: Final = ("app_mention", "message")


@dataclass(frozen=True)
class Slack:
    """What the listeners are made with; ``links_to`` makes the address of a one-time link."""

    settings: SlackSettings
    bot: Callable[[], Bot]
    turns: ConversationStore
    handoffs: HandoffStore
    links: SlackLinks
    queue: SlackQueue
    links_to: Callable[[str], str | None]
    report: Report


@dataclass(frozen=True)
class Running:
    """Bolt's app, and the sender that works for it."""

    app: App
    sender: Sender
    process: Callable[[str, Mapping[str, Any]], None]


def open_slack(slack: Slack) -> Running:
    """Put the listeners together; nothing is asked of Slack yet."""
    client = WebClient(
        token=slack.settings.bot_token,
        base_url=slack.settings.api_url,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],  # the outbox tries again, and knows what may have been sent
    )
    answering = Answering(slack.bot, slack.links, slack.handoffs, Members(client).is_member)

    def process(event_id: str, body: Mapping[str, Any]) -> None:
        message = message_of(str(body.get("team_id")), body["event"])
        slack.queue.done(event_id, answering.posts(message), threads_of(message))
        sender.wake()

    sender = Sender(slack.queue, client, process, slack.report)
    app = App(
        client=client,
        signing_secret=slack.settings.signing_secret or "",
        request_verification_enabled=slack.settings.signing_secret is not None,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
        logger=_quiet(),
    )
    _add_events(app, slack, process)
    _add_commands(app, slack, answering)
    _add_buttons(app, slack)
    return Running(app, sender, process)


def _quiet() -> logging.Logger:
    """Return a logger that keeps to warnings: at INFO Bolt writes down whole messages."""
    logger = logging.getLogger("supportbot.slack")
    logger.setLevel(logging.ERROR)
    return logger


class Members:
    """Says who is a full member of the workspace; asked at most once a minute for each."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._known: dict[SlackUser, tuple[float, bool]] = {}

    def is_member(self, who: SlackUser) -> bool:
        """Whether somebody is no guest, stranger or bot, as far as Slack can be asked now."""
        kept = self._known.get(who)
        if kept and time.monotonic() - kept[0] < MEMBER_SECONDS:
            return kept[1]
        try:
            about = self._client.users_info(user=who.user)["user"]
        except (SlackApiError, OSError):
            return False
        refused = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
        found = about.get("team_id") == who.team and not any(about.get(name) for name in refused)
        self._known[who] = (time.monotonic(), found)
        return found


def _store_first(slack: Slack) -> Callable[..., BoltResponse]:
    """Return what stores a message before Slack hears that it came."""

    def store(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:
        event = body.get("event") or {}
        if body.get("type") != "event_callback" or event.get("type") not in MESSAGES:
            return next()
        key = f"{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}"
        if _is_for_us(body, slack) and slack.queue.take_in(
            str(body.get("event_id")), key, _kept(body)
        ):
            return next()
        return BoltResponse(status=200, body="")  # what came before is only thanked for

    return store


def _add_events(app: App, slack: Slack, process: Callable[[str, Mapping[str, Any]], None]) -> None:
    app.middleware(_store_first(slack))

    def work(body: dict[str, Any]) -> None:
        process(str(body["event_id"]), body)

    app.event("app_mention")(work)
    app.event("message")(work)

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        who = SlackUser(str(body.get("team_id")), str(event["user"]))
        if event.get("tab") == "home":
            client.views_publish(user_id=who.user, view=home_view(slack.links.of(who)))
        elif event.get("tab") == "messages":
            prompts = [{"title": each, "message": each} for each in words.PROMPTS]
            client.api_call(
                "assistant.threads.setSuggestedPrompts",
                json={"channel_id": event["channel"], "prompts": prompts},
            )

    @app.event("agent_session_stopped")
    def stopped() -> None:
        """Answers take milliseconds: by now there is nothing to stop."""

    @app.event("app_uninstalled")
    def uninstalled(body: dict[str, Any]) -> None:
        slack.links.unbind_team(str(body.get("team_id")))

    @app.event("tokens_revoked")
    def revoked(body: dict[str, Any]) -> None:
        slack.links.unbind_team(str(body.get("team_id")))


def _is_for_us(body: Mapping[str, Any], slack: Slack) -> bool:
    """Whether a message asks us: directly, by mention, or in a thread that we are in."""
    event = body["event"]
    if event.get("bot_id") or event.get("subtype") or not event.get("user"):
        return False
    if event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return True
    if not event.get("thread_ts"):
        return False
    asked = message_of(str(body.get("team_id")), event)
    return slack.turns.owner(conversation_of(asked, "public")) is not None


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is needed to answer; the rest of Slack's envelope is not kept."""
    return {"team_id": body.get("team_id"), "event": body.get("event")}


def _add_commands(app: App, slack: Slack, answering: Answering) -> None:
    @app.command("/billing")
    def billing(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        who = SlackUser(str(body["team_id"]), str(body["user_id"]))
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


Told = tuple[str, list[dict[str, Any]]]


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


def _add_buttons(app: App, slack: Slack) -> None:
    @app.action("open_link")
    def link_opened(ack: Ack) -> None:
        """The button leads away by itself; Slack wants to be thanked for telling."""
        ack()

    @app.action("feedback")
    def rated(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        word, _, answer_id = str(body["actions"][0].get("value")).partition(" ")
        slack.handoffs.rate(Feedback(answer_id, word == "good", datetime.now(UTC)))
        if word == "bad":
            view = reason_view(answer_id, words.REASONS)
            client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("feedback_reason")
    def reasoned(ack: Ack, view: dict[str, Any]) -> None:
        ack()
        chosen = view["state"]["values"]["reason"]["reason"].get("selected_option") or {}
        reason = chosen.get("value")
        slack.handoffs.rate(Feedback(view["private_metadata"], False, datetime.now(UTC), reason))

    @app.action("person")
    def person(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        conversation = str(body["actions"][0].get("value"))
        owner = slack.turns.owner(conversation)
        if owner is None:
            return
        kept = slack.handoffs.hand_over(
            Handoff(conversation, new_reference(), *owner, "requested", datetime.now(UTC))
        )
        text = words.PERSON.format(reference=kept.reference)
        respond(text=text, blocks=plain(text), response_type="ephemeral", replace_original=False)

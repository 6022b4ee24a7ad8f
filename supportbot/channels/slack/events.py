"""What Slack's events lead to: store, acknowledge, then work."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from supportbot.channels.slack import words
from supportbot.channels.slack.answering import Message, conversation_of, message_of
from supportbot.channels.slack.blocks import plain
from supportbot.channels.slack.home import home_view
from supportbot.channels.slack.parts import Slack
from supportbot.channels.slack.posting import Place, post_in
from supportbot.channels.slack.reading import set_status
from supportbot.store.slack_links import SlackUser
from supportbot.store.slack_queue import Post

MESSAGES: Final = ("app_mention", "message")
MOST_RECENT: Final = 5
Process = Callable[[str, Mapping[str, Any]], None]


def add_events(app: App, slack: Slack, process: Process, wake: Callable[[], None]) -> None:
    """Listen for messages, the Home tab, Stop, and the app's removal."""
    app.middleware(_store_first(slack))

    def work(body: dict[str, Any]) -> None:
        process(str(body["event_id"]), body)

    app.event("app_mention")(work)
    app.event("message")(work)

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        _show(slack, event, body, client)

    @app.event("agent_session_stopped")
    def stopped(event: dict[str, Any], body: dict[str, Any]) -> None:
        _stop(slack, event, body)
        wake()

    @app.event("app_uninstalled")
    def uninstalled(body: dict[str, Any]) -> None:
        _remove(slack, str(body.get("team_id")))

    @app.event("tokens_revoked")
    def revoked(event: dict[str, Any], body: dict[str, Any]) -> None:
        if (event.get("tokens") or {}).get("bot"):  # a user's own token is no concern of ours
            _remove(slack, str(body.get("team_id")))


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


def _is_for_us(body: Mapping[str, Any], slack: Slack) -> bool:
    """Whether a message asks us: directly, by mention, or in a thread that we are in."""
    event = body["event"]
    if event.get("bot_id") or event.get("subtype") or not event.get("user"):
        return False
    if event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return True
    if not event.get("thread_ts"):
        return False
    return slack.turns.owner(conversation_of(message_of(body), "public")) is not None


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is needed to answer; the rest of Slack's envelope is not kept."""
    wanted = ("team_id", "enterprise_id", "is_ext_shared_channel", "event")
    return {name: body.get(name) for name in wanted}


def _show(
    slack: Slack, event: Mapping[str, Any], body: Mapping[str, Any], client: WebClient
) -> None:
    if event.get("tab") == "home":
        who = SlackUser(str(body.get("team_id")), str(event["user"]), body.get("enterprise_id"))
        recent = slack.queue.asked_in(who.team, str(event.get("channel")), MOST_RECENT)
        client.views_publish(user_id=who.user, view=home_view(slack.links.of(who), recent))
    elif event.get("tab") == "messages":
        prompts = [{"title": each, "message": each} for each in words.PROMPTS]
        client.api_call(
            "assistant.threads.setSuggestedPrompts",
            json={"channel_id": event["channel"], "prompts": prompts},
        )


def _remove(slack: Slack, team: str) -> None:
    if slack.clients.workspaces is not None:
        slack.clients.workspaces.remove(team)
    slack.links.unbind_team(team)


def _stop(slack: Slack, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Give up the answer that is not posted yet, and say so where there was one."""
    team, channel, thread = str(body.get("team_id")), event.get("channel"), event.get("thread_ts")
    if not channel or not thread:
        return
    here = (team, str(channel), str(thread))
    if slack.queue.stop(*here):
        slack.queue.put([_stopped(str(body["event_id"]), here)])
    who = SlackUser(team, str(event.get("user")))
    place = Message(who, str(channel), str(thread), str(thread), "", direct=True)
    set_status(slack.clients, place, "active", slack.report)


def _stopped(event_id: str, place: Place) -> Post:
    own_id = hashlib.sha256(f"stopped\0{event_id}".encode()).hexdigest()[:32]
    return post_in(place, own_id, {"text": words.STOPPED, "blocks": plain(words.STOPPED)})

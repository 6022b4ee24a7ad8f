"""Who somebody in Slack is, and whether an account may be told to them."""

import time
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from supportbot.channels.slack.clients import Clients
from supportbot.store.slack_links import SlackUser

MEMBER_SECONDS: Final = 60.0
REFUSED: Final = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")


def who_of(body: Mapping[str, Any]) -> SlackUser:
    """Read who sent a command, pressed a button or filled a modal."""
    if "user_id" in body:  # a command is a form, flat
        return SlackUser(
            str(body["team_id"]), str(body["user_id"]), body.get("enterprise_id") or None
        )
    team, user = body.get("team") or {}, body["user"]
    enterprise = (body.get("enterprise") or {}).get("id") or team.get("enterprise_id")
    return SlackUser(str(team.get("id") or user.get("team_id")), str(user["id"]), enterprise)


class Members:
    """Says who is a full member of a workspace; asked at most once a minute for each."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[SlackUser, tuple[float, bool]] = {}

    def is_member(self, who: SlackUser) -> bool:
        """Whether somebody is no guest, stranger or bot, as far as Slack can be asked now."""
        kept = self._known.get(who)
        if kept and time.monotonic() - kept[0] < MEMBER_SECONDS:
            return kept[1]
        client = self._clients.of(who.team)
        if client is None:
            return False
        try:
            about = client.users_info(user=who.user)["user"]
        except (SlackApiError, OSError):
            return False
        found = about.get("team_id") == who.team and not any(about.get(name) for name in REFUSED)
        self._known[who] = (time.monotonic(), found)
        return found

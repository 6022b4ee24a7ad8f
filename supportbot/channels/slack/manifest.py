"""The manifest by which the app is made in Slack; a test compares it with the listeners."""

from typing import Any, Final

from supportbot.channels.slack import words
from supportbot.channels.slack.names import REDIRECT, SCOPES, SHORTCUT

EVENTS: Final = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.im",
    "tokens_revoked",
)
ABOUT: Final = "Answers billing questions from the documentation and your own account."


def manifest(public_url: str | None) -> dict[str, Any]:
    """Return the manifest; with an address for signed HTTP, without one for Socket Mode."""
    socket = public_url is None
    place = {} if socket else {"request_url": f"{public_url}/slack/events"}
    command = {"command": "/billing", "description": ABOUT, "usage_hint": "[question | link]"}
    shortcut = {
        "name": "Draft a reply",
        "type": "message",
        "callback_id": SHORTCUT,
        "description": "For support agents: a reply with its evidence",
    }
    redirect = {} if socket else {"redirect_urls": [f"{public_url}{REDIRECT}"]}
    address = {} if socket else {"url": f"{public_url}/slack/events"}
    return {
        "display_information": {"name": "Billing support", "description": ABOUT},
        "features": {
            "agent_view": {
                "agent_description": ABOUT,
                "suggested_prompts": [{"title": p, "message": p} for p in words.PROMPTS],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "billing", "always_online": True},
            "slash_commands": [{**command, **address, "should_escape": False}],
            "shortcuts": [shortcut],
        },
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**place, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **place},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }

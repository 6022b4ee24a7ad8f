"""Names that the manifest, the routes and the listeners share."""

from typing import Final

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
SHORTCUT: Final = "draft_reply"
SCOPES: Final = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "im:history",
    "users:read",
)

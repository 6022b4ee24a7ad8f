"""What an operator can set of Slack."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from supportbot.errors import ConfigError
from supportbot.source_settings import secret

API_URL: Final = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """
    Settings of Slack.

    One workspace has its bot token here; many have theirs in the database, encrypted by
    ``token_keys``, and install by the client's id and secret.  Without either there is no Slack.
    """

    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = API_URL
    link_url: str | None = None  # the host's page for signed-in users that leads to ours
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    token_keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def installs(self) -> bool:
        """Whether workspaces install the app themselves."""
        return bool(self.client_id)


def read_slack_settings(given: Mapping[str, str]) -> SlackSettings:
    """
    Read them from settings by name, without the prefix.

    Raises:
        ConfigError: one makes no sense; names it and the mend.
    """
    for name, start in (("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")):
        if given.get(name) and not given[name].startswith(start):
            raise ConfigError(f"SUPPORTBOT_{name} does not begin with {start}; give that token.")
    client_id, client_secret = given.get("SLACK_CLIENT_ID"), given.get("SLACK_CLIENT_SECRET")
    keys = _token_keys(given.get("SLACK_TOKEN_KEY", ""))
    if client_id and not (client_secret and keys):
        raise ConfigError(
            "SUPPORTBOT_SLACK_CLIENT_ID needs SUPPORTBOT_SLACK_CLIENT_SECRET and "
            "SUPPORTBOT_SLACK_TOKEN_KEY beside it."
        )
    if client_id and given.get("SLACK_BOT_TOKEN"):
        raise ConfigError(
            "SUPPORTBOT_SLACK_BOT_TOKEN is for one workspace and SUPPORTBOT_SLACK_CLIENT_ID for "
            "many; set only one of them."
        )
    return SlackSettings(
        bot_token=given.get("SLACK_BOT_TOKEN"),
        app_token=given.get("SLACK_APP_TOKEN"),
        signing_secret=given.get("SLACK_SIGNING_SECRET"),
        api_url=given.get("SLACK_API_URL", API_URL).rstrip("/") + "/",
        link_url=given.get("SLACK_LINK_URL"),
        client_id=client_id,
        client_secret=client_secret,
        token_keys=keys,
    )


def _token_keys(given: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    for key in keys:
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key):
            raise ConfigError(
                "SUPPORTBOT_SLACK_TOKEN_KEY is no Fernet key; make one with `supportbot slack key`."
            )
    return keys


SLACK_ROWS: Final[Mapping[str, Callable[[SlackSettings], str]]] = MappingProxyType(
    {
        "SLACK_BOT_TOKEN": lambda own: secret(own.bot_token),
        "SLACK_APP_TOKEN": lambda own: secret(own.app_token),
        "SLACK_SIGNING_SECRET": lambda own: secret(own.signing_secret),
        "SLACK_API_URL": lambda own: own.api_url,
        "SLACK_LINK_URL": lambda own: own.link_url or "our own page",
        "SLACK_CLIENT_ID": lambda own: own.client_id or "not set",
        "SLACK_CLIENT_SECRET": lambda own: secret(own.client_secret),
        "SLACK_TOKEN_KEY": lambda own: secret(",".join(own.token_keys) or None),
    }
)
"""By name without prefix: how to show it, without secrets."""

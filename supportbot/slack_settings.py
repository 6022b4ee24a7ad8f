"""What an operator can set of Slack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from supportbot.errors import ConfigError
from supportbot.source_settings import secret

API_URL: Final = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Settings of Slack; without a bot token there is no Slack."""

    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = API_URL
    link_url: str | None = None  # the host's page for signed-in users that leads to ours


def read_slack_settings(given: Mapping[str, str]) -> SlackSettings:
    """
    Read them from settings by name, without the prefix.

    Raises:
        ConfigError: one makes no sense; names it and the mend.
    """
    for name, start in (("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")):
        if given.get(name) and not given[name].startswith(start):
            raise ConfigError(f"SUPPORTBOT_{name} does not begin with {start}; give that token.")
    return SlackSettings(
        bot_token=given.get("SLACK_BOT_TOKEN"),
        app_token=given.get("SLACK_APP_TOKEN"),
        signing_secret=given.get("SLACK_SIGNING_SECRET"),
        api_url=given.get("SLACK_API_URL", API_URL).rstrip("/") + "/",
        link_url=given.get("SLACK_LINK_URL"),
    )


SLACK_ROWS: Final[Mapping[str, Callable[[SlackSettings], str]]] = MappingProxyType(
    {
        "SLACK_BOT_TOKEN": lambda own: secret(own.bot_token),
        "SLACK_APP_TOKEN": lambda own: secret(own.app_token),
        "SLACK_SIGNING_SECRET": lambda own: secret(own.signing_secret),
        "SLACK_API_URL": lambda own: own.api_url,
        "SLACK_LINK_URL": lambda own: own.link_url or "our own page",
    }
)
"""By name without prefix: how to show it, without secrets."""

"""What the doctor finds of the channels: who proves visitors, and whether others let us in."""

from typing import Final, Literal

from supportbot.errors import SupportbotError
from supportbot.settings import Settings

State = Literal["works", "degraded", "broken"]
TOKENS_PAGE: Final = "api.slack.com/apps, OAuth & Permissions"


class NotWorking(Exception):
    """A check's other ends, than that all is well."""

    def __init__(self, state: State, says: str, mend: str) -> None:
        super().__init__(says)
        self.state, self.mend = state, mend


def identity(settings: Settings) -> str:
    """Look at the keys that prove visitors of the HTTP API."""
    from supportbot.channels.identity import open_keys

    keys = open_keys(settings.web.identity_keys)
    if keys.weak:
        raise NotWorking(
            "degraded",
            f"The secret of {' and '.join(keys.weak)} is shorter than 32 bytes and can be guessed.",
            "openssl rand -hex 32",
        )
    return f"{len(keys.by_id)} keys prove visitors" if keys else "none: all visitors are anonymous"


def console(settings: Settings) -> str:
    """Ask the provider by which agents sign in for its addresses."""
    oidc = settings.web.oidc
    if oidc is None:
        return "agents sign in with passwords"
    from supportbot.channels.console.oidc import Oidc, OidcUnavailable

    try:
        Oidc(oidc).check()
    except OidcUnavailable as error:
        mend = "Look at SUPPORTBOT_OIDC_ISSUER, and open it with /.well-known/openid-configuration."
        raise NotWorking("degraded", str(error), mend) from error
    return f"agents sign in by {oidc.issuer}"


def slack(settings: Settings) -> str:
    """Ask Slack whose token it is, and what it may."""
    own = settings.slack
    if own.installs:
        return "workspaces install the app themselves"
    if not own.bot_token:
        return "not set up"
    from slack_sdk.errors import SlackApiError

    from supportbot.channels.slack.clients import new_client
    from supportbot.channels.slack.names import SCOPES

    try:
        told = new_client(own.api_url, own.bot_token).auth_test()
    except SlackApiError as error:
        reason = str(error.response.get("error"))
        raise NotWorking("degraded", f"Slack refuses the token: {reason}.", TOKENS_PAGE) from error
    except OSError as error:
        raise NotWorking("degraded", f"Slack cannot be reached: {error}.", own.api_url) from error
    granted = {each.strip() for each in str(told.headers.get("x-oauth-scopes", "")).split(",")}
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        says = f"The token lacks {', '.join(missing)}."
        raise NotWorking("degraded", says, f"Add them at {TOKENS_PAGE}, and install the app anew.")
    return f"workspace {told['team']}, as {told['user']}"


def helpdesks(settings: Settings) -> str:
    """Look at the settings of helpdesks; nothing is asked of them."""
    from supportbot.channels.helpdesks import open_desks
    from supportbot.helpdesk_settings import EVERY

    try:
        desks = open_desks(settings.helpdesks)
    except SupportbotError as error:
        raise NotWorking("degraded", str(error), "") from error
    given = (name for name in EVERY if name in settings.helpdesks.given)
    half = [name for name in given if name.partition("_")[0].lower() not in desks]
    if half:
        says = f"SUPPORTBOT_{half[0]} is set, and others of that helpdesk are not."
        raise NotWorking("degraded", says, "Set all of its settings; see README.")
    return ", ".join(desks) or "not set up"

"""Installation in many workspaces: Slack's OAuth, on our own tables."""

import logging
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.oauth_flow import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth.installation_store import Installation, InstallationStore
from slack_sdk.oauth.state_store import OAuthStateStore

from supportbot.channels.slack.clients import Clients, new_client
from supportbot.channels.slack.names import INSTALL, REDIRECT, SCOPES
from supportbot.errors import SupportbotError
from supportbot.slack_settings import SlackSettings
from supportbot.store.slack_workspaces import STATE_LIFE, SlackWorkspaces, Workspace


class NotInstalled(SupportbotError):
    """An installation that is none of one workspace."""


class Installations(InstallationStore):
    """What Slack's OAuth keeps; one workspace at a time, never a whole organisation."""

    def __init__(self, workspaces: SlackWorkspaces) -> None:
        self._workspaces = workspaces

    def save(self, installation: Installation) -> None:
        """Keep an installation, of which only the bot's token is wanted."""
        team, token = installation.team_id, installation.bot_token
        if not team or not token:
            raise NotInstalled("Install the app in one workspace, not in a whole organisation.")
        scopes = installation.bot_scopes or ()
        self._workspaces.save(
            Workspace(
                team,
                token,
                installation.enterprise_id,
                installation.bot_id,
                installation.bot_user_id,
                scopes if isinstance(scopes, str) else ",".join(scopes),
                installation.user_id,
            )
        )


class States(OAuthStateStore):
    """The secrets that go to Slack and come back, each once."""

    def __init__(self, workspaces: SlackWorkspaces) -> None:
        self._workspaces = workspaces

    def issue(self, *_args: Any, **_options: Any) -> str:  # noqa: ANN401 -- as the base class
        """Make one."""
        return self._workspaces.new_state()

    def consume(self, state: str) -> bool:
        """Use one; False: it is used, old, or none."""
        return self._workspaces.use_state(state)


def open_flow(
    settings: SlackSettings, workspaces: SlackWorkspaces, public_url: str, logger: logging.Logger
) -> OAuthFlow:
    """Return the flow that the two routes of installation run."""
    return OAuthFlow(
        client=new_client(settings.api_url),
        logger=logger,
        settings=OAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=list(SCOPES),
            redirect_uri=f"{public_url}{REDIRECT}",
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            installation_store=Installations(workspaces),
            state_store=States(workspaces),
            state_expiration_seconds=int(STATE_LIFE.total_seconds()),
            logger=logger,
        ),
    )


def authorize_by(clients: Clients) -> Any:  # noqa: ANN401 -- Bolt looks at its parameters' names
    """Return what tells Bolt by which token it works for a workspace."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        found = clients.workspaces.of(team_id) if clients.workspaces and team_id else None
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
        )

    return authorize

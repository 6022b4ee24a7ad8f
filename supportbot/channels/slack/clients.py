"""A client of Slack's Web API for each workspace: by the one token, or by its installation's."""

from dataclasses import dataclass

from slack_sdk import WebClient

from supportbot.store.slack_workspaces import SlackWorkspaces

TIMEOUT_SECONDS = 10


def new_client(api_url: str, token: str | None = None) -> WebClient:
    """Return a client that tries nothing again: the outbox does, and knows what may be sent."""
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])


@dataclass(frozen=True)
class Clients:
    """
    Clients by workspace.

    ``token`` is that of the only workspace; with ``workspaces`` each has its own.
    """

    api_url: str
    token: str | None = None
    workspaces: SlackWorkspaces | None = None

    def of(self, team: str) -> WebClient | None:
        """Return the client of a workspace; None: the app is not installed there."""
        if self.workspaces is None:
            return new_client(self.api_url, self.token)
        found = self.workspaces.of(team)
        return new_client(self.api_url, found.token) if found else None

"""An agent at work, as a browser without scripts would be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from supportbot.store.agents import Agent, AgentStore
from tests.api import Api, Bearer

OWNER: Final = Bearer("northwind", "olga@northwind.example", role="owner")
PASSWORD: Final = "correct horse battery"  # noqa: S105 -- of nothing real
QUESTION: Final = {"text": "why does my API fail although I have credits?"}
BALANCE: Final = {"text": "what is my balance?"}


def sign_in(api: Api, email: str = "ann@example.com", *, admin: bool = False) -> str:
    """Make an agent, sign in as them, and return the cookie's header."""
    agents = AgentStore(api.engine)
    agents.set_up(agents.add(Agent(email, admin)), PASSWORD)
    key = agents.sign_in(email, PASSWORD)
    assert key is not None
    return f"supportbot-session={key}"


def handed_over(api: Api, question: dict[str, str] = QUESTION) -> tuple[str, str]:
    """Let a customer ask and want a person; return the conversation and the reference."""
    cookies = dict(api.client.cookies)
    api.client.cookies.clear()
    conversation = api.ask(question, headers=OWNER).json()["conversation"]
    path = f"/v1/conversations/{conversation}/handoff"
    body = {"note": "it is <b>urgent</b>", "contact": "olga@northwind.example"}
    reference = api.client.post(path, json=body, headers=OWNER).json()["reference"]
    api.client.cookies.update(cookies)
    return conversation, reference


def ask_on(api: Api, conversation: str, text: str) -> None:
    """Let the customer write again in the conversation."""
    cookies = dict(api.client.cookies)
    api.client.cookies.clear()
    reply = api.ask({"text": text, "conversation": conversation}, headers=OWNER)
    assert reply.status_code == 200
    api.client.cookies.update(cookies)


def form(page: str) -> dict[str, str]:
    """Return what a page's forms carry."""
    return dict(re.findall(r'name="(csrf|version|draft|accepted)" value="([^"]*)"', page))


@dataclass
class Desk:
    """An agent who is signed in, with a ticket open."""

    api: Api
    cookie: str
    conversation: str
    reference: str

    @property
    def place(self) -> str:
        return f"/console/tickets/{self.reference}"

    def get(self, path: str = "", **options: Any) -> Any:
        headers = {"Cookie": self.cookie, **options.pop("headers", {})}
        return self.api.client.get(path or self.place, headers=headers, **options)

    def post(self, what: str, seen: Mapping[str, str] | None = None, /, **data: str) -> Any:
        """Send a form of the ticket's page, as it was seen or as it is now."""
        carried = form(self.get().text) if seen is None else seen
        path = what if what.startswith("/") else f"{self.place}/{what}"
        return self.api.client.post(
            path,
            data={**carried, **data},
            headers={"Cookie": self.cookie},
            follow_redirects=False,
        )

    def sent(self) -> list[str]:
        return [each.text for each in self.api.site.handoffs.replies_in(self.conversation)]

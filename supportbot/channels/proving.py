"""The dependency by which a route learns who asks."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import Response
from fastapi.security import HTTPBearer

from supportbot.channels.identity import NOBODY, IdentityKeys, NotProven, Visitor, identify
from supportbot.channels.problems import problem
from supportbot.store.conversations import ConversationStore

Owner = tuple[str | None, str | None]


def not_here() -> Response:
    """Of another identity, or not there at all: nobody can tell which."""
    return problem(404)


class IdentityToken(HTTPBearer):
    """
    The visitor whom the header ``Authorization: Bearer TOKEN`` proves.

    Without the header an anonymous visitor; with one that is not good, 401.
    """

    def __init__(self, keys: IdentityKeys) -> None:
        super().__init__(
            bearerFormat="JWT",
            scheme_name="identity",
            description="A token that the host's backend signed; without it only public facts.",
            auto_error=False,
        )
        self._keys = keys

    async def __call__(self, request: Request) -> Visitor:  # type: ignore[override]
        """Return whom the request proves; raises NotProven."""
        headers = request.headers.getlist("authorization")
        if not headers:
            return NOBODY
        scheme, _, token = headers[0].partition(" ")
        if len(headers) > 1 or scheme.lower() != "bearer" or not token.strip():
            raise NotProven("Send one header, Authorization: Bearer TOKEN.")
        return identify(token.strip(), self._keys, datetime.now(UTC))


Prove = Callable[..., Visitor]


def owns(visitor: Visitor, owner: Owner | None) -> bool:
    """Whether what ``owner`` began is this visitor's; None: there is no such thing."""
    return owner is not None and owner == (visitor.account, visitor.user)


def owns_conversation(store: ConversationStore, conversation: str, visitor: Visitor) -> bool:
    """Whether a conversation is there and is this visitor's."""
    return owns(visitor, store.owner(conversation))

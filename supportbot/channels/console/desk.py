"""What the console's pages are made with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import Form
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from supportbot.channels.site import Site
from supportbot.render import instant
from supportbot.store.agents import AgentStore
from supportbot.store.drafts import DraftStore
from supportbot.store.sending import Sending

POLICY: Final = (
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'"
)
LONGEST: Final = 20_000
Text = Annotated[str, Form(max_length=LONGEST)]


@dataclass(frozen=True)
class Desk:
    """The site, and the tables that the console alone uses."""

    site: Site
    agents: AgentStore
    drafts: DraftStore
    sending: Sending


class Pages:
    """Fills the templates; nothing that is put into one can be markup."""

    def __init__(self) -> None:
        loader = PackageLoader("supportbot.channels.console")
        self._made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self._made.filters["when"] = lambda at: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        self._made.filters["instant"] = instant
        self._made.filters["age"] = age
        self._made.filters["words"] = lambda code: code.replace("_", " ")

    def show(self, name: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """Return a page."""
        text = self._made.get_template(f"{name}.html").render(**values)
        headers = {
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "same-origin",  # with less, browsers send forms as of nowhere
        }
        return Response(text, status, headers, "text/html; charset=utf-8")


def age(at: datetime) -> str:
    """Say how long ago something was, in one unit."""
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def static(name: str) -> bytes:
    """Return a file that the pages use."""
    return files("supportbot.channels.console").joinpath("static", name).read_bytes()

"""What an operator can set of helpdesks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from supportbot.source_settings import secret

ZENDESK: Final = ("ZENDESK_URL", "ZENDESK_EMAIL", "ZENDESK_API_TOKEN", "ZENDESK_WEBHOOK_SECRET")
CHATWOOT: Final = (
    "CHATWOOT_URL",
    "CHATWOOT_ACCOUNT",
    "CHATWOOT_API_TOKEN",
    "CHATWOOT_WEBHOOK_SECRET",
)
GENERIC: Final = ("GENERIC_URL", "GENERIC_WEBHOOK_SECRET")
EVERY: Final = (*ZENDESK, *CHATWOOT, *GENERIC)
SECRETS: Final = frozenset((*ZENDESK[2:], *CHATWOOT[2:], *GENERIC[1:]))


@dataclass(frozen=True, slots=True)
class HelpdeskSettings:
    """By name: what was given; a helpdesk is configured when all of its settings are."""

    given: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the values of a helpdesk's settings, in their order; None: not all are there."""
        values = tuple(self.given.get(name, "") for name in names)
        return values if all(values) else None


def read_helpdesk_settings(given: Mapping[str, str]) -> HelpdeskSettings:
    """Read them from settings by name, without the prefix."""
    known = {name: given[name] for name in EVERY if name in given}
    return HelpdeskSettings(MappingProxyType(known))


def _shown(name: str) -> Callable[[HelpdeskSettings], str]:
    def show(own: HelpdeskSettings) -> str:
        value = own.given.get(name)
        return secret(value) if name in SECRETS else value or "not set"

    return show


HELPDESK_ROWS: Final[Mapping[str, Callable[[HelpdeskSettings], str]]] = MappingProxyType(
    {name: _shown(name) for name in EVERY}
)
"""By name without prefix: how to show it, without secrets."""

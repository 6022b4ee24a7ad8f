"""The Home tab: whether one is linked, what can be asked."""

from typing import Any

from supportbot.channels.slack import words
from supportbot.channels.slack.blocks import plain
from supportbot.store.slack_links import Link


def home_view(link: Link | None) -> dict[str, Any]:
    """Return the Home tab of a Slack user."""
    state = words.LINKED.format(account=link.account) if link else words.NOT_LINKED
    prompts = "\n".join(f"- {each}" for each in words.PROMPTS)
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Billing support"}},
            *plain(words.HOME),
            {"type": "divider"},
            *plain(state),
            {"type": "divider"},
            *plain(f"{words.TRY}\n\n{prompts}"),
        ],
    }

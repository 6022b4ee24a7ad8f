"""The Home tab: whether one is linked, what was asked, what can be."""

from collections.abc import Sequence
from typing import Any, Final

from supportbot.channels.slack import words
from supportbot.channels.slack.blocks import escaped, plain
from supportbot.store.slack_links import Link

LONGEST_QUESTION: Final = 200


def home_view(link: Link | None, recent: Sequence[str] = ()) -> dict[str, Any]:
    """Return the Home tab of a Slack user; ``recent`` is what they asked directly."""
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
            *_recent(recent),
        ],
    }


def _recent(questions: Sequence[str]) -> list[dict[str, Any]]:
    if not questions:
        return []
    lines = "\n".join(
        f"• {escaped(' '.join(each.split())[:LONGEST_QUESTION])}" for each in questions
    )
    text = f"{words.RECENT}\n\n{lines}"
    return [{"type": "divider"}, {"type": "section", "text": {"type": "mrkdwn", "text": text}}]

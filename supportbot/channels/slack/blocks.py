"""An answer in Slack's blocks.  Pure; what comes from records or people is escaped."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any, Final

from supportbot.answer import AccountCitation, Answer, DocCitation
from supportbot.render import source_line

LONGEST: Final = 3000
MOST_FIELDS: Final = 10
MOST_SOURCES: Final = 20
LONGEST_SOURCE: Final = 300
PRIVATE_TEXT: Final = "Your billing answer is here."
"""What notifications show of an answer about an account: no figure of it."""

Block = dict[str, Any]
LINK: Final = re.compile(r"\[([^\]]+)\]\((https://[^)\s|]+)\)")
BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


def escaped(text: str) -> str:
    """Make text harmless: no mention, no link, no channel-wide call can be made of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """Turn our Markdown into Slack's."""
    made = LINK.sub(r"<\2|\1>", escaped(text))
    made = BOLD.sub(r"*\1*", made)
    made = re.sub(r"(?m)^  - ", "      ◦ ", made)
    return re.sub(r"(?m)^- ", "• ", made)


def split(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Cut text at paragraphs, lines, sentences or words into pieces of at most ``longest``."""
    while len(text) > longest:
        window = text[: longest + 1]
        cut = next(
            (place for sign in ("\n\n", "\n", ". ", " ") if (place := window.rfind(sign)) > 0),
            longest,
        )
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def answer_blocks(answer: Answer, *, buttons: bool = True) -> list[Block]:
    """Return the whole answer: its words, the account's facts, its sources, and what to do."""
    made = [_section(piece) for piece in split(mrkdwn(answer.text))]
    made += _facts(answer)
    sources = _sources(answer)
    if sources:
        made.append({"type": "context", "elements": [{"type": "mrkdwn", "text": sources}]})
    if buttons:
        made += _buttons(answer)
    return made


def public_text(answer: Answer) -> str:
    """Return what notifications show of an answer that holds nothing of an account."""
    return next(split(escaped(answer.text.replace("**", "")), 280), "")


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _facts(answer: Answer) -> list[Block]:
    facts = [each for each in answer.citations if isinstance(each, AccountCitation)]
    fields = [{"type": "mrkdwn", "text": _fact(each)} for each in facts[:MOST_FIELDS]]
    return [{"type": "section", "fields": fields}] if fields else []


def _fact(fact: AccountCitation) -> str:
    name = f"{fact.record} {fact.field}".replace("_", " ")
    read = fact.as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"*{escaped(name)}*\n{escaped(fact.shown)}\n_as of {read}_"


def _sources(answer: Answer) -> str:
    lines = [
        escaped(source_line(n, each))[:LONGEST_SOURCE]
        for n, each in enumerate(answer.citations, 1)
        if isinstance(each, DocCitation)
    ]
    return next(split("\n".join(lines[:MOST_SOURCES])), "")


def _buttons(answer: Answer) -> list[Block]:
    feedback = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": _thumb("Helpful", f"good {answer.id}"),
                "negative_button": _thumb("Not helpful", f"bad {answer.id}"),
            }
        ],
    }
    person = {
        "type": "actions",
        "elements": [_button("Talk to a person", "person", answer.conversation)],
    }
    return [feedback, person]


def _thumb(text: str, value: str) -> Block:
    return {
        "text": {"type": "plain_text", "text": text},
        "value": value,
        "accessibility_label": text,
    }


def _button(text: str, action: str, value: str) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action,
        "value": value,
    }


def plain(text: str) -> list[Block]:
    """Return words of our own as blocks."""
    return [_section(mrkdwn(text))]


def link_blocks(text: str, url: str) -> list[Block]:
    """Return words and a button that opens an address."""
    button = {**_button("Link my account", "open_link", "link"), "url": url, "style": "primary"}
    return [*plain(text), {"type": "actions", "elements": [button]}]


def reason_view(answer_id: str, reasons: Sequence[str]) -> Block:
    """Return the modal that asks what was wrong with an answer."""
    options = [
        {"text": {"type": "plain_text", "text": reason}, "value": reason} for reason in reasons
    ]
    chosen = {"type": "radio_buttons", "action_id": "reason", "options": options}
    return {
        "type": "modal",
        "callback_id": "feedback_reason",
        "private_metadata": answer_id,
        "title": {"type": "plain_text", "text": "What was wrong?"},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Skip"},
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "label": {"type": "plain_text", "text": "The answer was"},
                "element": chosen,
            }
        ],
    }

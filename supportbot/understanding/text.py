"""
What is left of a message when everything but the question is taken away.

``tidy`` is for the encoder and keeps the writer's words; ``normalise`` is for comparing
strings and keeps only words and figures.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

MAX_CHARACTERS: Final = 1_500
"""Far more than the encoder reads; bounds the work that a pasted log can cause."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TYPOGRAPHY = {
    **dict.fromkeys(range(0x2018, 0x201C), "'"),  # curly single quotes
    **dict.fromkeys(range(0x201C, 0x2020), '"'),  # curly double quotes
    **dict.fromkeys(range(0x2010, 0x2016), "-"),  # hyphens and dashes
    0x2032: "'",
    0x2033: '"',
    0x2212: "-",  # the minus sign
}

_SLACK_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^>|\s]*(?:\|([^>]*))?>")
_SLACK_CHANNEL = re.compile(r"<#[CG][A-Z0-9]*(?:\|([^>]*))?>")
_SLACK_MENTION = re.compile(r"<[@!][^>]*>")
_SLACK_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,40}:(?![\w:])")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]}]+", re.IGNORECASE)

_REPLY_HEADER = re.compile(
    r"^\s*(?:on .{4,120}wrote:|-{2,}\s*(?:original|forwarded) message.*|_{5,}|from: .+@.+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(r"^\s*(?:>|&gt;)(?!\S*\))[^\n]*$", re.MULTILINE)
_SIGNATURE = re.compile(
    r"^\s*(?:--\s*|(?:(?:best|kind|warm|many)\s+)?(?:regards|wishes|greetings)\b[^\n?]{0,20}"
    r"|(?:best|cheers|sincerely|yours\s+\w+|with\s+(?:kind|best)\s+regards|br|mfg)\s*[,.!]?"
    r"|sent from my [^\n]{2,40}|get outlook for [^\n]{2,20})\s*$",
    re.IGNORECASE | re.MULTILINE,
)

_HONORIFIC = (
    r"(?:there|all|team|guys|folks|everyone|everybody|friends?|support|sirs?|madam|ma'?am|mates?"
    r"|bot|again|y'?all|together(?:\s*ai)?|billing|customer\s+(?:care|service|support)|dear)"
)
_GREETING = re.compile(
    rf"^\s*(?:(?:hi+|hello+|hey+|hiya|howdy|yo|dear|greetings|good\s+(?:day|morning|afternoon|"
    rf"evening)|namaste|hola)\b(?:[\s,/&]*(?:and\s+)?{_HONORIFIC}\b|\s+the\s+\w+\s+team\b)*"
    rf"(?:\s+[A-Z][a-z]+(?=[,!]))?\s*[,.!:;\-)]*\s*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s,.;!?-]*(?<=[\s,.;!?-])(?:(?:many\s+)?thanks?(?:\s+(?:you|a lot|so much|in advance|very "
    r"much))*|thx|tia|cheers|ty)[\s.!:)]*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:'\w+)?")
_TOKEN = re.compile(r"[$€£]?\d+(?:[.,]\d+)*|[^\W_]+(?:[_'][^\W_]+)*")


def tidy(text: str) -> str:
    """
    Return the question without mark-up, quoted mail, signature, greeting and pasted noise.

    Empty only if nothing was said at all; a message that is nothing but a greeting stays.
    """
    return _shorten(_without_wrapping(_plain(text)))


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """Return the words and figures of ``text`` in lower case, without punctuation."""
    return tuple(_TOKEN.findall(_fold(text)))


def normalise(text: str) -> str:
    """Return ``text`` such that two spellings of the same question compare equal."""
    return " ".join(words(text))


def has_words(text: str) -> bool:
    """Whether there is anything to read: a message of emoji or punctuation has none."""
    return _WORD.search(text) is not None


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    return _INVISIBLE.sub("", folded).casefold()


def _plain(text: str) -> str:
    plain = text.replace("\r\n", "\n")
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).translate(_TYPOGRAPHY)
        plain = _INVISIBLE.sub("", plain)
    plain = _CONTROL.sub(" ", plain)
    if "<" in plain:
        plain = _SLACK_LINK.sub(lambda link: link[1] or " ", plain)
        plain = _SLACK_CHANNEL.sub(lambda channel: channel[1] or " ", plain)
        plain = _SLACK_MENTION.sub(" ", plain)
    if ":" in plain:
        plain = _SLACK_EMOJI.sub(" ", plain)
    return html.unescape(plain).strip()


def _without_wrapping(text: str) -> str:
    from supportbot.understanding.pasted import telling_parts

    body = text
    if "\n" in text:  # else all of it would be signature, heading or quotation
        body = _cut_at(_SIGNATURE, _cut_at(_REPLY_HEADER, text))
        body = _or_else(_QUOTED_LINE.sub("", body), text)
    body = telling_parts(body)
    body = _or_else(_URL.sub(" ", body), body)
    body = _or_else(_GREETING.sub("", body, count=1), body, at_least=3)
    return _or_else(_CLOSING.sub("", body), body, at_least=2)


def _cut_at(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return _or_else(text[: found.start()], text) if found else text


def _or_else(shorter: str, text: str, at_least: int = 1) -> str:
    """Return ``shorter`` if it still has that many words, else ``text``."""
    if shorter == text:
        return text
    return shorter if len(_WORD.findall(shorter)) >= at_least else text


def _shorten(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:MAX_CHARACTERS].strip()

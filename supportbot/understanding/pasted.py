"""
Pasted error bodies, code and tracebacks, cut down to what tells: status, code and message.

A stack trace of forty lines would fill all that the encoder reads.
"""

import re
from typing import Final

_FENCE = re.compile(r"```(?:[a-z]+\n)?(.*?)(?:```|$)", re.DOTALL | re.IGNORECASE)
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\):?.*?(?=^\S*(?:Error|Exception|Warning)\b|\Z)",
    re.DOTALL | re.MULTILINE,
)
_STACK_LINE = re.compile(
    r"^\s*(?:at .+[:(]\d+[^\n]*|File \"[^\"]+\", line \d+[^\n]*|\.\.\. \d+ more)$", re.MULTILINE
)
_OBJECT = re.compile(r"[{\[][^{}\[\]\n]{0,20}[\"'][\w.-]+[\"']\s*:.*[}\]]", re.DOTALL)
_FIELD = re.compile(
    r"[\"'](?P<name>message|msg|code|status|status_code|type|error|detail|title|reason|"
    r"description|decline_code)[\"']\s*:\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
    r"|[\w.-]+)",
    re.IGNORECASE,
)
_FLAT: Final = frozenset({"null", "none", "true", "false", "error"})
_COMMAND = re.compile(r"^\s*\$?\s*curl\s[^\n]*(?:\\\n[^\n]*)*", re.MULTILINE)
_LONG_TOKEN = re.compile(r"\S{60,}")

MAX_CODE: Final = 240
"""Characters that are kept of a block that has no telling field."""


def telling_parts(text: str) -> str:
    """Return ``text`` with its pasted parts shortened; text without any is unchanged."""
    shorter = _FENCE.sub(lambda block: " " + _of_code(block[1]) + " ", text)
    shorter = _of_code(shorter) if _looks_pasted(shorter) else shorter
    return _LONG_TOKEN.sub(" ", shorter) if text.strip() else text


def _looks_pasted(text: str) -> bool:
    return any(sign in text for sign in ("Traceback", '":', "':", "\n    at ", "curl "))


def _of_code(code: str) -> str:
    plain = _STACK_LINE.sub("", _TRACEBACK.sub("", code))
    plain = _COMMAND.sub(" ", plain) if len(plain) > MAX_CODE else plain
    return _OBJECT.sub(lambda body: _of_object(body[0]), plain)


def _of_object(body: str) -> str:
    """Return the values of the telling fields, each once, in their order."""
    values = (match["value"].strip("\"'") for match in _FIELD.finditer(body))
    kept = dict.fromkeys(value for value in values if value.casefold() not in _FLAT)
    return " ".join(kept) if kept else body[:MAX_CODE]

"""
What a message names: invoices, months, amounts, cards, error codes, jobs, "the other one".

Only read, never believed: which invoice it is, and whose, the account says.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeVar

from supportbot.understanding.spelling import NEGATIONS
from supportbot.understanding.text import words

T = TypeVar("T")
JobKind = Literal["dedicated_endpoint", "fine_tuning", "evaluation"]
Ordinal = Literal["first", "latest", "previous", "other"]


@dataclass(frozen=True, slots=True)
class Month:
    """
    A month that was named, or how long ago it was: exactly one of the two is known.

    ``number`` is 1 for January; ``ago`` is 0 for this month, 1 for the last one.
    """

    number: int | None = None
    year: int | None = None
    ago: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in major units."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Entities:
    """Everything that was named, each kind in the order of the text, without repeats."""

    invoices: tuple[str, ...] = ()
    months: tuple[Month, ...] = ()
    amounts: tuple[Amount, ...] = ()
    card_endings: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    error_codes: tuple[str, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    ordinal: Ordinal | None = None
    negated: bool = False


MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DIGIT = re.compile(r"\d")
_INVOICE = re.compile(
    r"\b(in_[A-Za-z0-9]{2,40}|INV-?[A-Z0-9]*-?\d[\w-]{0,30})\b"
    r"|(?:\b(?:invoice|bill|statement)s?\s*(?:number|no\.?|nr\.?|id)?\s*[:#]?\s*|(?<!\w)#)"
    r"([A-Z0-9]{0,12}-?\d{3,12})\b(?![.,]\d)",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
    r"(?:\s*(?:\d{1,2}(?:st|nd|rd|th)?,?\s*)?'?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_ISO_MONTH = re.compile(r"\b(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])(?:-\d\d)?\b")
_AGO = (
    (re.compile(r"\b(?:the month before last|two months ago|2 months ago)\b"), 2),
    (re.compile(r"\b(?:last|previous|past|prior) month\b"), 1),
    (re.compile(r"\b(?:this|current|present) month\b"), 0),
)
_MODAL_MAY = re.compile(
    r"\bmay\s+(?:i|we|you|it|be|have|not|also|one|the|my|our|this|that|there|u)\b"
    r"|\b(?:i|we|you|it|they|that|this|there|which|who|and)\s+may\b",
    re.IGNORECASE,
)

_SYMBOLS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_NAMES: Final = {
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "yen": "JPY",
    "rupee": "INR",
}
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?:(?P<symbol>[$€£¥₹])\s?(?P<after>-?(?:{_FIGURE}))(?P<thousand>k\b)?"
    rf"|(?P<before>-?\b(?:{_FIGURE}))\s?(?:(?P<code>USD|EUR|GBP|JPY|INR|CHF|CAD|AUD)\b"
    rf"|(?P<trailing>[$€£¥₹])|(?P<name>dollar|buck|euro|pound|yen|rupee)s?\b))",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"\b(?:ending(?:\s+(?:in|with|on))?|ends\s+(?:in|with)|last\s+(?:4|four)(?:\s+digits)?"
    r"(?:\s+(?:are|is))?|[x*.•]{2,}\s?)\s*:?\s*(\d{4})\b|[*•x]{4}\s*(\d{4})\b",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\w$€£.,-])(4\d\d|5\d\d)(?![\w%.,]*\d)(?!\s*(?:usd|eur|dollars?|k\b))")
_STATUS_SIGN = re.compile(
    r"error|status|http|code|respon|return|reject|refus|fail|get|got|api|call|request|throw"
    r"|unauthori|forbidden|payment required|too many",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_NO_CODE = re.compile(r"in_[a-z0-9]*\d")
_JOBS: tuple[tuple[JobKind, re.Pattern[str]], ...] = (
    ("dedicated_endpoint", re.compile(r"\bendpoints?\b|\bdeploy(?:ment|ing|ed)?\b")),
    ("fine_tuning", re.compile(r"\bfine[\s-]?tun(?:e[sd]?|ings?)\b|\bft[\s-]job")),
    ("evaluation", re.compile(r"\bevals?\b|\bevaluations?\b")),
)
_ORDINALS: tuple[tuple[Ordinal, re.Pattern[str]], ...] = (
    ("other", re.compile(r"\b(?:the|an|my)?\s*other\s+(?:one|invoice|bill|card|payment|job)\b")),
    ("latest", re.compile(r"\b(?:latest|newest|most recent|last (?:one|invoice|bill|payment))\b")),
    ("previous", re.compile(r"\b(?:previous|prior|one before|earlier)\s*(?:one|invoice|bill)?\b")),
    ("first", re.compile(r"\b(?:the|my|our)\s+(?:first|oldest|earliest)\s+(?:one|invoice|bill)\b")),
)


def entities(text: str) -> Entities:
    """Return what ``text`` names."""
    lower = text.casefold()
    figures = text if _DIGIT.search(text) else ""  # what needs one is not searched for without
    codes = text if "_" in text else ""
    told = words(text)
    return Entities(
        invoices=_once(match[1] or match[2] for match in _INVOICE.finditer(figures or codes)),
        months=_months(text, told),
        amounts=_once(_amount(match) for match in _AMOUNT.finditer(figures)),
        card_endings=_once(match[1] or match[2] for match in _CARD.finditer(figures)),
        statuses=_statuses(figures),
        error_codes=_once(c for c in _CODE.findall(codes) if not _NO_CODE.fullmatch(c)),
        jobs=tuple(kind for kind, pattern in _JOBS if pattern.search(lower)),
        ordinal=next((name for name, pattern in _ORDINALS if pattern.search(lower)), None),
        negated=any(word in NEGATIONS or word.endswith("n't") for word in told),
    )


def _once(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def _months(text: str, told: Sequence[str]) -> tuple[Month, ...]:
    if not any(word[:3] in MONTHS or word.startswith(("month", "20")) for word in told):
        return ()
    named = (_named_month(match) for match in _MONTH.finditer(_MODAL_MAY.sub(" ", text)))
    iso = (Month(int(m["month"]), int(m["year"])) for m in _ISO_MONTH.finditer(text))
    ago = (Month(ago=ago) for pattern, ago in _AGO if pattern.search(text.casefold()))
    return _once([*named, *iso, *ago])


def _named_month(match: re.Match[str]) -> Month:
    number = MONTHS.index(match["name"].casefold()[:3]) + 1
    return Month(number, int(match["year"]) if match["year"] else None)


def _amount(match: re.Match[str]) -> Amount:
    figure = match["after"] or match["before"]
    if re.search(r",\d{1,2}$", figure) and "." not in figure:
        figure = figure.replace(",", ".")
    value = Decimal(figure.replace(",", "")) * (1000 if match["thousand"] else 1)
    return Amount(value, _currency(match))


def _currency(match: re.Match[str]) -> str:
    symbol = match["symbol"] or match["trailing"]
    if symbol:
        return _SYMBOLS[symbol]
    return match["code"].upper() if match["code"] else _NAMES[match["name"].casefold()]


def _statuses(text: str) -> tuple[int, ...]:
    """Return HTTP statuses: a bare number is one only if the message speaks of an error."""
    if not _STATUS_SIGN.search(text) and not re.fullmatch(r"\W*[45]\d\d\W*", text):
        return ()
    return _once(int(number) for number in _STATUS.findall(text))

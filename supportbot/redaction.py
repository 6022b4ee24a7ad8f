"""
Takes what nobody may keep out of a message, before anything else sees it.

Card numbers, security codes, keys and passwords, bank account numbers and e-mail addresses are
replaced by a marker such as ``[card number removed]``; every other character stays as it was.

Searching is done on a folded copy of the text (any script's digits as 0-9, invisible
characters left out), in which what has been found is masked for the searches after it.  No
pattern backtracks over more than a bounded stretch, so hostile text costs milliseconds.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

Kind = Literal["card number", "security code", "key", "e-mail address", "bank account number"]
Span = tuple[int, int]

MASK: Final = "\x00"
CARD_MASK: Final = "\x01"  # tells the search for security codes where a card stood


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be kept; ``removed`` names each kind once, in the order of the text."""

    text: str
    removed: tuple[Kind, ...] = ()


@dataclass(slots=True)
class _Draft:
    """The folded text, ``places`` of its characters in the original, and what was found."""

    text: str
    places: list[int]
    found: list[tuple[Span, Kind]] = field(default_factory=list)

    def remove(self, start: int, end: int, kind: Kind) -> None:
        mask = CARD_MASK if kind == "card number" else MASK
        self.found.append(((self.places[start], self.places[end - 1] + 1), kind))
        self.text = self.text[:start] + mask * (end - start) + self.text[end:]


def redact(text: str) -> Redacted:
    """Return ``text`` as it may be matched, stored and logged."""
    draft = _fold(text)
    for kind, pattern in SECRETS:
        for match in pattern.finditer(draft.text):
            draft.remove(*match.span(1), kind)
    for start, end in list(_bank_accounts(draft.text)):
        draft.remove(start, end, "bank account number")
    for start, end in list(_cards(draft.text)):
        draft.remove(start, end, "card number")
    for pattern in SECURITY_CODES:
        for match in pattern.finditer(draft.text):
            draft.remove(*match.span(1), "security code")
    return _replaced(text, draft)


def _replaced(text: str, draft: _Draft) -> Redacted:
    if not draft.found:
        return Redacted(text)
    draft.found.sort()
    parts, end = [], 0
    for (start, stop), kind in draft.found:
        parts += [text[end:start], f"[{kind} removed]"]
        end = stop
    removed = tuple(dict.fromkeys(kind for _, kind in draft.found))
    return Redacted("".join((*parts, text[end:])), removed)


# ---- folding


def _fold(text: str) -> _Draft:
    if text.isascii():
        plain = text.replace(MASK, " ").replace(CARD_MASK, " ")
        return _Draft(plain, list(range(len(text))))
    folded = [(_fold_character(character), place) for place, character in enumerate(text)]
    seen = [(character, place) for character, place in folded if character]
    return _Draft("".join(c for c, _ in seen), [place for _, place in seen])


def _fold_character(character: str) -> str:
    """Return one plain character, or none for what does not show between two digits."""
    if character < "\x7f":
        return character if character not in (MASK, CARD_MASK) else " "
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category.startswith("Z"):
        return " "
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character


# ---- keys, passwords, e-mail addresses: group 1 is what goes

_CHARACTER = r"[A-Za-z0-9_\-]"
_STARTS = r"(?<![A-Za-z0-9])"
_PREFIXED = "|".join(
    (
        rf"[srp]k_(?:live|test)_{_CHARACTER}{{6,}}",
        rf"sk-(?:(?={_CHARACTER}{{0,200}}\d){_CHARACTER}{{8,}}|{_CHARACTER}{{20,}})",
        rf"(?:tgp_v\d_|whsec_|xapp-|glpat-|github_pat_|nvapi-){_CHARACTER}{{8,}}",
        r"(?:AKIA|ASIA)[0-9A-Z]{12,}",
        r"AIza[A-Za-z0-9_\-]{30,}",
        r"xox[a-z]-[A-Za-z0-9\-]{8,}",
        r"(?:gh[a-z]|hf|gsk|r8)_[A-Za-z0-9]{16,}",
        r"eyJ[A-Za-z0-9_\-]{5,}(?:\.[A-Za-z0-9_\-]+){0,4}",
    )
)
_SAID = r"""(?:[\s"'`:=>(\[]|\b(?:is|was|are|here|my|the|value)\b){1,12}"""
_NOT_ONE = (
    r"(?:not?|now|never|still|also|always|already|wrong|right|correct|incorrect|invalid|fine|ok"
    r"|okay|good|bad|safe|strong|weak|old|new|too|so|a|an|the|my|on|in|at|to|for|from|with|it"
    r"|that|this|what|where|lost|stolen|unknown|different|same|\w+ed|\w+ing)(?![^\s.,;!?)])"
)

_KEYS = (
    r"(?s)(-----BEGIN [A-Z0-9 ]{1,40}-----.*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z))",
    rf"{_STARTS}({_PREFIXED})",
    r"(?i)\bbearer\s{1,9}((?=[^\s\"']{0,60}\d)[a-z0-9._~+/=\-]{8,}|[a-z0-9._~+/=\-]{20,})",
    rf"(?i)(?<![a-z])(?:(?:api)?key|token|secret|credential)s?{_SAID}"
    r"((?=[a-z0-9_+/=\-]{0,40}\d)[a-z0-9_+/=\-]{16,})",
    r"(?i)(?<![a-z])(?:password|passwd|passphrase|passcode|passwort|pwd)[\"'`]?"
    rf"(?:\s{{0,9}}[:=]\s{{0,9}}|\s{{1,9}}(?:is|was)[\s:]{{1,9}}(?!{_NOT_ONE}))"
    r"[\"'`]?([^\s\"'`\x00]{3,}[^\s\"'`.,;\x00])",
)
_ADDRESS_END = r"\s@<>()\[\],;:\"'|\x00"
_ADDRESS = rf"(?<![^{_ADDRESS_END}])([^{_ADDRESS_END}]+@(?:[\w\-]+\.)+[^\W\d_]{{2,}})"

SECRETS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    *(("key", re.compile(pattern)) for pattern in _KEYS),
    ("e-mail address", re.compile(_ADDRESS)),
)


# ---- bank accounts

_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .\-]{0,2}[A-Za-z0-9]){11,30}")


def _bank_accounts(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        end = _end_of_iban(text, match)
        if end:
            yield match.start(), end


def _end_of_iban(text: str, match: re.Match[str]) -> int | None:
    """Return the end of the longest valid number; the words after it look like a part of it."""
    from stdnum import iban  # costs 60 ms, and few texts come this far

    for end in range(match.end(), match.start() + 14, -1):
        if text[end - 1].isalnum() and not text[end : end + 1].isalnum():
            number = re.sub(r"[^A-Za-z0-9]", "", text[match.start() : end])
            if iban.is_valid(number, check_country=False):
                return end
    return None


# ---- cards

_EVEN_RUN: Final = re.compile(r"\d(?:[\s.\-]*\d){12,}")
_ODD_RUN: Final = re.compile(r"\d{1,19}\s?([,/_|*:;+~'])\s?\d{1,19}(?:\s?\1\s?\d{1,19})+")
_DATE: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([.\-])\d\d\1\d\d|\d\d?([.\-])\d\d?\2(?:19|20)\d\d)(?!\d)"
)
_ID_PREFIX: Final = re.compile(
    r"(?i)(?<![a-z0-9])(?:in|inv|invoice|ii|ch|py|pi|pm|re|tr|po|txn|cus|sub|si|evt|req|ord|order"
    r"|acct|cg|ticket|case|cn|seti|src|price|prod)[_\-]\Z"
)

_ISSUERS: Final[tuple[tuple[str, tuple[int, ...]], ...]] = (
    (r"4", (13, 16, 19)),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"6011|64[4-9]|65|62|81", (16, 17, 18, 19)),  # Discover, UnionPay
    (r"30[0-5]|3095|3[689]", (14, 15, 16, 17, 18, 19)),  # Diners Club
    (r"352[89]|35[3-8]\d", (16, 17, 18, 19)),  # JCB
    (r"1800|2131", (15,)),  # JCB, the older ones
    (r"50[1-9]\d|5[6-8]\d\d|6304|6759|676[1-9]|6390|0604", tuple(range(13, 20))),  # Maestro, Elo
    (r"220[0-4]|60|82|9792|63[6-9]", (16, 17, 18, 19)),  # Mir, RuPay, Troy, InterPayment
)
_ISSUED: Final = tuple((re.compile(prefix), lengths) for prefix, lengths in _ISSUERS)
_GLUED: Final = 20  # digits in one go: more than any card has, so one may be inside
_WITH_CODE: Final = 17  # digits in one go: may be a card and its security code


def _cards(text: str) -> Iterator[Span]:
    dates = [match.span() for match in _DATE.finditer(text)]
    end = 0
    runs = [m for pattern in (_EVEN_RUN, _ODD_RUN) for m in pattern.finditer(text)]
    for run in sorted(runs, key=lambda run: run.start()):
        for start, stop in _cards_in_run(text, run, dates):
            if start >= end:
                yield start, stop
                end = stop


def _cards_in_run(text: str, run: re.Match[str], dates: list[Span]) -> Iterator[Span]:
    places = [place for place in range(*run.span()) if text[place].isdigit()]
    digits = "".join(text[place] for place in places)
    starts, ends = _edges(places)
    first = 0
    while first + 13 <= len(digits):
        last = _end_of_card(digits, first, ends) if first in starts else None
        if last and not _spoken_for(text, (places[first], places[last - 1] + 1), dates):
            yield places[first], places[last - 1] + 1
            first = last
        else:
            first += 1


def _edges(places: list[int]) -> tuple[set[int], set[int]]:
    """Where a card may begin and where end, counted in digits: at edges of groups of digits."""
    gaps = [n for n, (a, b) in enumerate(pairwise(places), start=1) if b > a + 1]
    bounds = [0, *gaps, len(places)]
    starts, ends = set(bounds), set(bounds)
    for start, end in pairwise(bounds):
        if end - start >= _GLUED:
            starts.update(range(start, end))
            ends.update(range(start, end))
        elif end - start >= _WITH_CODE:
            ends.update((end - 3, end - 4))
    return starts, ends


def _end_of_card(digits: str, first: int, ends: set[int]) -> int | None:
    """Return the end of the longest card number that begins at ``first``."""
    lengths = {n for prefix, allowed in _ISSUED if prefix.match(digits, first) for n in allowed}
    for length in sorted(lengths, reverse=True):
        end = first + length
        if end in ends and _checks(digits[first:end]):
            return end
    return None


def _checks(number: str) -> bool:
    from stdnum import luhn  # costs 60 ms, and few texts come this far

    return bool(luhn.checksum(number) == 0)


def _spoken_for(text: str, span: Span, dates: list[Span]) -> bool:
    """Whether the digits belong to an id, a telephone number or a row of dates."""
    start, end = span
    before = text[max(0, start - 12) : start]
    if end - start <= 19 and text[start:end].isdigit() and _ID_PREFIX.search(before):
        return True
    if before.endswith("+") and end - start <= 19 and sum(map(str.isdigit, text[start:end])) < 15:
        return True
    return any(a <= start < b or a < end <= b for a, b in dates)


# ---- security codes: group 1 is what goes

_CODE_WORD = (
    r"(?:cvv2?|cvc2?|cvn2?|csc|cid|security\s(?:code|number)|card\scode"
    r"|(?:card\s)?verification\s(?:code|number|value))"
)
_EXPIRY = r"(?:(?:exp\w{0,8}|valid\w{0,8}|thru|until|till)[\s:.]{0,3}){0,3}(?:0?[1-9]|1[0-2])"
_EXPIRY += r"\s?[/.\-]?\s?(?:20)?[2-5]\d(?!\d)"

SECURITY_CODES: Final = (
    re.compile(r"\x01(\d+)"),  # expiry and code, written on without a gap
    re.compile(rf"\x01[\s,;|/:\-]{{0,4}}{_EXPIRY}[\s,;|/:\-]{{1,4}}(\d{{3,4}})(?!\d|[.,]\d)"),
    re.compile(r"\x01[\s,;|/:\-]{1,4}(\d{3,4})(?!\d|[.,/\-]\d)"),
    re.compile(r"(?<![\w.,\-])(\d{3})[\s,;|/]{1,3}\x01"),
    re.compile(
        rf"(?i)(?<![a-z0-9_]){_CODE_WORD}(?![a-z0-9_])"
        r"(?:[\s:=#\"'(\-]|\b(?:is|was|are|code|number|no|the|my|on|at|of|back|card|it|its|and)\b"
        r"){0,40}?(?<![\w.])(\d{3,4})(?!\d|[.,]\d)"
    ),
    re.compile(
        r"(?i)(?<![\w.,])(\d{3,4})\s{1,3}(?:\(|(?:is|was|as|for)\s{1,3})"
        rf"(?:(?:the|my|our|its|card|card's)\s{{1,3}}){{0,3}}{_CODE_WORD}(?![a-z0-9_])"
    ),
)

"""
Figures in documentation: amounts, tiers, dates, lengths of time, percentages, plain numbers.

An answer may only say a figure that its source says.  So a figure is compared as it is
written, and only what carries no meaning is levelled: case, spaces, the kind of dash, the
comma between thousands, the word "Build".  ``$5`` is neither ``$5.00`` nor ``5``, and
``-$100`` is not ``negative $100``: a quote has to contain the figure.  What is part of a
larger figure stands there too: ``$100`` in ``negative $100``.

Not figures: numbers in words, numbers inside a name (``in_2041``, ``H100``) or an address,
and the numbering of a list, which is layout.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"\d++(?:[.,:]\d+)*+"  # taken whole or not at all: no backtracking
_START = r"(?<!\w)(?<!\d[.,:])"
_DASH = r"[-\u2010-\u2015\u2212]"  # hyphen, en dash, em dash, minus and their kin
_SIGN = rf"(?:\b(?:negative|minus)\s+|(?<![\w$€£¥₹]){_DASH})"
_CODE = r"(?-i:USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|INR|CNY|BRL|MXN|SEK|NOK|DKK|PLN|SGD|HKD|KRW|ZAR)"
_WORD = rf"(?:{_CODE}|dollars?|cents?|euros?|pounds?)"
_MONTH = (
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_UNIT = (
    r"(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?"
    r"|(?:business |working |calendar )?days?|weeks?|months?|quarters?|years?)"
)
_SEVERAL = rf"{_NUMBER}(?:(?:\s?{_DASH}\s?|\s(?:to|and|or)\s){_NUMBER})?"
_FIGURE = re.compile(
    "|".join(
        (
            r"(?P<step>^[ \t>]*\d{1,3}[.)](?=\s))",
            r"(?P<address>https?://[^\s<>()\]]+|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"
            r"|(?<![\w.-])(?:[a-z\d-]++\.)+[a-z]{2,}/[^\s<>()\]]*)",
            rf"(?P<money>{_SIGN}?(?:\b(?-i:[A-Z]{{1,2}})(?=[$€£¥₹])|\b{_CODE}\s?)?[$€£¥₹]\s?{_NUMBER}(?:\s?(?:million|[km])\b)?"
            rf"|{_SIGN}?\b{_CODE}\s?{_NUMBER}\b|{_SIGN}?{_START}{_NUMBER}\s{_WORD}\b)",
            rf"(?P<tier>\b(?:Build\s)?Tiers?\s{_SEVERAL}\b)",
            rf"(?P<date>\b\d{{4}}-\d\d-\d\d\b|\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}\b\.?(?:,?\s\d{{4}})?|\b{_MONTH}\.?\s\d{{4}}\b"
            rf"|{_START}\d{{1,4}}(?:/\d{{1,4}}){{1,2}}\b)",
            rf"(?P<percent>{_SIGN}?{_START}{_NUMBER}\s?(?:%|percent\b))",
            rf"(?P<duration>{_START}{_SEVERAL}[\s-]?{_UNIT}\b)",
            rf"(?P<number>{_SIGN}?{_START}{_SEVERAL}(?:st|nd|rd|th|x)?(?!\w))",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
_GROUPS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_UNSIGNED = re.compile(r"^(?:(?:negative|minus) |-)")
_UNTIERED = re.compile(r"^tier ")
_PLURAL = re.compile(rf"({_UNIT})\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is ``written`` from character ``start``; ``kind`` is a pattern's name."""

    kind: str
    written: str
    start: int

    @property
    def form(self) -> str:
        """The form in which it is compared with others."""
        if self.kind == "step":
            return f"step {self.written.rstrip('.)')}"
        return normal(self.written)

    @property
    def forms(self) -> frozenset[str]:
        """Its own form, and those of the figures that stand within it."""
        within = {"money": _UNSIGNED, "tier": _UNTIERED}.get(self.kind)
        part = within.sub("", self.form) if within else self.form
        return frozenset((self.form, self.form if part.isdigit() else part))


def find_figures(text: str) -> Iterator[Figure]:
    """Yield every figure in ``text``; addresses and the numbering of lists among them."""
    for found in _FIGURE.finditer(text):
        kind = found.lastgroup or "number"
        written = found[0].strip(" \t>").rstrip(".,;:!?")
        yield Figure(kind, written, found.start())


def figures(text: str) -> list[str]:
    """Return the figures in ``text`` as they are written, in its order."""
    return [figure.written for figure in _said(text)]


def normal(written: str) -> str:
    """Return the form in which two figures are compared."""
    form = " ".join(written.casefold().split())
    form = re.sub(rf"\s?{_DASH}\s?", "-", form)
    form = _GROUPS.sub("", form).removeprefix("build ")
    form = re.sub(r"^tiers\b", "tier", form)
    form = re.sub(r"(?<=\d)\s?percent$", "%", form)
    form = re.sub(r"(?<=\d)[\s-](?=%|[a-z])", " ", form).replace(" %", "%")
    form = re.sub(r"([$€£¥₹])\s", r"\1", form)
    return form[:-1] if _PLURAL.search(form) and form.endswith("s") else form.rstrip(".")


def figures_not_in(sentence: str, passage: str) -> list[str]:
    """Return the figures that ``sentence`` says and ``passage`` does not."""
    there = {form for figure in _said(passage) for form in figure.forms}
    return [said.written for said in _said(sentence) if said.form not in there]


def written_otherwise(sentence: str, passage: str) -> list[tuple[str, str]]:
    """
    Return the figures of ``sentence`` that ``passage`` has in another spelling, and that one.

    Tiers with a hyphen for tiers with a dash: the same figure, but the quote lacks it.
    """
    pairs: list[tuple[str, str]] = []
    for said in _said(sentence):
        if said.written not in passage:
            alike = (f.written for f in _said(passage) if said.form in f.forms)
            pairs.extend((said.written, there) for there in list(alike)[:1])
    return pairs


def _said(text: str) -> Iterator[Figure]:
    layout = {"step", "address"}
    return (figure for figure in find_figures(text) if figure.kind not in layout)

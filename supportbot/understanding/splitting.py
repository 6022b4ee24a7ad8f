"""
Several questions in one message.

Cutting is cheap and bold; whether a part is a question of its own is for the matcher to say,
which joins what belongs together.
"""

import re
from itertools import islice
from typing import Final

_ABBREVIATIONS = (
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bno\.)(?<!\bnr\.)(?<!\betc\.)(?<!approx\.)"
)
_SENTENCE_END = re.compile(
    rf"(?<=[?!])\s+(?=\S)|(?<=[a-z0-9)\"'][.]){_ABBREVIATIONS}\s+(?=[A-Za-z\"'(])|\s*\n+\s*"
)
_OPENER = (
    r"(?:what|when|where|which|who|why|how|can|could|do|does|did|is|are|was|were|will|would|"
    r"should|may|must|have|has|am|shall)"
)
_WISH = (
    r"(?:tell|show|explain|give|send|list|check|remove|delete|cancel|change|refund|connect|put|"
    r"switch|need|want|i\s+(?:also\s+)?(?:want|need)|please|pls|whether)"
)
_FURTHER = (
    r"(?:and\s+also|but\s+also|(?:(?<=[,.]\s)|^)also|also(?=,)|(?:and\s+)?another\s+thing"
    rf"|also(?=\s+(?:{_OPENER}|{_WISH}|i|we|my|our|your|the|a|any|another)\b)"
    r"|(?:and\s+)?(?:secondly|thirdly|lastly)|(?:second|third|fourth|last|finally)(?=[,:])"
    r"|second\s+question|next\s+question|one\s+more\s+(?:thing|question)"
    r"|plus,?|oh\s+and|besides(?:\s+that)?|btw|by\s+the\s+way|in\s+addition|additionally"
    r"|furthermore)"
)
_JOINT = re.compile(
    r"\s*;\s+|\s+[&+]\s+(?=\w+\s+\w+\s+\w)"
    r"|\s*[,.]?\s+(?:and\s+|but\s+)?(?=(?:i|we)\s+also\s+\S+\s+\S)"
    rf"|\s*[,.]?\s+(?<!\bi\s)(?<!\bwe\s)(?={_FURTHER}[\s,:-]+\S+\s+\S)"
    r"|\s*[,.]?\s+(?:or\s+at\s+least|or\s+else)[\s,:-]+(?=\S+\s+\S)"
    r"|,?\s+(?=or\s+because\s+\S+\s+\S)",
    re.IGNORECASE,
)
_LEAD = re.compile(rf"^{_FURTHER}[\s,:-]+(?=\S)", re.IGNORECASE)
_FURTHER_MATTER = re.compile(rf"^(?:{_FURTHER}|(?:i|we)\s+also)\b", re.IGNORECASE)
"""What opens so is a matter of its own, whatever its form."""
_DEED = (
    r"(?:add|buy|cap|charge|close|confirm|disable|download|enable|find|get|increase|limit|lower|move"
    r"|raise|resend|see|set|stop|transfer|turn|update)"
)
_AND_QUESTION = re.compile(
    rf"\s*,?\s+(?:and|or|but)\s+(?:(?:then|afterwards|(?:before|after)\s+that)\s+)?"
    rf"(?=(?:if\s+not[\s,]+)?(?:{_OPENER}(?:n?'t)?|{_WISH}|{_DEED}|if)\s+(?!not\b)\S+\s+\S+)",
    re.IGNORECASE,
)
_AND_STATEMENT = re.compile(
    r"\s*,?\s+(?:and|but)\s+(?=(?:the|my|our|your|(?:i|we)(?:'\w+)?|now|meanwhile)\s+\S+\s+\S+)",
    re.IGNORECASE,
)
_AND_HOW = re.compile(
    r"\s*,?\s+(?:and|but)\s+(?=(?:how|what|why|when|where|which|who|can|could|do|does|will|would"
    r"|should)\s+(?:i|we|you|my|our|the|it|they|there|is|are|do|does|to|much|many|long|often)\b)",
    re.IGNORECASE,
)
_COMMA_QUESTION = re.compile(
    rf"\s*,\s+(?=(?:so\s+)?(?:{_OPENER}(?:n't)?|just\s+get|{_WISH})\s+\S+)", re.IGNORECASE
)
"""What follows asks; what stands before may be what it is about, or a matter of its own."""
_CONDITION = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?:if|when|once|after|before|since|because|as|although|though|even"
    r"|given|assuming|while|suppose|in\s+case|with|for|about|regarding|concerning|ok(?:ay)?|so"
    r"|sorry|hm+|then|please|well|no|yes|the|my|our|your|this|that)\b",
    re.IGNORECASE,
)
"""A clause that opens like this has no meaning of its own before a comma."""
_WHILE = re.compile(r",?\s+while\s+(?=(?:\S+\s+){3}\S)", re.IGNORECASE)
_CUT = re.compile(r"\s*[,;:.?!]+\s+|\s+(?:and|or|but|then|plus|also|\(?[a-d]\))\s+", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"(?:^|(?<=\s))(\d)\s+(?=(?:{_OPENER}(?:'s|n't)?|{_WISH})\s+\S+)", re.IGNORECASE
)
"""The same without a mark, which is a list only if the numbers count from 1 on."""
_BULLET = re.compile(r"(?:^|(?<=\s))(?:[-*•]|\(?\d{1,2}[.)/]|\(?[a-d]\))\s+(?=\S)", re.MULTILINE)
_ASKS = re.compile(
    rf"\?|^(?:(?:and|but|so|ok|also|please|pls|plz|kindly|hi|hey|hello|dear|there|team|all|then|now"
    rf"|well|just|first|second|or|if\s+(?:so|not|yes|no))[\s,]+)*"
    rf"(?:{_OPENER}(?:n't|'s|s)?\b|(?:tell|show|explain|give|send|help|let|list|check|remove|"
    rf"delete|cancel|change|update|refund|stop|connect|set|turn|switch|get|need|want|wanna|whether)\b"
    rf"|(?:i|we)(?:'d)?\s+(?:also\s+)?(?:want|need|would\s+like|like|wish|wonder|am\s+wondering)\b"
    rf"|(?:we|i)\s+(?:do\s+not|don't|cannot|can't)\s+(?:want|know|understand|see|find)\b"
    rf"|any\s+(?:way|chance|idea)\b|is\s*n't\b|i'm\s+(?:wondering|asking)\b"
    rf"|if\b.{{3,60}}?,?\s{_OPENER}\s+\S+\s+\S)"
    rf"|\bquestions?\s+(?:is|are)\b|:\s+{_OPENER}\s"
    rf"|,\s+(?:so\s+|and\s+|but\s+)?(?:how|what|why|where|when|who|which|can|could|will|do|does)\s"
    rf"|\b(?:pls|plz|please)[\s.!]*$",
    re.IGNORECASE,
)

_DENIED = re.compile(
    r"^\s*(?:please\s+)?(?:i\s+(?:am\s+|do\s+)?)?(?:don't|do\s+not|not|never\s+mind|no\s+need)\b"
    r"[^,.;?!]*[,.;-]+\s*(?:(?:but|and|so)\s+)?"
    r"(?=(?:i\s+)?(?:just|only|rather|instead|simply)\b|i\s+(?:want|need|mean)\b)",
    re.IGNORECASE,
)
_BACK_REFERENCE = re.compile(r"\b(?:it|that|this|them|those|ones?)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:hi|hello|hey|and|also|so|ok)?[\s,]*(?:(?:can|could|would)\s+you\s+)?(?:please\s+|pls\s+)?"
    r"(?:tell|show|give|send|get)\s+(?:me|us)\s+(?P<objects>(?:my|the|our|a|both|whether)\b.+)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"^(?:my|the|our|a|an|any|whether|if|how|when|what|which|where|why|who)\s+\S", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\b(?:i'm|i\s+am|this\s+is|it's|it\s+is|that's)?\s*(?:not|nothing\s+to\s+do\s+with)\s+"
    r"(?:(?:asking|talking|writing)\s+)?(?:about|with)\s+[^,.;?!]+[,.;-]+\s*",
    re.IGNORECASE,
)

MOST_PARTS: Final = 6
"""More parts are not looked at: each costs a pass of the encoder."""
MOST_CUTS: Final = 3
"""The same holds of halves, which cost two."""
FEWEST_WORDS: Final = 2
FEWEST_ITEMS: Final = 2
LONGEST_ITEM: Final = 3
LONGEST_LEAD: Final = 6
"""Words, before the colon that announces a list."""


def parts(text: str) -> tuple[str, ...]:
    """Cut ``text`` into the sentences and clauses that may be questions of their own."""
    items = _items(text)
    sentences = items or [piece for piece in _SENTENCE_END.split(text) if piece]
    cut = (clause for sentence in sentences for clause in _clauses(sentence))
    kept = (clause.strip(" ,;") for clause in cut)
    whole = tuple(clause for clause in kept if _says_something(clause))
    return tuple(map(_as_question, whole) if items else whole)[:MOST_PARTS]


def halves(text: str) -> tuple[tuple[str, str], ...]:
    """
    Cut ``text`` in two in each of several places, the first ones.

    Bolder than ``parts``, as halves count only where both are sure.
    """
    cut = ((text[: at.start()].strip(), text[at.end() :].strip()) for at in _CUT.finditer(text))
    long = (both for both in cut if min(len(half.split()) for half in both) >= FEWEST_WORDS)
    return tuple(islice(long, MOST_CUTS))


def without_denied(text: str) -> str:
    """
    Take away what the writer says that it is *not* about.

    "I'm not asking about refunds, just whether credits expire" is about the second half.
    """
    rest = _ABOUT.sub("", _DENIED.sub("", text))
    stands_alone = len(rest.split()) > FEWEST_WORDS and not _BACK_REFERENCE.search(rest)
    return rest if stands_alone else text


def asks(part: str) -> bool:
    """Whether ``part`` asks or wishes for something; a bare statement is context."""
    told = part.strip()
    return bool(_ASKS.search(told) or _FURTHER_MATTER.match(told))


def _items(text: str) -> list[str]:
    """Return the items of a list, by its bullets or numbers; none: it is no list."""
    marks = list(_BULLET.finditer(text)) or _counted(list(_NUMBERED.finditer(text)))
    if len(marks) < FEWEST_ITEMS:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]


def _counted(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    counted = all(int(mark[1]) == number for number, mark in enumerate(marks, 1))
    return marks if counted else []


def _as_question(item: str) -> str:
    """An item of a list asks, whatever its form."""
    return item if asks(item) else f"{item}?"


def _says_something(clause: str) -> bool:
    return len(clause.split()) >= FEWEST_WORDS or (clause.endswith("?") and len(clause) > 4)


def _clauses(sentence: str) -> list[str]:
    """Cut at "; also" and the like, which set two questions apart whatever their form."""
    first, *others = _listed(sentence) or _requested(sentence) or _JOINT.split(sentence)
    further = any(_FURTHER_MATTER.match(other) for other in others)
    apart = [first, *(_LEAD.sub("", other) for other in others)]
    pieces = map(_as_question, apart) if others and (further or asks(sentence)) else apart
    return [clause for piece in pieces for clause in _questions(piece)]


def _listed(sentence: str) -> list[str]:
    """Return the items of "balance please, tier please"; none: it is no such list."""
    lead, colon, rest = sentence.partition(":")
    announced = colon and asks(lead) and len(lead.split()) <= LONGEST_LEAD
    between = r"\s*(?:[,+]|,?\s+and)\s+" if announced else r"\s*[,+]\s*"
    items = re.split(between, (rest if announced else sentence).strip())
    short = all(1 <= len(item.split()) <= LONGEST_ITEM for item in items)
    return items if len(items) > 1 and short and (announced or asks(items[-1])) else []


def _requested(sentence: str) -> list[str]:
    """Return the objects of "send me my balance and the last invoice"; none: there is but one."""
    request = _REQUEST.match(sentence)
    items = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", request["objects"]) if request else []
    named = all(_OBJECT.match(item) or len(item.split()) <= LONGEST_ITEM for item in items)
    return items if len(items) > 1 and named else []


def _questions(piece: str) -> list[str]:
    """Cut "do credits expire and can I pay by card" only if the first half asks, too."""
    first, *others = _AND_QUESTION.split(piece)
    if others and asks(first):
        cut = [first, *map(_as_question, others)]
    else:
        cut = _AND_HOW.split(piece)
        if len(cut) == 1 and not asks(piece):
            cut = _AND_STATEMENT.split(piece)
    return [clause for part in cut for told in _WHILE.split(part) for clause in _after_comma(told)]


def _after_comma(clause: str) -> list[str]:
    """Cut "my card was refused, who can I call" unless the first half leads up to the second."""
    told, *asked = _COMMA_QUESTION.split(clause, maxsplit=1)
    stands_alone = asked and len(told.split()) > FEWEST_WORDS and not _CONDITION.match(told)
    return [told, *_after_comma(asked[0])] if stands_alone else [clause]

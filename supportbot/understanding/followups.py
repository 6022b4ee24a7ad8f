"""
Messages that mean nothing without the one before: "why?", "and free ones?", "yes please".

Only a message that is elliptic as a whole is read this way: a full question is never taken
over by what was talked about before.
"""

import re
from dataclasses import dataclass
from typing import Final

from supportbot.conversation import Context
from supportbot.understanding.splitting import asks

THANKS: Final = "thanks"
INVOICES: Final = "invoices"
HANDOFF: Final = "human-handoff"
ABOUT_INVOICES: Final = frozenset({"invoices", "past-due-invoice"})

MOST_WORDS: Final = 9
"""A longer message says what it is about."""

FRAGMENT_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """
    What an elliptic message refers to.

    ``topic`` is what it is about, unless ``content``, the words that it adds, names a topic of
    its own; None: it adds nothing.  ``replying``: it tells what is the case ("no, nothing is
    overdue"), and what it names is no question about that.
    """

    topic: str
    content: str | None = None
    replying: bool = False


_LEAD = r"(?:ok(?:ay)?|so|and|but|hm+|um+|well|right|alright|then|oh|ah|no|yes|yeah|sorry)"
_PREFIX = rf"(?:{_LEAD}[\s,.:-]+)*"
_END = r"[\s.!?]*"

_YES = re.compile(
    r"(?:(?:oh|ok(?:ay)?)[\s,]+)?(?:yes|yeah|yep|yup|ya|sure|ok(?:ay)?|please(?: do)?|pls|go ahead"
    r"|absolutely|definitely|of course|do (?:it|that|so)|sounds good|that would be (?:great|nice)"
    r"|y)(?:[\s,]+(?:please|pls|do|thanks|thank you|go ahead|that|it|do it|do that|sure))*" + _END,
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no|nope|nah|not now|not needed|never mind|nevermind|n|that's all|i'm good|all good)"
    r"(?:[\s,]+(?:thanks|thank you|thx|it's fine|that's (?:all|fine|ok)|i'm good|all good"
    r"|not now|need))*" + _END,
    re.IGNORECASE,
)
_THANKS = re.compile(r"ok(?:ay)?[\s,]+(?:thanks|thank you|thx|ty)" + _END, re.IGNORECASE)
"""Taken note of, and no answer to an offer."""
_SAME = re.compile(
    _PREFIX + r"(?:why(?:\s+(?:is\s+that|not|so|though|then|that))?|how\s+(?:come|so)|how\s+much"
    r"(?:\s+(?:is\s+(?:it|that|missing|needed|required|enough)|would\s+(?:be\s+enough|that\s+be)"
    r"|do\s+i\s+need|exactly|then|more))?|how\s+many|since\s+when|until\s+when|when"
    r"(?:\s+(?:exactly|was\s+that|is\s+that|will\s+that\s+be|then))?|where(?:\s+exactly|\s+is\s+"
    r"(?:it|that))?|how(?:\s+exactly|\s+do\s+i\s+do\s+(?:that|it|this)|\s+long)?|what\s+(?:do|can|"
    r"should|must)\s+i\s+do(?:\s+(?:now|then|next|about\s+(?:it|that|this)))?|(?:what|and)\s+(?:now"
    r"|then|next)|then(?:\s+what)?|what\s+does\s+(?:that|it|this)\s+mean|what\s+do\s+you\s+mean"
    r"|how\s+(?:do|can)\s+i\s+(?:fix|solve|change|clear|pay)\s+(?:it|that|this|them)(?:\s+then)?"
    r"|(?:can|could)\s+you\s+(?:explain|elaborate)(?:\s+(?:that|it|this|more))?|explain(?:\s+(?:"
    r"that|it|more))?|(?:tell\s+me\s+)?more|go\s+on|really|(?:are\s+you\s+)?(?:sure|certain)"
    r"|is\s+that\s+(?:so|right|true|all|normal)|which\s+(?:one|ones|of\s+them)|meaning)" + _END,
    re.IGNORECASE,
)
_ITEM = re.compile(
    _PREFIX + r"(?:(?:what|how)\s+about\s+|i\s+(?:mean|meant)\s+|not\s+(?:that|this)\s+(?:one|"
    r"invoice)[\s,]+)?(?:(?:the|my|that)\s+)?(?:(?:other|previous|first|last|latest|next|second|"
    r"third|old(?:er|est)?|new(?:er|est)?|one\s+(?:before|after|from)|jan\w*|feb\w*|mar(?:ch)?|"
    r"apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|last\s+month(?:'s)?|20\d\d|this|"
    r"same)\b[\s']*s?\s*)+(?:one|ones|invoice|bill|payment|month|year)?" + _END,
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    _PREFIX
    + r"(?:what\s+about\s+|i\s+meant?\s+)?(?:invoice\s+)?#?(?:in_\w+|inv-?\w*\d\w*|\d{3,8})"
    + _END,
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(
    r"^(?:(?:ok(?:ay)?|so|hm+|well|right|no|yes|yeah|oh)[\s,.]+)*(?:and|or|but|(?:and\s+)?(?:what|"
    r"how)\s+(?:about|if)|even|also|same\s+(?:for|with|goes\s+for)|(?:and\s+)?(?:if|for|with|in|on"
    r"|from|does\s+(?:that|it|this)|is\s+(?:that|it|this)|do\s+(?:they|these|those)|will\s+(?:that"
    r"|it|they)|can\s+(?:it|they|that)))\b\s*(?P<content>.+?)[\s.!?]*$",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"(?:no|nope|yes|yeah|yep|ya)\b(?:[\s,.!-]+(?:no|but|and|actually|sorry|well|ok(?:ay)?))*[\s,.!-]+"
    r"(?!i\s+mean|(?:the|that)\s+(?:other|one)\b)(?P<told>\S+\s+\S.*)",
    re.IGNORECASE,
)
_STILL = re.compile(_PREFIX + r"even\s+(?:on|with|for|if|in|when|though)\b.+", re.IGNORECASE)
"""Asks whether what was said still holds."""
_OBJECT = re.compile(
    r"\b(?P<verb>for|on|to|with|of|from|pay|settle|clear|cover)\s+(?:it|that|this|them)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"^(?:(?:what|how)\s+(?:about|if)|if|it's|it\s+is|i|we|have|use|with|for|a|an|the|my|is|does)\s+",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|their|ones?|there|too|as\s+well|either|instead"
    r"|then|the\s+same|by\s+default|the\s+(?:rest|next|other|difference))\b|\bit's\b|\bthat's\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|ones?|mine|yours)\b", re.IGNORECASE
)
_POLITE = re.compile(r"\b(?:thank|thanks|thx|all good|that's all|i'm good)\b", re.IGNORECASE)
_INVOICE_WORD = re.compile(r"\b(?:invoice|bill|statement)s?\b", re.IGNORECASE)


def reference(text: str, context: Context) -> Reference | None:
    """Return what an elliptic ``text`` refers to; None: it stands by itself."""
    if len(text.split()) > MOST_WORDS or not (context.topics or context.offers):
        return None
    return _reply_to_offer(text, context) or _about_the_last(text, context)


def dangling(text: str) -> bool:
    """Whether ``text`` says nothing without a message before it: "why?", "yes please"."""
    if _POLITE.search(text):
        return False
    return any(pattern.fullmatch(text) for pattern in (_YES, _NO, _SAME))


def leans(content: str) -> bool:
    """Whether ``content`` names something by a word for what was named before: "is it on?"."""
    return _LEANS.search(content) is not None


def _reply_to_offer(text: str, context: Context) -> Reference | None:
    if not context.offers:
        return None
    if _NO.fullmatch(text) or _THANKS.fullmatch(text):
        return Reference(THANKS)
    return Reference(context.offers[0]) if _YES.fullmatch(text) else None


def _about_the_last(text: str, context: Context) -> Reference | None:
    if not context.topics or _YES.fullmatch(text) or _NO.fullmatch(text):
        return None
    if _SAME.fullmatch(text) or _STILL.fullmatch(text):
        return Reference(context.topics[0])
    if _ITEM.fullmatch(text) or _REFERENCE.fullmatch(text):
        return Reference(_of_the_item(text, context))
    reply = _REPLY.fullmatch(text)
    if reply and not asks(reply["told"]):
        return Reference(context.topics[0], reply["told"], replying=True)
    elliptic = _ELLIPTIC.match(text)
    if elliptic:
        return Reference(context.topics[0], _content(elliptic["content"]))
    fragment = len(text.split()) <= FRAGMENT_WORDS or _ANAPHOR.search(text)
    return Reference(context.topics[0], _named(text, context)) if fragment else None


def _named(text: str, context: Context) -> str:
    """Say "the invoice" for "it", where an invoice was talked about."""
    spoke_of_one = context.topics[0] in ABOUT_INVOICES
    return _OBJECT.sub(r"\g<verb> the invoice", text) if spoke_of_one else text


def _of_the_item(text: str, context: Context) -> str:
    """Return the topic for one more item: the last one if it was about such items."""
    spoke = next((topic for topic in context.topics if topic in ABOUT_INVOICES), None)
    return spoke or (INVOICES if _INVOICE_WORD.search(text) else context.topics[0])


def _content(text: str) -> str:
    previous = None
    while text != previous:
        previous, text = text, _FILLER.sub("", text)
    return text

"""
Whether a message tells of something that cannot wait for the customer to ask for a person.

Somebody else uses their card, account or keys; or they may harm themselves.  A card that was
only declined "as fraud", or replaced after a theft, is an ordinary question and no alarm.
"""

import re
from typing import Final, Literal

Alarm = Literal["misuse", "life"]

_OTHERS = (
    r"(?:some\s?(?:one|body)|strangers?|thie(?:f|ves)|hackers?|scammers?|fraudsters?|criminals?)"
)
_OURS = r"(?:(?:my|our|the)\s(?:\w+\s){0,2}(?:card|account|org|key|token|credential|wallet)s?)"
_BROKE_IN = r"(?:stole|steals?|stealing|hacked|hijack\w*|phished|broke\sinto|misus\w+|abus\w+)"
_USED = (
    r"(?:used(?!\sup)|using|uses|ran\sup|running\sup|charged|bought|buying|spent|spending|"
    r"burnt?|burned)"
)
_PAID = r"(?:charge|payment|transaction|purchase)"
_NOT = r"(?:did\s?n[o']?t|do\s?n[o']?t|never|have\s?n[o']?t)"

MISUSE: Final = re.compile(
    rf"""
    \b{_OTHERS}(?:\selse)?(?:'s|\sis|\sha[sd]|\shave|\sare)?(?:\sbeen)?\s(?:\w+\s)?
        (?:{_BROKE_IN}|{_USED})\b[^.,?!\n]{{0,30}}\b{_OURS}\b
    | \b{_OTHERS}(?:\selse)?\s(?:\w+\s)?{_USED}\s(?:\w+\s)?(?:purchases?|credits?|payments?)\b
    | \b(?:my|our)\s(?:\w+\s)?(?:account|api|org|key|token)s?\s
        (?:was|were|is|are|has\sbeen|have\sbeen|got|gets?)\s(?:\w+\s)?
        (?:hacked|compromised|stolen|hijacked|breached|taken\sover)\b
    | \bhacked\s(?:\w+\s)?account\b
    | \b(?:stolen|leaked|compromised)\s(?:\w+\s)?(?:api\s)?(?:card|key|token|credential)s?
        \b[^.?!\n]{{0,40}}\b(?:{_USED}|charges|on\syour\s(?:site|platform))\b
    | \b(?:key|token|credential)s?\b[^.?!\n]{{0,12}}\bleaked\b[^?!\n]{{0,60}}
        \b(?:{_USED}|charges|bill)\b
    | \bunauthori[sz]ed\s(?:\w+\s){{0,2}}{_PAID}
    | \b{_PAID}s?\b[^.?!\n]{{0,20}}\b(?:i|we)\s{_NOT}\s(?:authori[sz]ed?|approved?)\b
    | \b(?:i|we)\s{_NOT}\sauthori[sz]ed?\b[^.?!\n]{{0,25}}\b{_PAID}
    | \bidentity\s(?:theft|was\sstolen)\b
    """,
    re.VERBOSE,
)
LIFE: Final = re.compile(
    r"\b(?:kill(?:ing)? myself|suicid(?:e|al)|end(?:ing)? my (?:own )?life|harm(?:ing)? myself|"
    r"(?:want|going|rather|ready) to die|don'?t want to live)\b"
)


def alarm_in(text: str) -> Alarm | None:
    """Return what a message gives cause to alarm for; None: nothing."""
    said = text.casefold().replace("\u2019", "'")
    if LIFE.search(said):
        return "life"
    return "misuse" if MISUSE.search(said) else None

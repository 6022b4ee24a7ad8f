"""
Looks up passages by their words: BM25 over title and text, misspellings forgiven.

For people who write articles.  Lexical only, so the same query finds the same passages.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from supportbot.knowledge.passages import Passage

_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset(
    _WORD.findall(
        """
        a an and are as at be been but by can did do does for from get has have how i if in is it
        its me my no not of on one or our so that the their them there they this to up was we
        what when where which who why will with would you your
        """
    )
)
_TITLE_WEIGHT = 3  # a word of the title counts as three in the text
_SATURATION, _LENGTH = 1.2, 0.6  # BM25's k1 and b
_LEAST_LIKENESS = 80.0  # of 100; "expyre" still finds "expire", "credit" never "debit"
_WORDS_FOR = {"expire": "expiration", "expiry": "expiration", "topup": "recharge"}


def search(
    passages: Mapping[str, Passage], query: str, limit: int = 5
) -> list[tuple[Passage, float]]:
    """Return the ``limit`` passages nearest to ``query``, best first, with a score above 0."""
    bags = {address: _bag(passage) for address, passage in passages.items()}
    spread = Counter(word for bag in bags.values() for word in bag)
    wanted = _known(_words(query), spread)
    usual = sum(map(Counter.total, bags.values())) / max(len(bags), 1)
    scored = [
        (passages[address], _score(bag, wanted, spread, len(bags), usual))
        for address, bag in bags.items()
    ]
    found = [(passage, score) for passage, score in scored if score > 0]
    return sorted(found, key=lambda pair: (-pair[1], pair[0].address))[:limit]


def _bag(passage: Passage) -> Counter[str]:
    named = f"{passage.title} {passage.section}"
    titled = Counter({word: _TITLE_WEIGHT for word in _words(named)})
    return titled + Counter(_words(passage.text))


def _words(text: str) -> list[str]:
    plain = text.lower().replace("\u2019", "").replace("'", "").replace("pre-paid", "prepaid")
    words = (_WORDS_FOR.get(word, word) for word in _WORD.findall(plain))
    return [_stem(word) for word in words if word not in _STOP]


def _stem(word: str) -> str:
    """Cut the commonest endings: enough for "cards", "charged" and "charging" to meet."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word.removesuffix("s") if len(word) > 3 else word


def _known(words: list[str], spread: Counter[str]) -> dict[str, float]:
    """Return the words to look for and how surely they were meant, from 0 to 1."""
    wanted: dict[str, float] = {}
    for word in words:
        if word in spread:
            wanted[word] = 1.0
        elif len(word) >= 4:
            near = process.extractOne(
                word, sorted(spread), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS
            )
            if near is not None:
                wanted.setdefault(near[0], near[1] / 200)
    return wanted


def _score(
    bag: Counter[str],
    wanted: Mapping[str, float],
    spread: Counter[str],
    total: int,
    usual: float,
) -> float:
    length = 1 - _LENGTH + _LENGTH * bag.total() / usual
    score = 0.0
    for word, weight in wanted.items():
        rarity = math.log(1 + (total - spread[word] + 0.5) / (spread[word] + 0.5))
        often = bag[word] * (_SATURATION + 1) / (bag[word] + _SATURATION * length)
        score += weight * rarity * often
    return round(score, 4)

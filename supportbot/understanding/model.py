"""
What training leaves behind: known questions, a linear head and its thresholds, in one file.

The file is a ``.npz`` without pickled objects, so that reading it cannot run anything.
"""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import InputError
from supportbot.understanding.letters import Letters
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.neighbours import Floats, Neighbours
from supportbot.understanding.quantised import Quantised
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.topics import Topic

FORMAT: Final = 3
_NOTHING: Final = np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """
    Where the head stops trusting itself; fitted on questions that it has not seen.

    ``temperature`` divides the scores.  An intent is understood from ``answer`` on when its
    articles answer, or from where ``by_intent`` says; from ``refuse`` on when they say that
    there is no answer here.  ``far`` is the similarity to the nearest known question below
    which a message is like none of them.
    """

    temperature: float
    answer: float
    refuse: float
    far: float
    by_intent: Mapping[str, float] = field(default_factory=dict)

    def answers_from(self, intent: str) -> float:
        """Return the confidence from which on ``intent`` is answered."""
        return self.by_intent.get(intent, self.answer)


@dataclass(frozen=True, slots=True)
class Ranking:
    """
    Topics and intents in the order that decides between equals: by intent, then by slug.

    ``order`` has the topics' numbers, ``intent_of`` the number of each one's intent.
    """

    order: NDArray[np.int64]
    intents: tuple[str, ...]
    intent_of: NDArray[np.int64]

    @classmethod
    def of(cls, topics: Sequence[Topic]) -> Self:
        """Sort ``topics``."""
        order = sorted(range(len(topics)), key=lambda n: (topics[n].intent, topics[n].slug))
        numbers = {name: n for n, name in enumerate(sorted({topic.intent for topic in topics}))}
        intent_of = [numbers[topic.intent] for topic in topics]
        return cls(
            np.array(order, dtype=np.int64), tuple(numbers), np.array(intent_of, dtype=np.int64)
        )


@dataclass(frozen=True, slots=True)
class Model:
    """
    A trained matcher.

    ``topics`` come without their questions.  ``weights`` has a row for each topic,
    ``word_weights`` one for each of the lexicon's features, ``letter_weights`` one for each of
    the letters'; all are empty, and ``neighbours`` is None, when there was no encoder.
    """

    topics: tuple[Topic, ...]
    encoder: str
    lexicon: Lexicon
    known: KnownQuestions
    neighbours: Neighbours | None
    weights: Floats
    word_weights: Quantised
    letters: Letters
    letter_weights: Quantised
    bias: Floats
    thresholds: Thresholds
    report: Mapping[str, float]
    ranking: Ranking = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the topics in the order that decides between equals."""
        object.__setattr__(self, "ranking", Ranking.of(self.topics))


def save_model(model: Model, path: Path) -> None:
    """Write ``model``; vectors and weights lose precision that no decision should need."""
    lexicon, known = model.lexicon, model.known
    head = {
        "format": FORMAT,
        "encoder": model.encoder,
        "topics": [[topic.slug, topic.intent, topic.title] for topic in model.topics],
        "common": lexicon.common,
        "thresholds": asdict(model.thresholds),
        "report": dict(model.report),
    }
    texts = (list(known.exact), list(lexicon.rarity), known.vocabulary, lexicon.known)
    near = model.neighbours or Neighbours(_NOTHING, _NOTHING, np.empty(0, dtype=np.int64))
    rows, weights = Quantised.of(near.rows), Quantised.of(model.weights)
    words, letters = model.word_weights, model.letter_weights
    with path.open("wb") as file:
        np.savez(
            file,
            head=_packed(json.dumps(head)),
            texts=_packed("\n\n".join("\n".join(part) for part in map(_in_order, texts))),
            exact=np.array(list(known.exact.values()), dtype=np.int16),
            rarity=np.array(list(lexicon.rarity.values()), dtype=np.float32),
            bias=model.bias,
            axes=near.axes.astype(np.float16),
            first=near.first,
            row_scales=rows.scales,
            row_steps=rows.steps,
            weight_scales=weights.scales,
            weight_steps=weights.steps,
            word_scales=words.scales,
            word_steps=words.steps,
            letter_rarity=model.letters.rarity.astype(np.float16),
            letter_scales=letters.scales,
            letter_steps=letters.steps,
        )


def load_model(path: Path) -> Model:
    """
    Read what ``save_model`` wrote.

    Raises:
        InputError: the file is missing, damaged or of another version.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            return _model({name: parts[name] for name in parts.files})
    except Exception as fault:  # zip, JSON and array faults share no narrower base
        raise InputError(f"{path} is no trained matcher ({fault}); train it anew.") from fault


def _model(parts: Mapping[str, NDArray[Any]]) -> Model:
    head = json.loads(_unpacked(parts["head"]))
    if head["format"] != FORMAT:
        raise ValueError(f"its format is {head['format']}, not {FORMAT}")
    texts = (part.split("\n") if part else [] for part in _unpacked(parts["texts"]).split("\n\n"))
    exact, features, vocabulary, right = texts
    rarity = dict(zip(features, parts["rarity"].tolist(), strict=True))
    owners = dict(zip(exact, parts["exact"].tolist(), strict=True))
    return Model(
        topics=tuple(Topic(*names) for names in head["topics"]),
        encoder=head["encoder"],
        lexicon=Lexicon(rarity, frozenset(right), head["common"]),
        known=KnownQuestions(owners, frozenset(vocabulary)),
        neighbours=_neighbours(parts) if parts["first"].size else None,
        weights=_quantised("weight", parts).rows,
        word_weights=_quantised("word", parts),
        letters=Letters(parts["letter_rarity"].astype(np.float32)),
        letter_weights=_quantised("letter", parts),
        bias=parts["bias"],
        thresholds=Thresholds(**head["thresholds"]),
        report=head["report"],
    )


def _neighbours(parts: Mapping[str, NDArray[Any]]) -> Neighbours:
    axes = parts["axes"].astype(np.float32)
    return Neighbours(axes, _quantised("row", parts).rows, parts["first"])


def _in_order(texts: Collection[str]) -> Collection[str]:
    """A set has no order of its own; the file is to be the same every time."""
    return sorted(texts) if isinstance(texts, frozenset) else texts


def _packed(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(zlib.compress(text.encode()), dtype=np.uint8)


def _unpacked(array: NDArray[np.uint8]) -> str:
    return zlib.decompress(array.tobytes()).decode()


def _quantised(name: str, parts: Mapping[str, NDArray[Any]]) -> Quantised:
    return Quantised(parts[f"{name}_scales"], parts[f"{name}_steps"])

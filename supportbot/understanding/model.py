"""
What training leaves behind: known questions, a linear head and its thresholds, in one file.

The file is a ``.npz`` without pickled objects, so that reading it cannot run anything.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import InputError
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.topics import Topic

FORMAT: Final = 1
INT8_MAX: Final = 127

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """
    Where the head stops trusting itself; fitted by cross-validation.

    ``temperature`` divides the scores.  An intent is understood from ``answer`` on when its
    articles answer, from ``refuse`` on when they say that there is no answer here.  ``far`` is
    the similarity to the nearest known question below which a message is like none of them.
    """

    temperature: float
    answer: float
    refuse: float
    far: float


@dataclass(frozen=True, slots=True)
class Model:
    """
    A trained matcher.

    ``topics`` come without their questions.  ``vectors`` has a row for each known question,
    ``owners`` its topic's number; ``weights`` has a row for each topic, over the vector and
    then the lexicon's features.  All four are empty when there was no encoder.
    """

    topics: tuple[Topic, ...]
    encoder: str
    lexicon: Lexicon
    known: KnownQuestions
    vectors: Floats
    owners: NDArray[np.int16]
    weights: Floats
    bias: Floats
    thresholds: Thresholds
    report: Mapping[str, float]


def save_model(model: Model, path: Path) -> None:
    """Write ``model``; vectors and weights lose precision that no decision should need."""
    head = {
        "format": FORMAT,
        "encoder": model.encoder,
        "topics": [[topic.slug, topic.intent, topic.title] for topic in model.topics],
        "rarity": model.lexicon.rarity,
        "known": sorted(model.lexicon.known),
        "common": model.lexicon.common,
        "exact": model.known.exact,
        "words": sorted(model.known.vocabulary),
        "thresholds": asdict(model.thresholds),
        "report": dict(model.report),
    }
    scales, vectors = _to_int8(model.vectors)
    weight_scales, weights = _to_int8(model.weights)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8),
            vectors=vectors,
            scales=scales,
            owners=model.owners,
            weights=weights,
            weight_scales=weight_scales,
            bias=model.bias,
        )


def load_model(path: Path) -> Model:
    """
    Read what ``save_model`` wrote.

    Raises:
        InputError: the file is missing, damaged or of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as parts:
            return _model({name: parts[name] for name in parts.files})
    except Exception as fault:  # zip, JSON and array faults share no narrower base
        raise InputError(f"{path} is no trained matcher ({fault}); train it anew.") from fault


def _model(parts: Mapping[str, NDArray[Any]]) -> Model:
    head = json.loads(parts["head"].tobytes())
    if head["format"] != FORMAT:
        raise ValueError(f"its format is {head['format']}, not {FORMAT}")
    vocabulary = frozenset(head["words"])
    return Model(
        topics=tuple(Topic(*names) for names in head["topics"]),
        encoder=head["encoder"],
        lexicon=Lexicon(head["rarity"], frozenset(head["known"]), head["common"]),
        known=KnownQuestions(head["exact"], vocabulary),
        vectors=_from_int8(parts["scales"], parts["vectors"]),
        owners=parts["owners"],
        weights=_from_int8(parts["weight_scales"], parts["weights"]),
        bias=parts["bias"],
        thresholds=Thresholds(**head["thresholds"]),
        report=head["report"],
    )


def _to_int8(rows: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Return a scale for each row, and the rows in whole steps of it."""
    largest = np.abs(rows).max(axis=1, initial=1e-9, keepdims=True)
    scales = (largest / INT8_MAX).astype(np.float32)
    return scales, np.round(rows / scales).astype(np.int8)


def _from_int8(scales: Floats, steps: NDArray[np.int8]) -> Floats:
    rows: Floats = steps.astype(np.float32) * scales
    return rows

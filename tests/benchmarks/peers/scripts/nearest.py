"""
The nearest known question by the encoder that we ship.

It is what LangChain, LlamaIndex and Haystack do with a question: embed it, and take the best hit
of the store.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from supportbot.settings import read_settings
from supportbot.understanding.encoder import Encoder
from supportbot.wiring import open_encoder


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Embed every question."""
    vectors = _encoder().encode([example["text"] for example in examples])
    np.savez(kept / "index.npz", vectors=vectors, labels=[each["label"] for each in examples])


def load(kept: Path) -> Callable[[str], str | None]:
    """Search all vectors, exactly."""
    encoder = _encoder()
    with np.load(kept / "index.npz") as index:
        vectors, labels = index["vectors"], index["labels"].tolist()

    def answer(text: str) -> str | None:
        label: str = labels[int((vectors @ encoder.encode([text])[0]).argmax())]
        return label

    return answer


def _encoder() -> Encoder:
    encoder = open_encoder(read_settings())
    if encoder is None:
        raise SystemExit("The encoder cannot be opened; `supportbot doctor` says why.")
    return encoder

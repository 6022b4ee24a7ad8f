"""
Making a model faster: without some of its layers.

Always the layer goes whose loss moves the vectors least, until as few are left as wanted.  What
is left needs to be taught again (``teaching``): with four of twelve gone, texts lie at 0.7
(cosine) of where they were.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import EncoderUnavailable
from supportbot.understanding.fine_tuning import encoded


def shorten(model: Any, layers: int, texts: Sequence[str]) -> tuple[int, ...]:  # noqa: ANN401
    """
    Leave ``layers`` layers of ``model``, a SentenceTransformer, in place; return which.

    They are numbered from 0; a model that has no more of them keeps all.  ``texts``, a few
    hundred like those to come, tell which layers are missed least.

    Raises:
        EncoderUnavailable: the model is not built of layers as BERT and MPNet are.
    """
    transformer = model[0].auto_model
    stack = getattr(getattr(transformer, "encoder", None), "layer", None)
    if stack is None:
        raise EncoderUnavailable(
            f"{type(transformer).__name__} cannot be shortened, as its layers are not where "
            "BERT and MPNet have theirs: give another model to teach."
        )
    kept = list(range(len(stack)))
    whole = encoded(model, texts)
    while len(kept) > layers:
        without = [[each for each in kept if each != left_out] for left_out in kept]
        kept = max(without, key=lambda some: _likeness(model, stack, some, texts, whole))
    _use(model, stack, kept)
    return tuple(kept)


def _likeness(
    model: Any,  # noqa: ANN401
    stack: Any,  # noqa: ANN401
    kept: Sequence[int],
    texts: Sequence[str],
    whole: NDArray[np.float32],
) -> float:
    _use(model, stack, kept)
    return float(np.sum(encoded(model, texts) * whole))


def _use(model: Any, stack: Any, kept: Sequence[int]) -> None:  # noqa: ANN401
    transformer = model[0].auto_model
    transformer.encoder.layer = type(stack)(stack[number] for number in kept)
    transformer.config.num_hidden_layers = len(kept)

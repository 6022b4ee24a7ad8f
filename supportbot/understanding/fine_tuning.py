"""
Fine-tuning the encoder: questions of one topic move together, those of others apart.

The loss is contrastive twice over: against a prototype of every topic, which keeps the topics
that nearly agree apart in each step (billing that the documentation covers from billing on
which it is silent), and against the other questions of the batch (supervised contrastive,
Khosla et al. 2020, arxiv.org/abs/2004.11362).  With a lesson of a larger encoder (``teaching``)
texts shall moreover be as much alike as that one finds them, which also holds of texts whose
topic nobody has told.

A plain loop over torch: sentence-transformers' trainer would bring pyarrow and accelerate, and
its batches are not sorted by length, which halves the time on a processor.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import InputError
from supportbot.understanding.encoder import MAX_TOKENS

if TYPE_CHECKING:
    import torch

EPOCHS: Final = 4
FEWEST_STEPS: Final = 150
"""Of a few hundred questions each is seen more often."""
BATCH: Final = 64
LEARNING_RATE: Final = 5e-5
PROTOTYPE_RATE: Final = 1e-2
WARM_UP: Final = 0.1
SCALE: Final = 20.0
"""What a cosine is multiplied by before the softmax over the prototypes."""
SMOOTHING: Final = 0.05
PAIR_WEIGHT: Final = 0.5
PAIR_TEMPERATURE: Final = 0.1
LIKENESS_TEMPERATURE: Final = 0.07
DIRECTION_WEIGHT: Final = 2.0
TRANSLATION_RATE: Final = 1e-3
BATCHES_SORTED: Final = 16
"""So many batches are drawn together and sorted by length, so that little is padded."""

BFLOAT16: Final = ("avx512_bf16", "amx_bf16", "bf16")
"""What torch calls the processor's instructions for it, on x86 and on ARM."""

UNTOLD: Final = -1
"""The label of a text whose topic nobody has told."""

Progress = Callable[[int, int], None]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    How to fine-tune; the same recipe, questions and machine give the same weights.

    ``epochs`` None: ``fewest_epochs``, or more where there are few questions.
    """

    epochs: int | None = None
    fewest_epochs: int = EPOCHS
    learning_rate: float = LEARNING_RATE
    batch: int = BATCH
    seed: int = 7

    def rounds(self, questions: int) -> int:
        """Return how often each of so many questions is seen."""
        needed = math.ceil(FEWEST_STEPS / math.ceil(questions / self.batch))
        return self.epochs or max(self.fewest_epochs, needed)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a larger encoder makes of ``texts``: a row of ``vectors``, of length 1, for each."""

    texts: tuple[str, ...]
    vectors: NDArray[np.float32]


def fine_tune(
    model: Any,  # noqa: ANN401 -- the class is in an extra
    texts: Sequence[str],
    labels: Sequence[int],
    recipe: Recipe,
    progress: Progress | None = None,
    lesson: Lesson | None = None,
) -> None:
    """
    Train ``model``, a SentenceTransformer with mean pooling, in place.

    ``labels`` are numbers from 0 on without a gap, one for each text.  The token embeddings,
    half of all weights, stay as they are: a few thousand questions see few of the words.
    A ``lesson`` begins with ``texts``; what it has beyond them needs no label.

    Raises:
        InputError: there are fewer than two topics to tell apart.
    """
    import torch

    y = np.array(labels, dtype=np.int64)
    if len(texts) < 2 or len({*labels}) < 2:
        raise InputError("There is nothing to fine-tune on: give questions of at least two topics.")
    torch.manual_seed(recipe.seed)
    transformer = model[0].auto_model
    transformer.embeddings.requires_grad_(False)
    prototypes = torch.nn.Parameter(_centres(model, texts, y))
    trained = [weight for weight in transformer.parameters() if weight.requires_grad]
    groups = [
        {"params": trained, "lr": recipe.learning_rate, "weight_decay": 0.01},
        {"params": [prototypes], "lr": PROTOTYPE_RATE, "weight_decay": 0.0},
    ]
    alike = _Likeness.of(lesson, prototypes.shape[1]) if lesson else None
    if lesson and alike:
        texts, y = lesson.texts, np.append(y, np.full(len(lesson.texts) - len(y), UNTOLD))
        groups.append({"params": [alike.translation], "lr": TRANSLATION_RATE, "weight_decay": 0.0})
    optimiser = torch.optim.AdamW(groups)
    steps = recipe.rounds(len(texts)) * math.ceil(len(texts) / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, steps))
    model.train()
    for done, rows in enumerate(_batches(texts, recipe), 1):
        vectors = _embed(model, [texts[row] for row in rows])
        told = torch.from_numpy(y[rows])
        loss = _loss(vectors[told != UNTOLD], told[told != UNTOLD], prototypes)
        if alike:
            loss = loss + alike.loss(vectors, rows)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        if progress:
            progress(done, steps)
    model.eval()


def _batches(texts: Sequence[str], recipe: Recipe) -> Iterator[Numbers]:
    """Yield the rows of each step: shuffled, then sorted by length within large draws."""
    random = np.random.default_rng(recipe.seed)
    lengths = np.array([len(text) for text in texts])
    draw = recipe.batch * BATCHES_SORTED
    for _ in range(recipe.rounds(len(texts))):
        order = random.permutation(len(texts))
        batches: list[Numbers] = []
        for start in range(0, len(order), draw):
            drawn = order[start : start + draw]
            drawn = drawn[np.argsort(lengths[drawn], kind="stable")]
            batches += [drawn[at : at + recipe.batch] for at in range(0, len(drawn), recipe.batch)]
        for number in random.permutation(len(batches)):
            yield batches[number]


def _embed(model: Any, texts: list[str]) -> "torch.Tensor":  # noqa: ANN401
    """Return vectors of length 1."""
    import torch

    features = model.tokenizer(
        texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
    )
    with _fast_precision():
        features = model[1]({**features, **model[0](dict(features))})
    return torch.nn.functional.normalize(features["sentence_embedding"].float(), dim=1)


def encoded(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ANN401
    """Return a row of length 1 for each text, as near as training needs it."""
    with _fast_precision():
        rows = model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
    return np.asarray(rows, dtype=np.float32)


def _fast_precision() -> "torch.autocast":
    """
    Compute in bfloat16 where the processor has it, and in float32 elsewhere.

    Where bfloat16 is emulated it takes more than five times as long as float32.
    """
    import torch

    known = torch.cpu.get_capabilities()
    has_it = any(known.get(name) for name in BFLOAT16)
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_it)


def _centres(model: Any, texts: Sequence[str], y: Numbers) -> "torch.Tensor":  # noqa: ANN401
    """Return the mean vector of each topic's questions, to start the prototypes from."""
    import torch

    rows = encoded(model, texts)
    centres = np.zeros((int(y.max()) + 1, rows.shape[1]), dtype=np.float32)
    np.add.at(centres, y, rows)
    return torch.nn.functional.normalize(torch.from_numpy(centres), dim=1)


def _loss(
    vectors: "torch.Tensor", labels: "torch.Tensor", prototypes: "torch.Tensor"
) -> "torch.Tensor":
    import torch

    if not len(labels):
        return prototypes.sum() * 0.0
    directions = torch.nn.functional.normalize(prototypes, dim=1)
    to_topics = torch.nn.functional.cross_entropy(
        SCALE * vectors @ directions.T, labels, label_smoothing=SMOOTHING
    )
    return to_topics + PAIR_WEIGHT * _pair_loss(vectors, labels)


def _pair_loss(vectors: "torch.Tensor", labels: "torch.Tensor") -> "torch.Tensor":
    """Pull questions of the same topic together; zero where a batch has no pair."""
    import torch

    itself = torch.eye(len(labels), dtype=torch.bool)
    same = (labels[:, None] == labels[None, :]) & ~itself
    scores = (vectors @ vectors.T / PAIR_TEMPERATURE).masked_fill(itself, -1e9)
    likely = scores - scores.logsumexp(dim=1, keepdim=True)
    mates = same.sum(dim=1)
    paired = mates > 0
    if not paired.any():
        return vectors.sum() * 0.0
    mean: torch.Tensor = -((likely * same).sum(dim=1)[paired] / mates[paired]).mean()
    return mean


@dataclass(frozen=True, slots=True)
class _Likeness:
    """
    How far a batch is from what the teacher makes of it.

    Both which texts are alike (the similarities in the batch as probabilities) and, by a
    ``translation`` that is learnt on the way, where a text lies.
    """

    taught: "torch.Tensor"
    translation: "torch.nn.Parameter"

    @classmethod
    def of(cls, lesson: Lesson, dimension: int) -> "_Likeness":
        import torch

        taught = torch.from_numpy(lesson.vectors)
        if taught.shape[1] == dimension:  # most likely a shortened teacher, so that it fits as is
            return cls(taught, torch.nn.Parameter(torch.eye(dimension)))
        start = torch.nn.Linear(dimension, taught.shape[1], bias=False).weight
        return cls(taught, torch.nn.Parameter(start.detach()))

    def loss(self, vectors: "torch.Tensor", rows: Numbers) -> "torch.Tensor":
        import torch

        taught = self.taught[torch.from_numpy(rows)]
        moved = torch.nn.functional.normalize(vectors @ self.translation.T, dim=1)
        apart = 1 - (moved * taught).sum(dim=1).mean()
        found = torch.nn.functional.log_softmax(_alike(vectors), dim=1)
        wanted = torch.nn.functional.softmax(_alike(taught), dim=1)
        differing = torch.nn.functional.kl_div(found, wanted, reduction="batchmean")
        total: torch.Tensor = differing + DIRECTION_WEIGHT * apart
        return total


def _alike(vectors: "torch.Tensor") -> "torch.Tensor":
    """Return how alike the texts of a batch are; a text is not compared with itself."""
    import torch

    itself = torch.eye(len(vectors), dtype=torch.bool)
    return (vectors @ vectors.T / LIKENESS_TEMPERATURE).masked_fill(itself, -1e4)


def _pace(step: int, steps: int) -> float:
    """Rise over the first tenth of the steps, then fall to nothing."""
    return min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, (steps - step) / steps)

"""
Encoders and heads compared, ours among them; nothing is chosen on test questions.

    .venv/bin/python -m tests.benchmarks.public_sets --own --few --full --clinc \\
        [--teacher FOLDER] [--unlabelled] [--json OUT]

Our own knowledge, where the reserved questions test what the others teach.

BANKING77 (Casanueva et al. 2020, CC BY 4.0) with ten questions an intent (three draws) and with
all of them; CLINC150 (Larson et al. 2019, CC BY 3.0) with out-of-scope questions, the threshold
being chosen on the validation part: the highest that gives up one right answer in two hundred.
The data lie in ../shared/data.  Fine-tuning is that of `supportbot train`, here of MiniLM, which
takes minutes; the head is that of the matcher.  Every encoder but a teacher is quantised, MiniLM
without smoothing.  Needs the extra `train`; all four take about 50 minutes on two cores, and hours
with a teacher: a larger model, which is compared as it is, as it teaches MiniLM, and as it teaches
what remains of it without some of its layers, as the encoder that ships was taught (`--few` alone
takes an hour then, as it teaches untuned).  With `--unlabelled`, too, MiniLM also learns from all
of BANKING77's training questions, with their labels hidden: the teacher guesses them.  That is
more than ten questions each, but no label more.
"""

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.evaluation.candidates import SAMPLE
from supportbot.settings import read_settings
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import (
    MAX_TOKENS,
    Encoder,
    OnnxEncoder,
    SentenceTransformersEncoder,
    load_sentence_transformer,
)
from supportbot.understanding.encoder_build import Tuned, build_encoder
from supportbot.understanding.fine_tuning import Lesson, Recipe, encoded, fine_tune
from supportbot.understanding.head import NEIGHBOUR_WEIGHT, similarities, softmax
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.neighbours import Neighbours
from supportbot.understanding.reserve import is_reserved
from supportbot.understanding.shortening import shorten
from supportbot.understanding.teaching import PRACTICE_SEED, PUPILS, Teacher, practice
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import fit_head, head_scores, letter_scores, sample_of
from supportbot.understanding.weights import Origin, minilm
from supportbot.wiring import open_library, topics_of

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
SHOTS: Final = 10
SEEDS: Final = (0, 1, 2)
PUPIL: Final = replace(PUPILS, learning_rate=8e-5)
"""MiniLM, which is smaller than what else is taught, learns faster."""
GIVEN_UP: Final = 0.005
"""So many of CLINC150's validation questions in scope may be refused although they were right."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Questions:
    """Texts and the numbers of their labels; -1 is out of scope."""

    texts: tuple[str, ...]
    y: Numbers


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; shares are in per cent."""

    data: str
    seed: int
    encoder: str
    head: str
    figures: dict[str, float]


Head = Callable[[Questions, NDArray[np.float32], Sequence[str], NDArray[np.float32]], Floats]


def nearest(
    taught: Questions, known: NDArray[np.float32], _: Sequence[str], asked: NDArray[np.float32]
) -> Floats:
    """Score a label by its most similar question."""
    order = np.argsort(taught.y, kind="stable")
    first = np.flatnonzero(np.diff(taught.y[order], prepend=-1))
    scores: Floats = np.maximum.reduceat(asked @ known[order].T, first, axis=1).astype(np.float64)
    return scores


def linear(
    taught: Questions, known: NDArray[np.float32], _: Sequence[str], asked: NDArray[np.float32]
) -> Floats:
    """Score by a logistic regression over the vectors alone."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=30, max_iter=200).fit(known, taught.y)
    scores: Floats = fitted.decision_function(asked)
    return scores


def ours(
    taught: Questions, known: NDArray[np.float32], texts: Sequence[str], asked: NDArray[np.float32]
) -> Floats:
    """Score as the matcher does: vector, words and nearest question together."""
    order = np.argsort(taught.y, kind="stable")
    known, y = known[order], taught.y[order]
    kept = tuple(taught.texts[row] for row in order)
    topics = [Topic(str(label), str(label), "") for label in range(int(y.max()) + 1)]
    seen = np.ones(len(y), dtype=bool)
    lexicon = Lexicon.of(kept)
    weights, bias = fit_head(sample_of(topics, kept, known, y, seen), np.arange(len(y)), lexicon)
    new = sample_of(topics, tuple(texts), asked, np.zeros(len(texts), dtype=np.int64), seen)
    scores = head_scores(new, np.arange(len(texts)), lexicon, weights) + bias
    scores = scores + letter_scores(
        sample_of(topics, (*kept, *texts), known, np.append(y, new.y), seen),
        np.arange(len(y)),
        np.arange(len(y), len(y) + len(texts)),
    )
    near = similarities(Neighbours.of(known, y), asked, scores)
    return scores + NEIGHBOUR_WEIGHT * near


def svm(
    taught: Questions, _: NDArray[np.float32], texts: Sequence[str], __: NDArray[np.float32]
) -> Floats:
    """Score by TF-IDF of words and letters and a linear SVM; no encoder."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    letters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5))
    machine = make_pipeline(make_union(words, letters), LinearSVC(C=1.0))
    scores: Floats = machine.fit(taught.texts, taught.y).decision_function(list(texts))
    return scores


HEADS: Final[dict[str, Head]] = {"nearest question": nearest, "linear": linear, "ours": ours}


def tuned(taught: Questions, seed: int, teacher: Teacher | None = None) -> Encoder:
    """Fine-tune MiniLM as `supportbot train` does, on everything that is taught."""
    told = None
    if teacher:
        told = teacher.lesson(teacher.prepared(taught.texts, taught.y.tolist()), taught.texts)
    return trained(taught, replace(PUPIL if teacher else Recipe(), seed=seed), told)


def shortened(taught: Questions, seed: int, teacher: Teacher) -> Encoder:
    """Make of ``teacher`` what `supportbot train --teacher` does, as the encoder that ships."""
    start = time.perf_counter()
    model = teacher.prepared(taught.texts, taught.y.tolist())
    told = teacher.lesson(model, taught.texts)
    some = taught.texts[:: max(1, len(taught.texts) // SAMPLE)]
    shorten(model, teacher.layers, some)
    fine_tune(model, taught.texts, taught.y.tolist(), replace(PUPILS, seed=seed), lesson=told)
    print(f"  shortened and taught in {time.perf_counter() - start:.0f} s", flush=True)
    return quantised(model, seed, teacher.origin(), some)


def trained(taught: Questions, recipe: Recipe, lesson: Lesson | None) -> Encoder:
    """Fine-tune MiniLM and quantise it."""
    start = time.perf_counter()
    origin = minilm()
    model = load_sentence_transformer(origin.folder)
    fine_tune(model, taught.texts, taught.y.tolist(), recipe, lesson=lesson)
    print(f"  fine-tuned on {len(taught.texts)} in {time.perf_counter() - start:.0f} s", flush=True)
    return quantised(model, recipe.seed, origin)


def quantised(model: Any, seed: int, origin: Origin, some: Sequence[str] = ()) -> Encoder:
    """Quantise a model; with ``some`` texts after smoothing."""
    with tempfile.TemporaryDirectory() as folder:
        model.save(str(Path(folder) / "full"))
        made = Tuned(Path(folder) / "full", {"seed": seed}, origin, some)
        build_encoder(Path(folder) / "int8", made)
        return OnnxEncoder.open(Path(folder) / "int8")


def taught_further(taught: Questions, others: Sequence[str], seed: int, folder: Path) -> Encoder:
    """Fine-tune MiniLM on ``others``, too; what they are about, the model in ``folder`` guesses."""
    more = practice(taught.texts, PRACTICE_SEED)
    known, asked = seen_by(folder, taught.texts), seen_by(folder, tuple(others))
    guessed = linear(taught, known, others, asked).argmax(axis=1)
    lesson = Lesson(
        (*taught.texts, *others, *more), np.vstack([known, asked, seen_by(folder, more)])
    )
    both = Questions((*taught.texts, *others), np.append(taught.y, guessed))
    return trained(both, replace(PUPIL, seed=seed), lesson)


@cache
def seen_by(folder: Path, texts: tuple[str, ...]) -> NDArray[np.float32]:
    """Return the vectors of the model in ``folder``, which is large: once for all draws."""
    model = load_sentence_transformer(str(folder))
    model.max_seq_length = MAX_TOKENS
    return encoded(model, texts)


def plain() -> Encoder:
    """MiniLM as it is, quantised."""
    with tempfile.TemporaryDirectory() as folder:
        build_encoder(Path(folder) / "int8")
        return OnnxEncoder.open(Path(folder) / "int8")


def banking(part: str) -> Questions:
    """Read BANKING77's ``train`` or ``test``."""
    names = json.loads((DATA / "banking77" / "categories.json").read_text())
    with (DATA / "banking77" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    y = np.array([names.index(row["category"]) for row in rows], dtype=np.int64)
    return Questions(tuple(" ".join(row["text"].split()) for row in rows), y)


def drawn(questions: Questions, seed: int) -> Questions:
    """Draw ``SHOTS`` questions of each label."""
    random = np.random.default_rng(seed)
    labels = range(int(questions.y.max()) + 1)
    rows = [random.permutation(np.flatnonzero(questions.y == label))[:SHOTS] for label in labels]
    picked = np.concatenate(rows)
    return Questions(tuple(questions.texts[row] for row in picked), questions.y[picked])


def own(reserved: bool) -> Questions:
    """Read the questions of our own knowledge: the reserved seventh, or the others."""
    topics = topics_of(open_library(read_settings({}, None)))
    texts = [(q, n) for n, topic in enumerate(topics) for q in topic.asked_as]
    chosen = [(text, n) for text, n in texts if is_reserved(text) is reserved]
    return Questions(tuple(text for text, _ in chosen), np.array([n for _, n in chosen]))


def clinc(part: str, names: Sequence[str]) -> Questions:
    """Read a part of CLINC150; out-of-scope questions have the label -1."""
    found = json.loads((DATA / "clinc150" / "data_full.json").read_text())[part]
    y = [names.index(label) if label in names else -1 for _, label in found]
    return Questions(tuple(text for text, _ in found), np.array(y, dtype=np.int64))


def encoders(
    taught: Questions, seed: int, teacher: Teacher | None, others: Sequence[str] = ()
) -> Iterator[tuple[str, Encoder]]:
    """Yield the encoders to compare, and what to call them; ``others`` have no label."""
    yield "plain", plain()
    yield "the one that ships", OnnxEncoder.open(SHIPPED_ENCODER)
    yield "fine-tuned", tuned(taught, seed)
    if teacher:
        yield teacher.folder.name, SentenceTransformersEncoder(str(teacher.folder))
        yield f"taught by {teacher.folder.name}", tuned(taught, seed, teacher)
        yield f"what remains of {teacher.folder.name}", shortened(taught, seed, teacher)
        if others:
            further = taught_further(taught, others, seed, teacher.folder)
            yield f"taught by {teacher.folder.name}, + unlabelled", further


def accuracy(
    data: str,
    seed: int,
    taught: Questions,
    test: Questions,
    teacher: Teacher | None = None,
    others: Sequence[str] = (),
) -> Iterator[Row]:
    """Compare encoders and heads where nothing is refused."""
    scored: dict[str, Floats] = {}
    for name, encoder in encoders(taught, seed, teacher, others):
        known, asked = encoder.encode(taught.texts), encoder.encode(test.texts)
        for head, score in HEADS.items():
            scores = score(taught, known, test.texts, asked)
            scored[f"{name} {head}"] = scores
            yield Row(data, seed, name, head, {"right": share(scores, test.y)})
    none = np.empty((0, 0), dtype=np.float32)
    scored["svm"] = svm(taught, none, test.texts, none)
    yield Row(data, seed, "none", "TF-IDF + SVM", {"right": share(scored["svm"], test.y)})
    both = softmax(scored["plain ours"]) + softmax(scored["fine-tuned ours"])
    yield Row(data, seed, "plain and fine-tuned", "ours, blended", {"right": share(both, test.y)})
    three = scored["fine-tuned ours"] + scored["svm"]
    yield Row(data, seed, "fine-tuned", "ours + SVM", {"right": share(three, test.y)})


def refusing(teacher: Teacher | None = None) -> Iterator[Row]:
    """Compare on CLINC150, with a threshold that is chosen on its validation part."""
    raw = json.loads((DATA / "clinc150" / "data_full.json").read_text())
    names = sorted({label for _, label in raw["train"]})
    inside, far = clinc("train", names), clinc("oos_train", names)
    outside = len(names)
    y = np.append(inside.y, np.full(len(far.y), outside))
    taught = Questions((*inside.texts, *far.texts), y)
    parts = [_joined(clinc(part, names), clinc(f"oos_{part}", names)) for part in ("val", "test")]
    for name, encoder in encoders(taught, 0, teacher):
        known = encoder.encode(taught.texts)
        vectors = [encoder.encode(part.texts) for part in parts]
        for head, score in HEADS.items():
            held = [
                score(taught, known, part.texts, rows)
                for part, rows in zip(parts, vectors, strict=True)
            ]
            yield Row("CLINC150", 0, name, head, _refused(held, parts, outside))


def _joined(one: Questions, other: Questions) -> Questions:
    return Questions((*one.texts, *other.texts), np.append(one.y, other.y))


def _refused(
    scores: Sequence[Floats], parts: Sequence[Questions], outside: int
) -> dict[str, float]:
    """Choose the threshold on the first part, report on the second."""
    judged = [_inside(each, outside) for each in scores]
    best, margin = judged[0]
    threshold = float(np.quantile(margin[best == parts[0].y], GIVEN_UP))
    right = _right(judged[1], parts[1], threshold)
    return {
        "in scope": round(100 * float(np.mean(right[parts[1].y >= 0])), 2),
        "refused": round(100 * float(np.mean(right[parts[1].y < 0])), 2),
        "in scope, nothing refused": round(
            100 * float(np.mean((judged[1][0] == parts[1].y)[parts[1].y >= 0])), 2
        ),
    }


def _inside(scores: Floats, outside: int) -> tuple[Numbers, Floats]:
    """Return the best label in scope and how much likelier it is than being out of scope."""
    likely = softmax(scores)
    best = likely[:, :outside].argmax(axis=1)
    return best, likely[np.arange(len(best)), best] - likely[:, outside]


def _right(judged: tuple[Numbers, Floats], part: Questions, threshold: float) -> NDArray[np.bool_]:
    said = np.where(judged[1] >= threshold, judged[0], -1)
    right: NDArray[np.bool_] = said == part.y
    return right


def share(scores: Floats, y: Numbers) -> float:
    """Return how many are right, in per cent."""
    return round(100 * float(np.mean(scores.argmax(axis=1) == y)), 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("own", "few", "full", "clinc"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--teacher", type=Path, metavar="FOLDER")
    parser.add_argument("--unlabelled", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    teacher = Teacher(given.teacher) if given.teacher else None
    rows: list[Row] = []
    if given.own:
        rows += accuracy("our knowledge", 0, own(reserved=False), own(reserved=True), teacher)
    if given.few:
        # Ten questions each teach a large encoder too little to be worth the time.
        as_it_is = replace(teacher, recipe=None) if teacher else None
        everything, test = banking("train"), banking("test")
        others = everything.texts if given.unlabelled else ()
        for seed in SEEDS:
            taught = drawn(everything, seed)
            rows += accuracy(f"BANKING77, {SHOTS} each", seed, taught, test, as_it_is, others)
    if given.full:
        rows += accuracy("BANKING77", 0, banking("train"), banking("test"), teacher)
    if given.clinc:
        rows += refusing(teacher)
    report(rows)
    if given.json:
        given.json.write_text(json.dumps([as_json(row) for row in rows], indent=1) + "\n")


def report(rows: Sequence[Row]) -> None:
    """Print a line for each data set, encoder and head; seeds as mean and spread."""
    grouped: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    for row in rows:
        grouped.setdefault((row.data, row.encoder, row.head), []).append(row.figures)
    for (data, encoder, head), found in grouped.items():
        told = "  ".join(f"{name} {_spread([each[name] for each in found])}" for name in found[0])
        print(f"{data:20} {encoder:28} {head:18} {told}")


def _spread(values: Sequence[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.2f}"
    return f"{statistics.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def as_json(row: Row) -> dict[str, Any]:
    """Return ``row`` for a JSON file."""
    return {
        "data": row.data,
        "seed": row.seed,
        "encoder": row.encoder,
        "head": row.head,
        **row.figures,
    }


if __name__ == "__main__":
    main()

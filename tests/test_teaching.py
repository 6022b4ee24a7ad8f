"""A larger encoder that teaches what is left of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from supportbot.errors import EncoderUnavailable
from supportbot.evaluation.candidates import make
from supportbot.knowledge.library import Library
from supportbot.understanding.encoder import load_sentence_transformer
from supportbot.understanding.fine_tuning import Lesson, Recipe, encoded, fine_tune
from supportbot.understanding.shortening import shorten
from supportbot.understanding.smoothing import smooth
from supportbot.understanding.teaching import Teacher, practice
from supportbot.understanding.weights import MINILM, PINNED, pinned_weights
from supportbot.wiring import topics_of
from tests.small_knowledge import small_knowledge

pytest.importorskip("sentence_transformers", reason="the extra `train` is not installed")

TEXTS = (
    *("do credits expire", "how long are credits good", "when do my credits run out"),
    *("which cards do you take", "can I pay by visa", "is my mastercard accepted"),
)
LABELS = (0, 0, 0, 1, 1, 1)
UNTOLD = ("credits that nobody used for a year", "a card of another bank", "the old credits")


def test_the_pupil_finds_alike_what_the_teacher_finds_alike_even_without_a_label() -> None:
    read = (*TEXTS, *UNTOLD)
    random = np.random.default_rng(1)
    # A teacher with an odd opinion, which the labels do not give away: the first two are one.
    told = random.normal(size=(len(read), 8)).astype(np.float32)
    told[len(TEXTS) + 1] = told[len(TEXTS)]
    told /= np.linalg.norm(told, axis=1, keepdims=True)

    alone, taught = (near_each_other(lesson) for lesson in (None, Lesson(read, told)))

    assert taught > alone + 0.2


def near_each_other(lesson: Lesson | None) -> float:
    """The cosine of the first two texts without a label, after fine-tuning."""
    model = load_sentence_transformer(str(pinned_weights()))
    fine_tune(model, TEXTS, LABELS, Recipe(epochs=15, batch=16), lesson=lesson)
    one, other = encoded(model, UNTOLD[:2])
    return float(one @ other)


def test_practice_is_made_of_the_questions_alone_and_is_the_same_every_time() -> None:
    made = practice(TEXTS * 5, 7)

    assert made == practice(TEXTS * 5, 7)
    assert made != practice(TEXTS * 5, 8)
    words = {word for text in TEXTS for word in text.split()}
    assert {word.rstrip(".") for text in made for word in text.split()} <= words
    assert any(". " in text for text in made)  # some were run together
    assert all(len(text.split()) > 2 for text in made)


def test_what_is_left_of_the_teacher_is_built_and_the_manifest_says_how(tmp_path: Path) -> None:
    library = Library(small_knowledge(tmp_path / "knowledge"))
    said: list[str] = []

    make(
        topics_of(library),
        tmp_path / "encoder",
        Recipe(epochs=1),
        say=said.append,
        teacher=Teacher(pinned_weights(), ("where is my parcel", "sing me a song"), Recipe(1), 5),
    )

    manifest = json.loads((tmp_path / "encoder" / "encoder.json").read_text())
    assert manifest["source"] == {"model": MINILM, "sha256": PINNED}
    assert len(manifest["fine_tuned"]["layers"]) == 5
    assert manifest["fine_tuned"]["texts_without_label"] > 2
    assert any("5 of its layers learn" in each for each in said)


def test_a_folder_that_is_no_model_cannot_teach(tmp_path: Path) -> None:
    library = Library(small_knowledge(tmp_path / "knowledge"))
    (tmp_path / "nothing").mkdir()

    with pytest.raises(EncoderUnavailable, match=r"cannot teach, as it has no model\.safetensors"):
        make(
            topics_of(library),
            tmp_path / "encoder",
            Recipe(epochs=1),
            teacher=Teacher(tmp_path / "nothing"),
        )

    assert not (tmp_path / "encoder").exists()


def test_a_teacher_without_a_recipe_teaches_as_it_is() -> None:
    teacher = Teacher(pinned_weights(), UNTOLD, recipe=None)
    lesson = teacher.lesson(teacher.prepared(TEXTS, LABELS), TEXTS)

    model = load_sentence_transformer(str(pinned_weights()))
    assert np.allclose(lesson.vectors, encoded(model, lesson.texts), atol=0.01)
    assert lesson.texts[: len(TEXTS)] == TEXTS
    assert lesson.texts[-len(UNTOLD) :] == UNTOLD


def test_the_layers_that_are_missed_least_are_left_out() -> None:
    model = load_sentence_transformer(str(pinned_weights()))
    whole = encoded(model, TEXTS)
    idle = model[0].auto_model.encoder.layer[3]
    for part in (idle.attention.output, idle.output):  # what this one adds is nothing
        part.dense.weight.data.zero_()
        part.dense.bias.data.zero_()

    assert shorten(model, 5, TEXTS) == (0, 1, 2, 4, 5)
    assert encoded(model, TEXTS).shape == whole.shape
    assert model[0].auto_model.config.num_hidden_layers == 5


def test_a_model_with_fewer_layers_than_wanted_keeps_all() -> None:
    model = load_sentence_transformer(str(pinned_weights()))
    before = encoded(model, TEXTS)

    assert shorten(model, 8, TEXTS) == (0, 1, 2, 3, 4, 5)
    assert np.array_equal(encoded(model, TEXTS), before)


def test_a_model_that_is_built_otherwise_is_not_shortened() -> None:
    model = load_sentence_transformer(str(pinned_weights()))
    model[0].auto_model.encoder = model[0].auto_model.encoder.layer[0]

    with pytest.raises(EncoderUnavailable, match="BertModel cannot be shortened"):
        shorten(model, 5, TEXTS)


def test_smoothing_changes_nothing_but_how_large_the_activations_are() -> None:
    model = load_sentence_transformer(str(pinned_weights()))
    before = model.encode(list(TEXTS), normalize_embeddings=True)
    spread = model[0].auto_model.encoder.layer[2].output.dense.weight.abs().amax(dim=0).std()

    smooth(model, TEXTS)

    assert np.allclose(model.encode(list(TEXTS), normalize_embeddings=True), before, atol=1e-5)
    weights = model[0].auto_model.encoder.layer[2].output.dense.linear.weight
    assert weights.abs().amax(dim=0).std() > 2 * spread

"""Fine-tuning the encoder: what it does to the vectors, and how it is judged."""

from pathlib import Path

import numpy as np
import pytest

from supportbot.errors import InputError
from supportbot.evaluation.candidates import JUDGED_ONE_IN, Judged, judge, make, passes
from supportbot.evaluation.scoring import Share
from supportbot.knowledge.library import Library
from supportbot.understanding.encoder import (
    Encoder,
    OnnxEncoder,
    SentenceTransformersEncoder,
    load_sentence_transformer,
)
from supportbot.understanding.fine_tuning import Recipe, encoded, fine_tune
from supportbot.understanding.reserve import ONE_IN, is_reserved
from supportbot.understanding.weights import pinned_weights
from supportbot.wiring import topics_of
from tests.small_knowledge import small_knowledge

pytest.importorskip("sentence_transformers", reason="the extra `train` is not installed")

RECIPE = Recipe(epochs=2, batch=16)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(small_knowledge(tmp_path_factory.mktemp("tuning") / "knowledge"))


@pytest.fixture(scope="module")
def tuned(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """MiniLM, fine-tuned on eight small articles, and quantised."""
    steps: list[tuple[int, int]] = []
    folder = tmp_path_factory.mktemp("tuned") / "encoder"
    make(topics_of(library), folder, RECIPE, lambda done, of: steps.append((done, of)))
    assert steps[-1][0] == steps[-1][1]
    return OnnxEncoder.open(folder)


def gap(encoder: Encoder, library: Library) -> float:
    """How much nearer a reserved question is to its own topic than to the others."""
    topics = [topic for topic in topics_of(library) if len(topic.asked_as) > 3]
    rows = [encoder.encode([q for q in topic.asked_as if not is_reserved(q)]) for topic in topics]
    centres = np.stack([each.mean(axis=0) for each in rows])
    gaps = []
    for number, topic in enumerate(topics):
        for vector in encoder.encode([q for q in topic.asked_as if is_reserved(q)]):
            near = centres @ vector
            gaps.append(near[number] - np.delete(near, number).max())
    return float(np.mean(gaps))


def test_questions_that_were_kept_back_come_nearer_to_their_own_topic(
    tuned: Encoder, library: Library
) -> None:
    plain = SentenceTransformersEncoder(str(pinned_weights()))

    assert gap(tuned, library) > gap(plain, library)


def test_the_encoder_says_which_questions_it_has_not_seen(tuned: Encoder) -> None:
    assert tuned.reserved_one_in == ONE_IN
    assert tuned.name.startswith("all-MiniLM-L6-v2-billing@")


def test_an_encoder_is_judged_on_questions_that_nobody_was_taught(
    tuned: Encoder, library: Library
) -> None:
    kept_back = [
        question
        for topic in topics_of(library)
        for question in topic.asked_as
        if is_reserved(question, JUDGED_ONE_IN)
    ]

    assert judge(topics_of(library), tuned).questions == len(kept_back)


@pytest.mark.parametrize(
    ("right", "wrong", "adopted"), [(90, 2, True), (91, 2, True), (91, 3, False), (89, 0, False)]
)
def test_a_candidate_passes_if_it_is_no_worse_in_anything(
    right: int, wrong: int, adopted: bool
) -> None:
    assert passes(judged(right, wrong), judged(90, 2)) == adopted


def judged(right: int, wrong: int) -> Judged:
    shares = (Share("accuracy, lenient", right, 100), Share("wrong answers", wrong, 100, "low"))
    return Judged("an encoder", 100, shares)


@pytest.mark.parametrize(("processor", "exact"), [({}, True), ({"avx512_bf16": True}, False)])
def test_numbers_are_shortened_only_where_the_processor_is_fast_at_it(
    processor: dict[str, bool], exact: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_sentence_transformer(str(pinned_weights()))
    questions = ["where is my invoice", "why was my card declined"]
    full = model.encode(questions, normalize_embeddings=True)

    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: processor)

    assert np.allclose(encoded(model, questions), full, atol=1e-5) == exact


def test_a_single_topic_leaves_nothing_to_tell_apart() -> None:
    with pytest.raises(InputError, match="at least two topics"):
        fine_tune(None, ["one", "two"], [0, 0], RECIPE)


def test_few_questions_are_seen_more_often() -> None:
    assert Recipe().rounds(770) == 12
    assert Recipe().rounds(12_000) == 4
    assert Recipe(epochs=2).rounds(770) == 2


def test_the_folder_of_a_failed_attempt_is_not_there(library: Library, tmp_path: Path) -> None:
    nothing = [topic for topic in topics_of(library) if topic.slug == "invoices"]

    with pytest.raises(InputError):
        make(nothing, tmp_path / "encoder", RECIPE)

    assert list(tmp_path.iterdir()) == []

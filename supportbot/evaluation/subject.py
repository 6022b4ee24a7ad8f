"""The matcher in use, opened for evaluation, and the two ways of evaluating it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from supportbot.errors import EncoderUnavailable
from supportbot.evaluation.cases import read_cases
from supportbot.evaluation.crossvalidation import SEED, cross_validate
from supportbot.evaluation.examples import (
    KnownExamples,
    Miss,
    NoExamples,
    misses,
    read_vectors,
    write_vectors,
)
from supportbot.evaluation.hearing import Ears, Heard, Progress, listen
from supportbot.evaluation.report import About, Report, report_of
from supportbot.knowledge.library import Library
from supportbot.settings import Settings, cache_dir
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.foreign import Translator
from supportbot.understanding.model import Model
from supportbot.understanding.topics import Topic
from supportbot.wiring import (
    model_name,
    open_encoder,
    open_library,
    open_model,
    open_translator,
    topics_of,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The knowledge, the encoders and what was learnt with them."""

    library: Library
    encoder: Encoder | None
    model: Model
    translator: Translator
    cache: Path

    @property
    def name(self) -> str:
        """Names what was learnt: the same questions and encoder, the same name."""
        return model_name(self.library, self.encoder).removesuffix(".npz")


def open_subject(settings: Settings, progress: Progress | None = None) -> Subject:
    """Open the matcher in use; ``progress`` is told how far the learning of new knowledge is."""
    library = open_library(settings)
    encoder = open_encoder(settings)
    model = open_model(settings, library, encoder, progress)
    translator = open_translator(settings, library)
    return Subject(library, encoder, model, translator, cache_dir(settings))


def evaluate(subject: Subject, text: str, source: str, progress: Progress | None = None) -> Report:
    """
    Evaluate on labelled questions, the ``text`` of a file that messages call ``source``.

    Raises:
        InputError: a line cannot be used.
    """
    topics = topics_of(subject.library)
    heard = hear(subject, text, source, progress)
    encoder = subject.encoder.name if subject.encoder else None
    about = About(source, subject.name, encoder, (subject.model.thresholds,))
    return report_of(about, heard, _misses(subject, topics, heard))


def hear(
    subject: Subject, text: str, source: str, progress: Progress | None = None
) -> tuple[Heard, ...]:
    """
    Return what is made of labelled questions, the ``text`` of a file called ``source``.

    Raises:
        InputError: a line cannot be used.
    """
    known = {topic.intent for topic in topics_of(subject.library)}
    cases = read_cases(text, source, known)
    ears = Ears.of(subject.model, subject.encoder, subject.translator)
    return listen(cases, ears, subject.library, progress)


def _misses(subject: Subject, topics: Sequence[Topic], heard: Sequence[Heard]) -> tuple[Miss, ...]:
    if subject.encoder is None:
        return misses(heard, NoExamples())
    path = subject.cache / "evaluation" / f"{subject.name}.npz"
    kept = read_vectors(path)
    known = KnownExamples(topics, subject.encoder, subject.model.lexicon, kept)
    found = misses(heard, known)
    if len(known.vectors) > len(kept):
        write_vectors(path, known.vectors)
    return found


def evaluate_knowledge(settings: Settings, folds: int, progress: Progress | None = None) -> Report:
    """
    Cross-validate the knowledge base on its own questions.

    Raises:
        EncoderUnavailable: without an encoder there is nothing to learn.
    """
    library, encoder = open_library(settings), open_encoder(settings)
    if encoder is None:
        raise EncoderUnavailable(
            "There is no encoder to cross-validate with; `supportbot doctor` says why."
        )
    found = cross_validate(topics_of(library), encoder, folds, progress)
    about = About(
        f"Cross-validation of the knowledge base, {folds} folds, seed {SEED}",
        model_name(library, encoder).removesuffix(".npz"),
        encoder.name,
        tuple(fold.thresholds for fold in found),
    )
    heard = tuple(each for fold in found for each in fold.heard)
    return report_of(about, heard, tuple(miss for fold in found for miss in fold.missed))

"""
A fine-tuned encoder as a candidate: made, then judged by the same evaluation as the one in use.

Both are asked the same questions of the knowledge base, which neither the encoders nor the
matchers trained on them have seen.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from supportbot.conversation import Context
from supportbot.evaluation.cases import Case
from supportbot.evaluation.hearing import Ears, Heard
from supportbot.evaluation.scoring import Share, shares
from supportbot.understanding.encoder import (
    MAX_TOKENS,
    Encoder,
    load_sentence_transformer,
)
from supportbot.understanding.encoder_build import BuildReport, Tuned, build_encoder
from supportbot.understanding.fine_tuning import Progress, Recipe, fine_tune
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.reserve import ONE_IN, is_reserved
from supportbot.understanding.shortening import shorten
from supportbot.understanding.teaching import Teacher
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import train
from supportbot.understanding.weights import minilm

JUDGED_ONE_IN: Final = 2 * ONE_IN
"""Half of the reserved questions judge; the other half are for the thresholds."""
SAMPLE: Final = 300
"""So many questions tell which layers are missed least, and how to quantise."""
ACCURACY: Final = "accuracy, lenient"
WRONG: Final = "wrong answers"


@dataclass(frozen=True, slots=True)
class Judged:
    """What an encoder gives, over ``questions`` questions."""

    encoder: str
    questions: int
    shares: tuple[Share, ...]

    def share(self, name: str) -> float:
        """Return one of the shares by its name."""
        return next(each.share for each in self.shares if each.name == name)


def make(
    topics: Sequence[Topic],
    target: Path,
    recipe: Recipe,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    teacher: Teacher | None = None,
) -> BuildReport:
    """
    Fine-tune MiniLM on the questions of ``topics`` and write the quantised encoder to ``target``.

    A ``teacher`` learns the same questions first; then a part of it is used instead of MiniLM,
    which the whole has taught.

    Raises:
        ConfigError: the extra ``train`` is missing, or the result strays when it is quantised.
        EncoderUnavailable: the teacher cannot be loaded, or not be shortened.
        InputError: there are too few questions.
    """
    taught = [
        (tidy(question), number)
        for number, topic in enumerate(t for t in topics if t.asked_as)
        for question in topic.asked_as
        if not is_reserved(tidy(question))
    ]
    lexicon = Lexicon.of([text for text, _ in taught])
    numbers = {number: new for new, number in enumerate(dict.fromkeys(n for _, n in taught))}
    texts = [lexicon.mend(text) for text, _ in taught]
    labels = [numbers[number] for _, number in taught]
    how: dict[str, object] = {"questions": len(taught), "reserved_one_in": ONE_IN}
    some = texts[:: max(1, len(texts) // SAMPLE)]
    told = None
    if teacher:
        origin = teacher.origin()
        say(f"{teacher.folder.name} learns first, to teach")
        model = teacher.prepared(texts, labels, progress)
        told = teacher.lesson(model, texts)
        layers = shorten(model, teacher.layers, some)
        say(f"It has taught; {len(layers)} of its layers learn")
        how |= {"layers": layers, "texts_without_label": len(told.texts) - len(texts)}
    else:
        origin = minilm()
        model = load_sentence_transformer(origin.folder)
        model.max_seq_length = MAX_TOKENS
    fine_tune(model, texts, labels, recipe, progress, told)
    how |= {
        "epochs": recipe.rounds(len(told.texts if told else texts)),
        "learning_rate": recipe.learning_rate,
        "batch": recipe.batch,
        "seed": recipe.seed,
    }
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder)
        return build_encoder(target, Tuned(Path(folder), how, origin, some), say)


def judge(topics: Sequence[Topic], encoder: Encoder) -> Judged:
    """Train a matcher without the questions that judge, and ask them."""
    kept = [replace(topic, asked_as=_part(topic, judging=False)) for topic in topics]
    ears = Ears.of(train(kept, encoder), encoder)
    heard = [
        Heard(Case(topic.slug, text, (topic.intent,)), ears.hear(text, Context()))
        for topic in topics
        for text in _part(topic, judging=True)
    ]
    return Judged(encoder.name, len(heard), shares(heard))


def passes(candidate: Judged, current: Judged) -> bool:
    """Whether the candidate understands no less, and answers no more about the wrong thing."""
    return candidate.share(ACCURACY) >= current.share(ACCURACY) and (
        candidate.share(WRONG) <= current.share(WRONG)
    )


def _part(topic: Topic, *, judging: bool) -> tuple[str, ...]:
    return tuple(
        text for text in topic.asked_as if is_reserved(tidy(text), JUDGED_ONE_IN) == judging
    )

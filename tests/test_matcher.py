from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from supportbot.bot import Bot
from supportbot.conversation import Context
from supportbot.errors import EncoderUnavailable, InputError
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import Encoder, OnnxEncoder
from supportbot.understanding.entities import entities
from supportbot.understanding.matcher import Match, Matcher
from supportbot.understanding.model import Model, load_model, save_model
from supportbot.understanding.training import train
from tests.matching_samples import TOPICS

START = Context()


class BrokenEncoder:
    """An encoder whose runtime fails."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dimension = 384
        self.reserved_one_in = None

    def encode(self, texts: object) -> np.ndarray:
        raise EncoderUnavailable("the session is gone")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return OnnxEncoder.open(SHIPPED_ENCODER)


@pytest.fixture(scope="module")
def model(encoder: Encoder) -> Model:
    return train(TOPICS, encoder)


@pytest.fixture(scope="module")
def matcher(model: Model, encoder: Encoder) -> Matcher:
    return Matcher(model, encoder)


def intents(match: Match) -> list[str]:
    return [heard.intent for heard in match.heard]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("are my credits still good after a long time, or do they expire", "credit_expiry"),
        ("would you take a prepaid gift card", "prepaid_card"),
        ("please enable auto-recharge, where do I set the amount", "auto_recharge_setup"),
        ("what's the balance on my account", "account_balance"),
        ("give me back my money, refund it", "in_domain_not_covered"),
        ("sing a song about the weather", "out_of_scope"),
    ],
)
def test_a_question_in_new_words_is_understood(matcher: Matcher, text: str, intent: str) -> None:
    match = matcher.match(text, START)

    assert match.kind == "understood"
    assert intents(match) == [intent]
    assert 0 < match.heard[0].confidence <= 1


def test_a_known_question_is_understood_to_the_letter(matcher: Matcher) -> None:
    match = matcher.match("Which cards do you take?!", START)

    assert [heard.topic for heard in match.heard] == ["payment-methods"]
    assert match.heard[0].confidence == 0.99


def test_a_title_is_a_known_question_as_it_is_offered_to_choose_from(matcher: Matcher) -> None:
    for topic in TOPICS:
        match = matcher.match(topic.title, START)

        assert [heard.topic for heard in match.heard] == [topic.slug]
        assert match.heard[0].confidence == 0.99


def test_words_are_features_only_where_there_are_questions_enough(
    model: Model, encoder: Encoder
) -> None:
    many = tuple(
        replace(
            topic,
            asked_as=tuple(
                f"{question}{end}"
                for question in topic.asked_as
                for end in ("", "?", " pls", " now")
            ),
        )
        for topic in TOPICS[:2]
    )

    assert not model.word_weights.steps.size
    assert train(many, encoder).word_weights.steps.size


def test_not_wanting_auto_recharge_is_not_setting_it_up(matcher: Matcher) -> None:
    match = matcher.match("I do not want auto-recharge", START)

    assert [heard.topic for heard in match.heard] == ["not-covered-auto-recharge-off"]


def test_two_questions_are_heard_in_their_order(matcher: Matcher) -> None:
    match = matcher.match("What is my balance now? And do credits ever expire?", START)

    assert intents(match) == ["account_balance", "credit_expiry"]


def test_statements_before_a_question_are_not_questions(matcher: Matcher) -> None:
    match = matcher.match("I added $25 yesterday. How much money is left?", START)

    assert intents(match) == ["account_balance"]


def test_what_the_writer_is_not_asking_about_is_not_heard(matcher: Matcher) -> None:
    match = matcher.match("I'm not asking about a refund, just whether credits expire", START)

    assert intents(match) == ["credit_expiry"]


def test_what_was_named_comes_along(matcher: Matcher) -> None:
    match = matcher.match("how do I pay my overdue invoice in_2041", START)

    assert entities(match.heard[0].text).invoices == ("in_2041",)


def test_an_addition_stays_with_the_topic(matcher: Matcher) -> None:
    match = matcher.match("why?", Context(topics=("prepaid-card",)))

    assert [heard.topic for heard in match.heard] == ["prepaid-card"]


def test_an_addition_may_bring_its_own_topic(matcher: Matcher) -> None:
    match = matcher.match("and if it's a gift card?", Context(topics=("payment-methods",)))

    assert [heard.topic for heard in match.heard] == ["prepaid-card"]


def test_an_addition_that_leans_on_the_topic_brings_none_of_its_own(matcher: Matcher) -> None:
    match = matcher.match("and the paid ones?", Context(topics=("credit-expiry",)))

    assert [heard.topic for heard in match.heard] == ["credit-expiry"]


def test_a_short_message_that_is_not_clear_is_read_in_its_context(demo_bot: Bot) -> None:
    before = Context(topics=("bank-authorization",))

    alone, after = (
        demo_bot.matcher.match("the link doesn't open", said) for said in (START, before)
    )

    assert intents(alone) == ["out_of_scope"]
    assert intents(after) == ["bank_authorization"]


def test_what_was_said_tells_more_than_the_topic_that_it_is_about(demo_bot: Bot) -> None:
    said = "where do I set a spending cap"
    before = Context(topics=("balance-limit",), said=said)

    match = demo_bot.matcher.match("what's mine currently", before)

    assert intents(match) == ["balance_limit"]


def test_what_is_told_in_reply_may_bring_a_refused_question_within_what_is_covered(
    demo_bot: Bot,
) -> None:
    refused = "not-covered-unknown-or-duplicate-charge"
    before = Context(topics=(refused,), said="charged 4 times for 25 dollars tonight")

    more, nothing = (
        demo_bot.matcher.match(text, before)
        for text in ("yes, auto recharge is turned on", "yes, all on the same card")
    )

    assert intents(more) == ["auto_recharge_multiple_charges"]
    assert [heard.topic for heard in nothing.heard] == [refused]


def test_after_an_overdue_invoice_credits_but_no_troubles_are_about_it(
    demo_bot: Bot,
) -> None:
    said = "why does it say past due"
    before = Context(topics=("past-due-invoice",), said=said)

    using, expiring, blocked = (
        demo_bot.matcher.match(text, before)
        for text in ("can I use credits", "do credits expire", "Why is my access blocked?")
    )

    assert intents(using) == ["past_due_invoice"]
    assert intents(expiring) == ["credit_expiry"]
    assert intents(blocked) == ["access_blocked"]


def test_what_points_back_is_not_clear_by_itself(demo_bot: Bot) -> None:
    text = "It's about to expire anyway"
    before = Context(topics=("change-payment-method",), said="Can you delete my card?")

    alone, after = (demo_bot.matcher.match(text, context) for context in (START, before))

    assert intents(alone) == ["credit_expiry"]
    assert alone.heard[0].confidence >= 0.99
    assert intents(after) == ["change_payment_method"]


def test_a_clear_question_is_not_read_in_its_context(matcher: Matcher) -> None:
    match = matcher.match("do credits expire", Context(topics=("balance-limit",), said="my limit?"))

    assert intents(match) == ["credit_expiry"]


def test_what_is_told_in_reply_stays_with_the_topic(matcher: Matcher) -> None:
    match = matcher.match("no, it's not a prepaid card", Context(topics=("payment-methods",)))

    assert [heard.topic for heard in match.heard] == ["payment-methods"]


@pytest.mark.parametrize(
    "text",
    [
        "no puedo pagar la factura vencida",
        "no, non riesco a pagare la fattura",
        "also meine Karte geht nicht",
        "mi tarjeta rechazada",
    ],
)
def test_another_language_adds_nothing_to_the_last_topic(matcher: Matcher, text: str) -> None:
    match = matcher.match(text, Context(topics=("prepaid-card",)))

    assert match.kind == "foreign"


def test_asking_for_a_person_is_never_an_addition(matcher: Matcher) -> None:
    match = matcher.match("connect me with a person", Context(topics=("prepaid-card",)))

    assert intents(match) == ["human_handoff"]


def test_a_topic_that_is_gone_is_not_referred_to(matcher: Matcher) -> None:
    match = matcher.match("why?", Context(topics=("an-article-of-last-year",)))

    assert match.kind == "unsure"


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_blank_message_is_empty(matcher: Matcher, text: str) -> None:
    assert matcher.match(text, START) == Match("empty")


@pytest.mark.parametrize("text", ["???", "\U0001f62d", "card thing money hmm", "why?"])
def test_when_unsure_there_are_two_or_three_suggestions(
    model: Model, encoder: Encoder, text: str
) -> None:
    doubting = replace(model.thresholds, answer=1.01, refuse=1.01, far=0.0)

    match = Matcher(replace(model, thresholds=doubting), encoder).match(text, START)

    assert match.kind == "unsure"
    assert match.heard == ()
    assert len(match.suggestions) in (1, 2, 3)


def test_another_language_is_named_and_not_answered(matcher: Matcher) -> None:
    match = matcher.match("¿Los créditos caducan algún día?", START)

    assert match == Match("foreign", language="es")


def test_without_an_encoder_known_words_still_match(model: Model) -> None:
    match = Matcher(model, None).match("to pay, which cards do you take", START)

    assert match.degraded
    assert intents(match) == ["payment_methods"]


def test_without_an_encoder_nothing_is_guessed(model: Model) -> None:
    match = Matcher(model, None).match("sing a song about the weather", START)

    assert match.kind == "unsure"
    assert match.degraded


def test_an_encoder_that_fails_degrades_the_match(
    model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Matcher(model, BrokenEncoder(model.encoder))

    match = broken.match("would you take a prepaid gift card", START)

    assert match.degraded
    assert "encoder failed" in caplog.text


def test_an_encoder_that_the_model_was_not_trained_with_is_not_used(model: Model) -> None:
    match = Matcher(model, BrokenEncoder("another")).match("sing about the weather", START)

    assert match.degraded


def test_a_model_without_an_encoder_knows_its_questions() -> None:
    matcher = Matcher(train(TOPICS, None), None)

    assert intents(matcher.match("refund policy?", START)) == ["in_domain_not_covered"]


def test_a_saved_model_decides_as_before(
    matcher: Matcher, model: Model, encoder: Encoder, tmp_path: Path
) -> None:
    save_model(model, tmp_path / "model.npz")
    again = Matcher(load_model(tmp_path / "model.npz"), encoder)

    for text in ("do they ever expire, the credits", "overdue bill, how to settle", "a poem"):
        assert again.match(text, START) == matcher.match(text, START)


def test_saving_twice_gives_the_same_bytes(model: Model, tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        save_model(model, tmp_path / name)

    one, two = (load_model(tmp_path / name) for name in ("one.npz", "two.npz"))
    assert one.lexicon == two.lexicon
    assert one.known.exact == two.known.exact
    assert np.array_equal(one.weights, two.weights)


def test_a_damaged_model_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"PK\x03\x04 not a model")

    with pytest.raises(InputError, match="is no trained matcher"):
        load_model(path)


def test_training_tells_its_progress(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []

    train(TOPICS[:2], encoder, lambda done, of: told.append((done, of)))

    assert told[-1] == (16, 16)

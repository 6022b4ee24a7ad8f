import pytest

from supportbot.understanding.language import foreign_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Meine Karte wurde schon wieder abgelehnt", "de"),
        ("pourquoi ma carte est refusée", "fr"),
        ("¿Cuánto saldo me queda?", "es"),
        ("Não consigo pagar a fatura", "pt"),
        ("la mia carta non funziona", "it"),
        ("kartım neden reddedildi", "tr"),
        ("为什么我的卡被拒绝了", "zh"),
        ("クレジットの有効期限はありますか", "ja"),
        ("결제가 왜 안 되나요", "ko"),
        ("मेरा कार्ड क्यों नहीं चल रहा", "hi"),
        ("почему отклонили мою карту", "ru"),
        ("لماذا تم رفض بطاقتي", "ar"),
        ("mijn kaart werkt niet meer, waarom", "other"),
        ("dlaczego moja karta nie działa", "other"),
        ("γιατί απορρίφθηκε η κάρτα μου", "other"),
    ],
)
def test_the_language_is_recognised(text: str, language: str) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "prepaid ok?",
        "Jürgen Müller",
        "402",
        "insufficient_quota card_declined do_not_honor",
        "why is my card declined pls",
        "my Sparkasse card is refused, Zwei-Faktor doesn't appear",
        "sir kindly do the needful, credits not showing",
        "raet limti fro lama",
        "refund",
        "Does Crédit Agricole's Mastercard work?",
        "",
    ],
)
def test_english_names_and_codes_are_not_foreign(text: str) -> None:
    assert foreign_language(text) is None


def test_a_few_foreign_signs_in_an_english_message_do_not_matter() -> None:
    assert (
        foreign_language("my name on the card is 李 and the payment fails, what can I do") is None
    )


def test_a_message_that_is_half_chinese_is_chinese() -> None:
    assert foreign_language("credit balance 变成负的了") == "zh"

"""
Which language a message is in, when it is not English.

The encoder knows English only: what it makes of another language is noise that looks like an
answer.  Scripts decide at once; for Latin letters small words are counted, and only a text
that they leave open is shown to lingua, which takes 0.2 s and 20 MB to load.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lingua import LanguageDetector

OTHER: Final = "other"
LATIN: Final = ("de", "es", "fr", "it", "pt", "tr")

_SCRIPTS: Final = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "DEVANAGARI": "hi",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
}
_ONE_SIGN_A_WORD: Final = frozenset({"zh", "ja", "ko"})
_SIGN_WEIGHT: Final = 4
SHARE: Final = 0.4
"""Of the letters: below, a foreign script is a name or a quotation in an English message."""

_SMALL_WORDS: Final = {
    "en": "the a an is are was were be been am do does did doing done have has had can could "
    "will would shall should may might must i you he she it we they me my mine your yours our "
    "ours us their them its this that these those there here what which who whom why how when "
    "where not no yes and or but if then because since than of to from for with without on at "
    "by about into over under after before still yet just only also too any some all each both "
    "get got need want please pls thanks hello hey help does't don't didn't can't won't isn't "
    "it's i'm i've credit credits card cards balance invoice invoices bill billing payment pay "
    "as so like after again instead every same one ones more most much many long way how's what's "
    "explain show tell make made give use used using try tried work works working simple words "
    "set turn change buy bought pays paying spend spent go goes going run out up down off same "
    "paid account key api error money charge charged free limit tier refund u ur im ive dont",
    "de": "der die das den dem ein eine einen einer ist sind war ich du wir ihr mein meine "
    "meinem meinen meiner nicht kein keine und oder aber wenn wie was warum wieso wann wo wer "
    "mit ohne auf für von zu zum zur bei nach noch schon auch nur kann können muss möchte habe "
    "hat haben wird werden wurde karte guthaben rechnung konto geld zahlung hallo danke bitte "
    "euch mir mich sich es sie ihre ihren bekomme trotzdem obwohl gibt läuft geht bin",
    "es": "el los las un una es son está están soy yo tú mi mis su sus no y o pero si como cómo "
    "qué por porque para con sin en de del al se me te lo le que cuándo cuando dónde cuál puedo "
    "puede pueden tengo tiene hay hola gracias tarjeta crédito créditos saldo factura cuenta "
    "dinero pago pagar quiero necesito aunque todavía ya muy más cuánto he ha caducan",
    "fr": "le la les un une des du de est sont suis je tu il nous vous mon ma mes votre vos ne "
    "pas et ou mais si comment pourquoi quand où qui que quoi avec sans sur dans pour par en au "
    "aux ce cette ces j'ai c'est puis-je peut-on puis peut dois ai avez bonjour merci carte "
    "crédit crédits solde facture compte argent paiement payer qu'est d'une l'ai n'est plus",
    "it": "il lo gli un uno una è sono ho hai ha io mio mia miei mie tuo vostro non e o ma se "
    "come perché quando dove chi che cosa quale con senza su per di del della dei delle da nel "
    "posso può devo avete ciao grazie carta credito crediti saldo fattura conto soldi pagamento "
    "pagare ancora anche più questo questa mi vi scadono",
    "pt": "o os as um uma é são está estão eu meu minha meus minhas seu sua não e ou mas se como "
    "porque por quando onde quem que qual com sem em no na nos nas de do da dos das para pra ao "
    "posso pode tenho tem há olá oi obrigado obrigada cartão crédito créditos saldo fatura conta "
    "dinheiro pagamento pagar quero preciso ainda já mais isso vocês foi você",
    "tr": "bir bu şu ve veya ama ile için mi mı mu mü ne neden niçin nasıl zaman nerede kim var "
    "yok değil benim bana ben biz siz sizin kart kartım kredi krediler kredim bakiye bakiyem "
    "fatura faturam hesap hesabım para ödeme merhaba teşekkürler lütfen çok daha hala olarak",
    OTHER: "het een ik je jij wij mijn niet geen maar hoe waarom wanneer waar kan heb heeft zijn "
    "voor naar ook nog wel krijg kaart rekening betalen "
    "jest są nie czy jak dlaczego kiedy mam moja moje mój karta konto proszę się na "
    "och är inte jag du vi min mitt mina hur varför när kort ikke jeg hvorfor hvordan "
    "en minun ei ja miksi miten milloin nem és hogyan miért "
    "saya tidak bisa apakah kartu bagaimana kenapa dengan untuk yang dan di "
    "không tôi của làm sao thẻ khi nào",
}
_VOTES: Final = {
    word: tuple(name for name, of in _SMALL_WORDS.items() if word in of.split())
    for word in {word for of in _SMALL_WORDS.values() for word in of.split()}
}
_OTHERS_LETTERS: Final = re.compile(
    r"[łąęśżźćńőűřěůžčšďťňđåøæățșķļņģēīūāėų]|[ạảấầẩẫậắằẳẵặẹẻẽếềểễệọỏốồổỗộ]"
)
_OWN_LETTERS: Final = {"es": "ñ¿¡", "de": "ßäöü", "pt": "ãõ", "tr": "ğışİ", "fr": "œùûêëî"}
_WORDS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_NO_PROSE = re.compile(r"https?://\S+|\S+@\S+|\S*[_{}<>=/\\]\S*|\b\w+\.\w+\S*")

FEWEST_WORDS: Final = 6
"""A message of fewer words, none of them known, may be a name or full of typos."""
FEWEST_SUSPICIOUS: Final = 3
"""The same when a letter or a small word looks foreign."""
SURE: Final = 0.9


def foreign_language(text: str) -> str | None:
    """
    Return the ISO 639-1 code of the language, or ``"other"`` for one that has no replies.

    None for English, and when it cannot be told: names, codes, two or three words.
    """
    prose = _NO_PROSE.sub(" ", text)
    return _by_script(prose) or _by_small_words(prose)


def _by_script(text: str) -> str | None:
    if text.isascii():
        return None
    weights = Counter[str]()
    for letter in filter(str.isalpha, text):
        script = "en" if letter.isascii() else _script(letter)
        weights[script] += _SIGN_WEIGHT if script in _ONE_SIGN_A_WORD else 1
    foreign = Counter({name: weight for name, weight in weights.items() if name != "en"})
    if sum(foreign.values()) < max(2.0, SHARE * weights.total()):
        return None
    if "ja" in foreign:  # kana beside Chinese signs
        return "ja"
    found = max(sorted(foreign), key=lambda name: foreign[name])
    return OTHER if _neighbour(found, text) else found


def _script(letter: str) -> str:
    """Return the language of a letter's script; Latin letters with accents are ``en``."""
    name = unicodedata.name(letter, "").split(" ")[0]
    return "en" if name in ("LATIN", "MODIFIER", "") else _SCRIPTS.get(name, OTHER)


def _neighbour(language: str, text: str) -> bool:
    """Whether letters show another language of the same script: Ukrainian, Persian."""
    letters = {"ru": "іїєґў", "ar": "پچژگ"}.get(language, "")
    return any(letter in text.casefold() for letter in letters)


def _by_small_words(text: str) -> str | None:
    tokens = [word.casefold() for word in _WORDS.findall(text)]
    votes = Counter({OTHER: 0})
    votes.update(name for word in tokens for name in _VOTES.get(word, ()))
    lower = text.casefold()
    if not lower.isascii():
        for name, letters in _OWN_LETTERS.items():
            votes[name] += sum(letter in lower for letter in letters)
        votes[OTHER] += len(_OTHERS_LETTERS.findall(lower))
    english = votes.pop("en", 0)
    best = max(sorted(votes), key=lambda name: votes[name])
    if votes[best] > max(1, english):
        return _unless_tied(best, votes, text)
    fewest = FEWEST_SUSPICIOUS if votes[best] or not lower.isascii() else FEWEST_WORDS
    return _by_lingua(text) if english == 0 and len(tokens) >= fewest else None


def _unless_tied(best: str, votes: Counter[str], text: str) -> str:
    tied = [name for name in LATIN if votes[name] == votes[best]]
    if len(tied) < 2:
        return best
    ranked = _ranked(text)
    return max(tied, key=lambda name: ranked.get(name, 0.0))


def _by_lingua(text: str) -> str | None:
    ranked = _ranked(text)
    best = max(sorted(ranked), key=lambda name: ranked[name])
    return best if best != "en" and ranked[best] >= SURE else None


def _ranked(text: str) -> dict[str, float]:
    values = _detector().compute_language_confidence_values(text)
    return {value.language.iso_code_639_1.name.casefold(): value.value for value in values}


@cache
def _detector() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = (getattr(IsoCode639_1, name.upper()) for name in ("en", *LATIN))
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()

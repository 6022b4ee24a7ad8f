"""Labelled messages and what was heard in them, made in a line."""

from supportbot.evaluation.cases import Case
from supportbot.evaluation.hearing import Heard, Hearing, Hit


def hit(intent: str, confidence: float = 0.9) -> Hit:
    return Hit(intent, intent.replace("_", "-"), confidence)


def heard(
    meant: str, *as_what: str, also: tuple[str, ...] = (), confidence: float = 0.9, turn: int = 0
) -> Heard:
    """One message that asks one thing; nothing heard is unsure."""
    hits = tuple(hit(name, confidence) for name in as_what)
    hearing = Hearing("understood" if hits else "unsure", "a text", hits, hits)
    return Heard(Case("a ref", "a text", (meant,), also), hearing, turn)


def heard_several(meant: tuple[str, ...], *as_what: str, also: tuple[str, ...] = ()) -> Heard:
    """One message that asks several things."""
    hits = tuple(map(hit, as_what))
    hearing = Hearing("understood" if hits else "unsure", "a text", hits, hits)
    return Heard(Case("a ref", "a text", meant, also, several=True), hearing)


def guessed(meant: str, guess: str, confidence: float) -> Heard:
    """One message that was not understood, and what it would have been taken for."""
    hearing = Hearing("unsure", "a text", (), (hit(guess, confidence),))
    return Heard(Case("a ref", "a text", (meant,)), hearing)

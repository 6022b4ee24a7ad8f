"""The passages restate the billing documentation: nothing added, nothing lost, own words."""

import re
from pathlib import Path

import pytest

from supportbot.knowledge.coverage import compare
from supportbot.knowledge.figures import figures
from supportbot.knowledge.passages import Passage, load_passages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "knowledge" / "docs"
SEED = ROOT.parent / "shared" / "seed" / "billing.txt"
RUN = 8  # words in a row that count as copied

PASSAGES = load_passages(DOCS)

# What each passage has to say, from the documentation, statement by statement.
SAYS = {
    "billing/payment-methods#accepted-cards": (
        "any major credit or debit card",
        "networks include Visa, Mastercard and American Express",
    ),
    "billing/payment-methods#bank-account-cards": (
        "buy credit packs",
        "set up billing",
        "nothing but credit or debit cards",
        "directly tied to a bank account",
    ),
    "billing/payment-methods#prepaid-cards": ("does not support", "of any kind"),
    "billing/payment-methods#bank-authorization": (
        "In some territories",
        "the law requires",
        "every transaction",
        "whether or not you have set up recurring billing",
        "authorization link",
        "email registered for your account",
        "At the start of the month",
        "approve any outstanding balance payments",
        "not interrupted",
    ),
    "billing/payment-methods#declined-payments": (
        "card authorization",
        "declined payments",
        "standard credit or debit card and not a prepaid one",
    ),
    "billing/credits#what-credits-are-for": (
        "unit for measuring and charging",
        "can be used immediately",
        "API requests",
        "dedicated endpoints",
        "fine-tuning and evaluation jobs",
        "all other Together AI services",
    ),
    "billing/credits#job-balance": (
        "a dedicated endpoint, a fine-tuning job or an evaluation job",
        "sufficient to cover its costs",
    ),
    "billing/credits#credit-expiration": (
        "Prepaid balance credits",
        "currently have no expiration date",
        "at any time",
        "in advance, through official communications",
    ),
    "billing/credits#credit-packs": (
        "circumstances",
        "unexpected bill",
        "To try to avoid that",
        "usage based billing and credit packs",
        "charged when you purchase them",
    ),
    "billing/credits#free-or-purchased": (
        "access issues although your balance is positive",
        "free credits or purchased credits",
        "tier of your account",
        "billing settings",
    ),
    "billing/access#free-trial": ("currently offers no free trials",),
    "billing/access#minimum-purchase": ("access to the Together platform", "at least $5"),
    "billing/limits#negative-balance-limit": (
        "$100 on negative balances is being introduced",
        "users in Build Tiers 1\u20134",
        "up to negative $100",
        "billing of usage up to",
        "continue to take place at the end of the month",
        "below negative $100 within a given month",
        "prepayment with credits",
    ),
    "billing/limits#build-tier-5-limits": (
        "currently in Build Tier 5",
        "keep the postpaid limits that they already have",
    ),
    "billing/limits#balance-limit": (
        "can be set in the billing settings",
        "would rather not use credit packs",
        "spend no more than you buy in credits",
    ),
    "billing/limits#tier-limits": (
        "Build Tiers 1-4 come with a fixed limit of $100",
        "Build Tier 5, Scale and Enterprise can be higher",
    ),
    "billing/auto-recharge#what-it-does": (
        "additional credits",
        "automatically",
        "falls below a set threshold",
    ),
    "billing/auto-recharge#set-up": (
        "1. Log in to your account at api.together.ai/settings/billing.",
        "2. Choose “Add Credits”.",
        "Auto-recharge amount: how many credits to purchase; by default, it is $25.",
        "Auto-recharge threshold: at what account balance",
    ),
    "billing/auto-recharge#multiple-purchases": (
        "above your current balance",
        "triggers immediately",
        "in increments of the top-up amount",
        "meets the threshold",
        "may be multiple purchases",
        "smaller than the gap",
    ),
    "billing/past-due#credits-do-not-clear-invoices": (
        "purchase credits after an invoice has been generated",
        "cannot use them",
        "past due balances",
    ),
    "billing/past-due#pay-separately": (
        "have to be paid separately, with a valid payment method",
        "whatever credit balance",
    ),
}


def documentation() -> str:
    if not SEED.exists():
        pytest.skip("the billing documentation is not beside the repository")
    return SEED.read_text(encoding="utf-8")


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    plain = re.sub(r"['\u2019]", "", text.casefold())
    words = re.findall(r"[a-z0-9]+", plain)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def test_every_topic_has_its_passage_and_there_is_no_other() -> None:
    assert set(PASSAGES) == set(SAYS)


@pytest.mark.parametrize("address", SAYS)
def test_a_passage_keeps_every_statement_condition_and_hedge(address: str) -> None:
    text = PASSAGES[address].text

    lost = [words for words in SAYS[address] if words not in text]

    assert lost == []


def test_the_passages_have_the_figures_of_the_documentation_and_no_others() -> None:
    faults = compare(documentation(), PASSAGES, str(SEED))

    assert faults == []


def test_the_only_figures_are_those_that_were_ever_published() -> None:
    said = {figure for passage in PASSAGES.values() for figure in figures(passage.text)}

    assert said == {
        "$5",
        "$25",
        "$100",
        "negative $100",
        "Build Tiers 1\u20134",
        "Build Tiers 1-4",
        "Build Tier 5",
    }


def test_no_sentence_of_the_documentation_is_copied() -> None:
    theirs = runs_of_words(documentation())

    copied = [
        " ".join(run)
        for passage in PASSAGES.values()
        for run in runs_of_words(passage.text) & theirs
    ]

    assert copied == []


def test_a_passage_names_a_heading_that_the_documentation_has() -> None:
    lines = set(documentation().splitlines())

    named = {
        heading
        for passage in PASSAGES.values()
        for heading in (passage.source_heading or "none").split("; ")
    }

    assert named <= lines


def test_the_list_that_was_lost_is_marked_where_it_was_and_nowhere_else() -> None:
    marked = {address: each.missing for address, each in PASSAGES.items() if each.missing}

    assert marked == {"billing/limits#tier-limits": 'the list after "can be higher:"'}


@pytest.mark.parametrize("passage", PASSAGES.values(), ids=lambda passage: passage.address)
def test_a_paragraph_is_one_line_so_that_a_quote_is_a_run_of_the_file(passage: Passage) -> None:
    file = Path(passage.path).read_text(encoding="utf-8")
    items = re.compile(r"\s*(?:-|\d+\.) ")

    for block in passage.text.split("\n\n"):
        first, *others = block.split("\n")
        assert not others or items.match(first)
        assert all(items.match(line) for line in others)
    assert passage.text in file


@pytest.mark.parametrize(
    "rumour",
    ["15 minutes", "refund", "PayPal", "403", "402", "virtual", "suspend", "usually", "VAT"],
)
def test_what_is_known_from_elsewhere_does_not_stand_here(rumour: str) -> None:
    said = [address for address, each in PASSAGES.items() if rumour in each.text]

    assert said == []

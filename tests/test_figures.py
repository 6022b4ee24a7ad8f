"""What counts as a figure, and when two figures are the same."""

import pytest

from supportbot.knowledge.coverage import compare
from supportbot.knowledge.figures import figures, figures_not_in, normal, written_otherwise
from supportbot.knowledge.passages import Passage


def a_passage(text: str, section: str = "limit", line: int = 7) -> Passage:
    return Passage(
        article="billing/limits",
        section=section,
        title="Limit",
        text=text,
        source_heading=None,
        missing=None,
        url=None,
        path="docs/billing/limits.md",
        line=line,
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A minimum $5 purchase.", ["$5"]),
        ("usage up to negative $100.", ["negative $100"]),
        ("It is -$3.10 now, or \u2212$100.", ["-$3.10", "\u2212$100"]),
        ("€1,234.50 or 12.40 CHF", ["€1,234.50", "12.40 CHF"]),
        ("US$5 and USD 25", ["US$5", "USD 25"]),
        ("A $100 limit of $25 and $5", ["$100", "$25", "$5"]),
        ("between $5-$25", ["$5", "$25"]),
        ("**$5** or 5 dollars", ["$5", "5 dollars"]),
        ("Build Tiers 1\u20134, Build Tier 5", ["Build Tiers 1\u20134", "Build Tier 5"]),
        ("on Nov 23, 2026, 23 November 2026 or 2026-11-23", [
            "Nov 23, 2026", "23 November 2026", "2026-11-23",
        ]),
        ("within 15 minutes, a 14-day window, 5\u201310 business days", [
            "15 minutes", "14-day", "5\u201310 business days",
        ]),
        ("10% or 2.5 percent", ["10%", "2.5 percent"]),
        ("an error 402 on the 3rd of the month", ["402", "3rd"]),
        ("card expiry 12/2026", ["12/2026"]),
    ],
)  # fmt: skip
def test_a_figure_is_found_as_it_is_written(text: str, found: list[str]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "one of the three cards",
        "invoice in_2041 on an H100 with MiniLM-L6-v2",
        "see https://example.com/2024/05 or mail a1@b2.com",
        "go to api.together.ai/settings/billing.",
        "1. Log in\n2. Choose\n   3) Set",
        "{grant.amount} at the end of the month",
        "",
    ],
)
def test_names_addresses_list_numbers_and_words_are_no_figures(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Build Tiers 1\u20134", "build tiers 1-4"),
        ("Build Tier 5", "Tier 5"),
        ("1,234", "1234"),
        ("10 %", "10 percent"),
        ("15 minutes", "15-minute"),
        ("\u2212$100", "-$100"),
        ("Negative  $100", "negative $100"),
    ],
)
def test_dashes_spaces_and_case_make_no_difference(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$5", "$5.00"),
        ("$5", "$50"),
        ("$5", "5"),
        ("-$100", "negative $100"),
        ("$100", "€100"),
        ("15 minutes", "15 days"),
        ("Build Tier 5", "Build Tiers 1-4"),
        ("1.234", "1,234"),
    ],
)
def test_what_means_something_else_stays_different(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_a_figure_within_a_larger_one_stands_in_the_passage() -> None:
    passage = "Usage up to negative $100 in Build Tiers 1\u20134."

    assert figures_not_in("The $100 limit is for tiers 1\u20134.", passage) == []


def test_a_figure_that_the_passage_lacks_is_named() -> None:
    passage = "A limit of $100 applies."

    absent = figures_not_in("From negative $100, $10 or 100 on Build Tier 2.", passage)

    assert absent == ["negative $100", "$10", "100", "Build Tier 2"]


def test_another_spelling_is_shown_with_the_one_that_the_passage_has() -> None:
    passage = "In Build Tiers 1\u20134 it is $100."

    pairs = written_otherwise("In Build Tiers 1-4 it is $100.", passage)

    assert pairs == [("Build Tiers 1-4", "Build Tiers 1\u20134")]


def test_documentation_and_passages_that_agree_have_no_faults() -> None:
    passages = {"a#b": a_passage("1. Pay $5 at example.com/pay.\n2. Wait 3 days.")}

    faults = compare("Steps:\n 1. Buy: $5 (example.com/pay)\n 2. Then 3 days pass", passages)

    assert faults == []


def test_a_figure_that_no_passage_says_is_named_with_its_line() -> None:
    faults = compare("Limits.\n\nIt is $100.\nReally $100.", {"a#b": a_passage("None.")}, "d.txt")

    assert [str(fault) for fault in faults] == [
        "d.txt, line 3: no passage says “$100”; add it to the passage of its topic"
    ]


def test_a_figure_that_the_documentation_lacks_is_named_once_where_it_is_said() -> None:
    passages = {"a#b": a_passage("It is $50."), "a#c": a_passage("Again $50.", "c", line=12)}

    faults = compare("No figures here.", passages, "d.txt")

    assert [str(fault) for fault in faults] == [
        "docs/billing/limits.md, line 7: “$50” does not stand in d.txt; correct it or take it out"
    ]


def test_a_sign_or_a_step_that_was_lost_is_noticed() -> None:
    faults = compare("1. Go\n2. Down to negative $100", {"a#b": a_passage("1. Up to $100")}, "d")

    assert [fault.problem.split(";")[0] for fault in faults] == [
        "no passage says step 2",
        "no passage says “negative $100”",
    ]

"""What `supportbot knowledge check` finds in a folder of knowledge, and where."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportbot.accounts.demo import demo_records
from supportbot.composing.conditions import Unread, evaluate
from supportbot.composing.menu import FACTS
from supportbot.composing.phrases import PHRASES
from supportbot.composing.scope import Scope
from supportbot.composing.vocabulary import vocabulary
from supportbot.errors import ConfigError
from supportbot.knowledge.article import parse_article
from supportbot.knowledge.check import check
from supportbot.knowledge.golden_reading import parse_conversation
from supportbot.knowledge.library import Library
from supportbot.knowledge.vocabulary import INTENTS, FactName, PhraseName, Vocabulary
from supportbot.understanding.entities import Entities
from tests.records import NOW

TODAY = date(2026, 11, 23)
SHIPPED = Path(__file__).parents[1] / "knowledge"

WORDS = Vocabulary(
    facts={
        fact.name: fact
        for fact in (
            FactName("balance.total", "the balance", "$3.10"),
            FactName("limits.negative_limit", "how far below zero", "$100.00"),
            FactName("limits.room", "a sum", "$96.90", ("limits.negative_limit", "balance.total")),
            FactName("invoice.number", "its number", "INV-2041"),
            FactName("card.name", "the default card", "Visa card"),
            FactName("offer.person", "an offer", "Would you like a person to look at this?"),
        )
    },
    phrases={
        phrase.phrase: phrase
        for phrase in (
            PhraseName("the balance is known", ""),
            PhraseName(
                "an invoice is past due",
                "",
                frozenset(("invoice",)),
                "past_due_invoice",
                ("certain", "likely", "possible"),
            ),
            PhraseName("the key was revoked", "", cause="key_revoked", grades=("certain",)),
            PhraseName("the key may be revoked", "", cause="key_revoked", grades=("likely",)),
            PhraseName("nothing blocks access", ""),
        )
    },
    causes=("key_revoked", "past_due_invoice"),
    intents=("credit_expiry",),
)

DOCS = """---
title: Credits
url: null
---

## Credit packs {#credit-packs}

A pack is at least $5. Changes are told within 30 days. Build Tiers 1–4 have a limit of $100.

## Credit expiration {#credit-expiration}

Prepaid credits have no expiration date; see api.example.com/settings.
"""

# A question is as unlike the others as its word: none is nearly the same as another.
SUBJECTS = (
    *("apples", "bridges", "candles", "dragons", "engines", "feathers", "gardens"),
    *("hammers", "islands", "jackets", "kettles", "ladders", "mirrors", "needles"),
    *("oranges", "pillows", "quarries", "ribbons", "saddles", "tunnels", "umbrellas"),
)

HEADER = """---
title: Do credits expire?
intent: credit_expiry
owner: billing-support
reviewed: 2026-11-20
asked as:
{questions}
docs:
  - billing/credits#credit-expiration
---

"""
OTHERWISE = """## Otherwise

Prepaid credits have no expiration date. [billing/credits#credit-expiration]
"""
BODY_LINE = 5 + 1 + len(SUBJECTS) + 5  # where the body of an article begins


def questions(ending: str = "then") -> str:
    return "\n".join(f"  - {word} {word} {ending}?" for word in SUBJECTS)


def article(body: str = OTHERWISE, **header: str) -> str:
    text = HEADER.format(questions=questions()) + body
    for name, value in header.items():
        start = text.index(f"{name}:")
        text = text[:start] + f"{name}: {value}" + text[text.index("\n", start) :]
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of knowledge in which nothing is wrong."""
    home = tmp_path / "knowledge"
    (home / "docs" / "billing").mkdir(parents=True)
    (home / "faq").mkdir()
    (home / "conversations").mkdir()
    (home / "docs" / "billing" / "credits.md").write_text(DOCS, encoding="utf-8")
    write(home, article())
    return home


def write(folder: Path, text: str, name: str = "credit-expiry.md") -> None:
    (folder / "faq" / name).write_text(text, encoding="utf-8")


def faults(folder: Path, words: Vocabulary = WORDS) -> list[str]:
    return [
        f"{Path(fault.path).name}:{fault.line}: {fault.problem}"
        for fault in check(Library(folder), words, TODAY)
    ]


def only_fault(folder: Path, words: Vocabulary = WORDS) -> str:
    found = faults(folder, words)

    assert len(found) == 1, found
    return found[0]


def test_an_article_in_order_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []


def test_the_knowledge_that_ships_has_no_fault() -> None:
    found = check(Library(SHIPPED), vocabulary(), max(TODAY, date.today()))  # noqa: DTZ011

    assert [str(fault) for fault in found] == []


def test_a_folder_without_articles_is_no_knowledge(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a folder of knowledge"):
        check(Library(tmp_path), WORDS, TODAY)


def test_an_unknown_phrase_is_named_with_its_line_and_the_nearest(folder: Path) -> None:
    write(folder, article(f"## When the balance is knwon\nYes.\n\n{OTHERWISE}"))

    fault = only_fault(folder)

    assert fault.startswith(f"credit-expiry.md:{BODY_LINE}: there is no phrase")
    assert "Did you mean “the balance is known”?" in fault
    assert "`supportbot knowledge facts`" in fault


def test_an_unknown_fact_is_found_on_the_very_line(folder: Path) -> None:
    body = f"## When the balance is known\nWell,\nit is\n{{balance.totl}} now.\n\n{OTHERWISE}"
    write(folder, article(body))

    fault = only_fault(folder)

    assert fault.startswith(f"credit-expiry.md:{BODY_LINE + 3}: there is no fact {{balance.totl}}")
    assert "“balance.total”" in fault


def test_a_passage_that_is_gone_is_named_with_the_nearest(folder: Path) -> None:
    write(folder, article(OTHERWISE.replace("expiration]", "expiry]")))

    fault = only_fault(folder)

    assert "there is no passage “billing/credits#credit-expiry”" in fault
    assert "Did you mean “billing/credits#credit-expiration”?" in fault


def test_a_docs_line_without_its_passage_is_a_fault(folder: Path) -> None:
    added = "docs:\n  - billing/credits#gone"
    write(folder, article().replace("docs:", added))

    assert only_fault(folder).startswith(f"credit-expiry.md:{BODY_LINE - 3}: there is no passage")


def test_a_cited_passage_has_to_be_listed(folder: Path) -> None:
    write(folder, article(f"{OTHERWISE}Packs are charged. [billing/credits#credit-packs]\n"))

    assert "list it under `docs`" in only_fault(folder)


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        ("A pack is $10. [billing/credits#credit-expiration]", "“$10” does not stand in"),
        ("A pack is at least $5.", "“$5” has no source"),
        ("It is for Build Tiers 1-4. [billing/credits#credit-packs]", "write “Build Tiers 1–4”"),
        ("Log in at evil.example.com/pay. [billing/credits#credit-packs]", "evil.example.com/pay"),
        ("It comes within 15 minutes. [billing/credits#credit-expiration]", "“15 minutes”"),
    ],
)
def test_a_figure_stands_in_the_passage_that_its_sentence_cites(
    folder: Path, sentence: str, complaint: str
) -> None:
    listed = "docs:\n  - billing/credits#credit-packs"
    write(folder, article(f"{OTHERWISE}\n{sentence}\n").replace("docs:", listed))

    assert any(complaint in fault for fault in faults(folder)), faults(folder)


@pytest.mark.parametrize(
    "sentence",
    [
        "A pack is at least $5. [billing/credits#credit-packs]",
        "Build Tiers 1–4 have limits. [billing/credits#credit-packs]",
        "Log in at api.example.com/settings. [billing/credits#credit-expiration]",
        "You are told within 30 days. [billing/credits#credit-packs]",
    ],
)
def test_what_the_cited_passage_says_may_be_said(folder: Path, sentence: str) -> None:
    listed = "docs:\n  - billing/credits#credit-packs"
    write(folder, article(f"{OTHERWISE}\n{sentence}\n").replace("docs:", listed))

    assert faults(folder) == []


@pytest.mark.parametrize(
    "promise",
    [
        "We guarantee it.",
        "The amount will be refunded.",
        "We will gladly refund you.",
        "It is back within a few days.",
    ],
)
def test_a_promise_that_no_passage_makes_is_a_fault(folder: Path, promise: str) -> None:
    write(folder, article(f"{OTHERWISE}\n{promise}\n"))

    assert "is a promise that no cited passage makes" in only_fault(folder)


def test_otherwise_states_no_fact_of_an_account(folder: Path) -> None:
    write(folder, article(f"{OTHERWISE}\nYou have {{balance.total}}. {{offer.person}}\n"))

    assert "{balance.total} is a fact of an account" in only_fault(folder)


def test_a_sum_stands_beside_what_it_is_made_of(folder: Path) -> None:
    start = "## When the balance is known\nYou have {balance.total}, so {limits.room} is left"
    write(folder, article(f"{start}.\n\n{OTHERWISE}"))

    assert "say what it is made of in this section: {limits.negative_limit}" in only_fault(folder)

    write(folder, article(f"{start} to {{limits.negative_limit}}.\n\n{OTHERWISE}"))

    assert faults(folder) == []


def test_a_fact_of_an_item_needs_a_phrase_about_that_item(folder: Path) -> None:
    body = f"## When the balance is known\nInvoice {{invoice.number}}.\n\n{OTHERWISE}"
    write(folder, article(body))

    assert "speaks of no invoice" in only_fault(folder)

    write(folder, article(body.replace("the balance is known", "an invoice is past due")))

    assert faults(folder) == []


def test_the_default_card_may_be_named_anywhere_in_an_account(folder: Path) -> None:
    write(folder, article(f"## When the balance is known\nYour {{card.name}}.\n\n{OTHERWISE}"))

    assert faults(folder) == []


def test_two_articles_that_claim_one_question_are_found(folder: Path) -> None:
    other = article(title="Are packs refundable?").replace("then?", "so!")
    write(folder, other.replace("apples apples so!", "APPLES, apples then"), "packs.md")

    fault = only_fault(folder)

    assert fault.startswith("packs.md:7: “APPLES, apples then” is asked in")
    assert "credit-expiry.md, line 7, too" in fault


def test_nearly_the_same_question_counts_unless_a_word_turns_its_sense(folder: Path) -> None:
    asked = "please tell me how i can switch the automatic purchase of credits on"
    write(folder, article().replace("apples apples then?", asked))
    other = article(title="Are packs refundable?").replace("then?", "so!")
    misspelt = asked.replace("automatic", "automatc")
    write(folder, other.replace("apples apples so!", misspelt), "packs.md")

    assert "nearly the same" in only_fault(folder)

    write(folder, other.replace("apples apples so!", asked[:-2] + "off"), "packs.md")

    assert faults(folder) == []


def test_a_question_that_stands_twice_in_one_article_is_a_fault(folder: Path) -> None:
    write(folder, article().replace("bridges bridges then?", "apples apples then"))

    assert only_fault(folder).startswith("credit-expiry.md:8: “apples apples then” is asked in")


def test_too_few_questions_are_a_fault(folder: Path) -> None:
    text = article()
    for word in SUBJECTS[:2]:
        text = text.replace(f"  - {word} {word} then?\n", "")
    write(folder, text)

    assert only_fault(folder).startswith("credit-expiry.md:6: only 19 questions")


@pytest.mark.parametrize(
    ("header", "value", "complaint"),
    [
        ("title", "Expiry", "2: the title is offered to customers as a question"),
        ("title", "Is $5 enough?", "2: the title says “$5” without a source"),
        ("intent", "credit_expiri", "3: “credit_expiri” is not one of the intents. Did you mean"),
        ("intent", "Credit expiry", "3: “Credit expiry” is no name of an intent"),
        ("reviewed", "2025-11-22", "5: last reviewed on 2025-11-22, over a year ago"),
        ("reviewed", "2026-11-24", "5: `reviewed` is in the future"),
        ("reviewed", "2026-11-20 10:00:00", "5: `reviewed` is a day without a time"),
        ("reviewed", "yesterday", "5: `reviewed` is no date"),
        ("owner", "", "4: the header needs a line `owner: …`"),
    ],
)
def test_a_header_that_cannot_be_right_is_named_by_its_line(
    folder: Path, header: str, value: str, complaint: str
) -> None:
    write(folder, article(**{header: value}))

    assert any(complaint in fault for fault in faults(folder)), faults(folder)


def test_a_year_after_the_review_is_soon_enough(folder: Path) -> None:
    write(folder, article(reviewed="2025-11-23"))

    assert faults(folder) == []


def test_a_greeting_needs_no_question_for_a_title(folder: Path) -> None:
    other = article(title="Hello", intent="greeting").replace("then?", "so!")
    write(folder, other, "greeting.md")

    assert faults(folder) == []


def test_an_intent_without_an_article_is_a_fault(folder: Path) -> None:
    (folder / "faq" / "credit-expiry.md").unlink()

    assert "no article has the intent credit_expiry" in only_fault(folder)


def test_a_broken_article_still_answers_its_intent_and_hides_no_other_fault(folder: Path) -> None:
    write(folder, article("Hello."))
    write(folder, article(title="Who?", reviewed="2020-01-01").replace("then?", "so!"), "zoo.md")

    found = faults(folder)

    assert len(found) == 2
    assert found[0].startswith(f"credit-expiry.md:{BODY_LINE}: text before the first")
    assert found[1].startswith("zoo.md:5: last reviewed on 2020-01-01")


DIAGNOSIS = """## When the key was revoked
Use another.

## When the key may be revoked
Perhaps use another.

## When an invoice is past due
Pay it.

## When nothing blocks access
All is well.

"""


def test_the_diagnosis_tells_every_cause_at_every_grade(folder: Path) -> None:
    text = article(DIAGNOSIS + OTHERWISE).replace("owner:", "use: the diagnosis\nowner:")
    write(folder, text)

    assert faults(folder) == []

    write(folder, text.replace("## When the key may be revoked\nPerhaps use another.\n\n", ""))

    assert "nothing tells the cause key_revoked; add “## When the key may be" in only_fault(folder)

    write(folder, text.replace("## When nothing blocks access\nAll is well.\n\n", ""))

    assert "add “## When nothing blocks access”" in only_fault(folder)


def test_a_section_that_the_diagnosis_never_tells_is_a_fault(folder: Path) -> None:
    body = DIAGNOSIS + "## When the balance is known\nGood.\n\n" + OTHERWISE
    write(folder, article(body).replace("owner:", "use: the diagnosis\nowner:"))

    assert "never uses this section" in only_fault(folder)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("This is **bold.\n", "a ** has no partner"),
        ("A } alone, {offer.person}\n", "a { without its }"),
        ("See [the docs].\n", "“[the docs]” is neither a citation"),
        ("- one\n-\n- three\n", "this list item is empty"),
        ("- one\n  - within\n", "begin a list item"),
        ("* one\n", "begin a list item"),
        ("These are the ways:\n", "the list after this “:” is missing"),
        ("1. one\n3. three\n", "the list goes on with 3. where 2. is due"),
    ],
)
def test_broken_mark_up_is_a_fault(folder: Path, body: str, complaint: str) -> None:
    write(folder, article(f"{OTHERWISE}\n{body}"))

    assert any(complaint in fault for fault in faults(folder)), faults(folder)


def test_lists_and_bold_type_and_links_are_fine(folder: Path) -> None:
    body = "The **ways** are [here](https://example.com):\n1. one\n2. two\n\n- a\n- b\n"
    listed = OTHERWISE + "\n" + body.replace("[here](https://example.com)", "these")
    write(folder, article(listed))

    assert faults(folder) == []


@given(text=st.text() | st.text().map(lambda body: article(OTHERWISE + body)))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_a_file_only_its_faults_come_out(folder: Path, text: str) -> None:
    (folder / "faq" / "credit-expiry.md").write_bytes(text.encode("utf-8", "surrogatepass"))

    assert all(isinstance(fault, str) for fault in faults(folder))


def test_line_ends_of_windows_move_no_fault(folder: Path) -> None:
    text = article(f"## When the balance is known\nIt is {{balance.totl}}.\n\n{OTHERWISE}")
    (folder / "faq" / "credit-expiry.md").write_bytes(text.replace("\n", "\r\n").encode())

    assert only_fault(folder).startswith(f"credit-expiry.md:{BODY_LINE + 1}: there is no fact")


def test_the_examples_of_the_handbook_can_be_read() -> None:
    handbook = (SHIPPED / "README.md").read_text(encoding="utf-8")
    first, second = (block.partition("```")[0] for block in handbook.split("```markdown\n")[1:])

    example, talk = parse_article(first, "a.md", "a"), parse_conversation(second, "c.md")

    facts = {fact for section in example.sections for s in section.sentences for fact in s.facts}
    assert facts <= set(vocabulary().facts)
    assert {section.phrase for section in example.sections[:-1]} <= set(vocabulary().phrases)
    assert talk.account == "meadow"


def test_files_that_cannot_be_read_are_faults_like_any_other(folder: Path) -> None:
    (folder / "faq" / "latin.md").write_bytes(b"---\ntitle: caf\xe9\n")
    (folder / "faq" / "large.md").write_bytes(b"x" * (1024 * 1024 + 1))
    (folder / "docs" / "broken.md").write_text("no header", encoding="utf-8")

    found = faults(folder)

    assert [fault.partition(": ")[0] for fault in found] == [
        "broken.md:1",
        "large.md:1",
        "latin.md:2",
    ]


def test_a_file_that_nobody_would_ever_read_is_a_fault(folder: Path) -> None:
    (folder / "faq" / "more").mkdir()
    write(folder, article(), "more/credit-expiry.md")

    assert "this file is never read" in only_fault(folder)


def test_names_that_differ_in_case_only_are_a_fault(folder: Path) -> None:
    write(folder, article(title="Who?").replace("then?", "so!"), "Credit-Expiry.md")

    found = faults(folder)

    assert any("has the same name" in fault for fault in found)
    assert any("rename it to small letters" in fault for fault in found)


def test_golden_conversations_are_checked_too(folder: Path) -> None:
    talk = folder / "conversations" / "talk.md"
    talk.write_text("# Talk\n\nAccount: nobody\n\n> hi\n\n- sais hello\n", encoding="utf-8")

    assert only_fault(folder).startswith("talk.md:7: this line is not understood")

    talk.write_text(
        "# Talk\n\nAccount: nobody\n\n> hi\n\n- cites billing/credits#gone\n- finds key_revokt\n",
        encoding="utf-8",
    )

    first, second = faults(folder)
    assert first.startswith("talk.md:7: there is no passage “billing/credits#gone”")
    assert second.startswith(
        "talk.md:8: there is no cause “key_revokt”. Did you mean “key_revoked”"
    )


def test_faults_come_by_file_and_line_and_read_as_one_line_each(folder: Path) -> None:
    body = "## When the moon is full\nAll {is.well}.\n\n" + OTHERWISE
    write(folder, article(body, title="Expiry"))

    found = check(Library(folder), WORDS, TODAY)

    assert [fault.line for fault in found] == [2, BODY_LINE, BODY_LINE + 1]
    assert str(found[0]).startswith(f"{folder}/faq/credit-expiry.md, line 2: the title")
    assert not any("\n" in str(fault) for fault in found)


def test_the_vocabulary_has_every_fact_phrase_cause_and_intent() -> None:
    words = vocabulary()

    assert set(words.facts) == set(FACTS)
    assert set(words.phrases) == set(PHRASES)
    assert len(words.causes) == 22
    assert len(words.intents) == len(set(INTENTS)) == 25


def test_a_phrase_that_says_so_in_the_menu_binds_something() -> None:
    phrases = vocabulary().phrases.values()

    assert [each.phrase for each in phrases if "binds" in each.about and not each.binds] == []


def test_a_phrase_binds_nothing_that_the_vocabulary_does_not_say(
    demo_scopes: tuple[Scope, ...],
) -> None:
    words = vocabulary()
    for phrase, condition in PHRASES.items():
        for scope in demo_scopes:
            bound = evaluate(condition, scope)
            if bound is not None and not isinstance(bound, Unread):
                assert set(bound) <= words.phrases[phrase].binds, phrase


@pytest.fixture(scope="session")
def demo_scopes() -> tuple[Scope, ...]:
    asked = (Entities(), Entities(ordinal="latest"), Entities(invoices=("INV-1",)))
    return tuple(Scope(each, NOW, mentions=mine) for each in demo_records() for mine in asked)

"""Taking in an operator's own documentation: their words, cut at their headings."""

from pathlib import Path

import pytest

from supportbot.errors import InputError
from supportbot.knowledge.ingest import ingest, slug
from supportbot.knowledge.passages import load_passages

SEED = Path(__file__).parents[2] / "shared" / "seed" / "billing.txt"

TEXT = """Skip to main content

Paying by Card

We take Visa. The account’s tier is 1–4, “or so”.
  • one
  • two

What is left?

  Nothing is left.

Was this page helpful?
"""

MARKDOWN = """---
title: Money
url: https://docs.example.com/money
---
# Billing

## Cards {#Our-Cards}
We take **Visa** – and “others”.

```
## no heading
```

Fees
----
None: see [the list](x).

## Cards
Again.
"""

HTML = """<html><head><title>Billing</title>
<link rel="canonical" href="https://docs.example.com/billing"></head>
<body><nav><a href="/">Home</a><a href="/a">Sign in</a></nav><main><h1>Billing</h1>
<p>This page says how the account’s credits are billed.</p>
<h2>Credits</h2><p>Build Tiers 1–4 have a fixed $100 limit.</p>
<ul><li>API requests</li><li>Endpoints</li></ul>
<h2>Cards</h2><p>Only cards that are tied to a bank account.</p></main>
<footer>© 2026 Example. All rights reserved.</footer></body></html>"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "manual"
    (folder / "Getting started").mkdir(parents=True)
    (folder / "Getting started" / "Pay me.txt").write_text(TEXT, encoding="utf-8")
    (folder / "money.md").write_text(MARKDOWN, encoding="utf-8")
    (folder / "page.html").write_text(HTML, encoding="utf-8")
    (folder / "logo.svg").write_text("<svg/>", encoding="utf-8")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "knowledge" / "docs"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def everything_in(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_plain_text_is_cut_at_its_short_lines_and_keeps_its_words(
    source: Path, target: Path
) -> None:
    ingest(source / "Getting started" / "Pay me.txt", target)

    passages = load_passages(target)
    assert list(passages) == ["pay-me#paying-by-card", "pay-me#what-is-left"]
    assert passages["pay-me#paying-by-card"].text in TEXT
    assert passages["pay-me#paying-by-card"].text.endswith("“or so”.\n  • one\n  • two")
    assert passages["pay-me#what-is-left"].title == "What is left?"


def test_the_furniture_of_a_page_is_left_out_and_said(source: Path, target: Path) -> None:
    report = ingest(source / "Getting started" / "Pay me.txt", target)

    assert [line.rpartition(", ")[2] for line in report.left_out] == [
        "line 1: “Skip to main content”",
        "line 13: “Was this page helpful?”",
    ]
    assert not any("helpful" in passage.text for passage in load_passages(target).values())


def test_markdown_is_cut_at_its_headings_and_code_is_left_alone(source: Path, target: Path) -> None:
    ingest(source / "money.md", target)

    passages = load_passages(target)
    assert list(passages) == ["money#our-cards", "money#fees", "money#cards"]
    cards = passages["money#our-cards"]
    assert cards.text == "We take **Visa** – and “others”.\n\n```\n## no heading\n```"
    assert cards.source_heading == "Billing > Cards"
    assert cards.url == "https://docs.example.com/money"


def test_two_headings_of_one_name_get_two_anchors(source: Path, target: Path) -> None:
    write(source / "twice.md", "## A\nOne.\n\n## A\nTwo.\n")

    ingest(source / "twice.md", target)

    passages = load_passages(target)
    assert {address: each.text for address, each in passages.items()} == {
        "twice#a": "One.",
        "twice#a-2": "Two.",
    }


def test_of_a_web_page_only_the_documentation_is_kept(source: Path, target: Path) -> None:
    ingest(source / "page.html", target)

    passages = load_passages(target)
    assert list(passages) == ["page#billing", "page#credits", "page#cards"]
    assert "Build Tiers 1–4 have a fixed $100 limit." in passages["page#credits"].text
    assert "API requests" in passages["page#credits"].text
    assert passages["page#cards"].url == "https://docs.example.com/billing"
    assert not any("Sign in" in passage.text for passage in passages.values())


def test_a_folder_keeps_its_shape_in_names_that_can_be_cited(source: Path, target: Path) -> None:
    report = ingest(source, target)

    assert sorted(report.articles) == ["getting-started/pay-me", "money", "page"]
    assert report.passages == len(load_passages(target)) == 8


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Limits can be much higher: Important rule for cards: When you pay.", "higher:"),
        ("The limits are:", "The limits are:"),
        ("The card that you", "card that you"),
        ("No, they do not.", "No, they do"),
    ],
)
def test_what_seems_lost_is_marked_for_a_person(
    tmp_path: Path, target: Path, text: str, missing: str
) -> None:
    path = write(tmp_path / "limits.txt", f"Limits\n\n{text}\n")

    report = ingest(path, target)

    passage = load_passages(target)["limits#limits"]
    assert passage.text == text
    assert missing in (passage.missing or "")
    assert report.gaps == {"limits#limits": passage.missing}


@pytest.mark.parametrize(
    "text",
    [
        "Note: If you set it, it triggers.",
        "Important: Credits do not count.",
        "Steps:\n  1. Log in\n  2. Amount: The amount to buy",
        "He said “yes.”",
        "See the list at 10:30 today.",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Run this.\n\n```\nls\n```",
    ],
)
def test_what_is_whole_is_not_marked(tmp_path: Path, target: Path, text: str) -> None:
    path = write(tmp_path / "limits.md", f"# Limits\n\n{text}\n")

    assert ingest(path, target).gaps == {}


def test_an_answer_below_its_question_is_whole(tmp_path: Path, target: Path) -> None:
    path = write(tmp_path / "faq.txt", "Do credits expire?\n\nNo, they do not.\n")

    assert ingest(path, target).gaps == {}


def test_a_second_run_says_what_changed_and_whom_it_concerns(tmp_path: Path, target: Path) -> None:
    path = write(tmp_path / "faq.md", "## A\nOne.\n\n## B\nTwo.\n\n## C\nThree.\n")
    ingest(path, target)
    write(path, "## A\nOne.\n\n## B\nTwo, or so.\n\n## D\nFour.\n")

    report = ingest(path, target, {"faq#b": ["faq/two.md"], "faq#c": ["faq/three.md", "faq/x.md"]})

    assert list(report.lines()) == [
        "3 passages in 1 article: 1 added, 1 changed, 1 removed.",
        "Added: faq#d",
        "Changed: faq#b; read again faq/two.md.",
        "Removed: faq#c; mend faq/three.md, faq/x.md.",
    ]


def test_a_second_run_on_the_same_documentation_changes_no_byte(source: Path, target: Path) -> None:
    ingest(source, target)
    before = everything_in(target)

    report = ingest(source, target)

    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert everything_in(target) == before


def test_a_file_that_is_gone_from_the_source_takes_its_passages_along(
    source: Path, target: Path
) -> None:
    ingest(source, target)
    (source / "money.md").unlink()

    report = ingest(source, target)

    assert {change.address for change in report.removed} == {
        "money#our-cards",
        "money#fees",
        "money#cards",
    }
    assert not (target / "money.md").exists()


def test_what_people_wrote_and_what_came_from_elsewhere_stays(source: Path, target: Path) -> None:
    mine = write(target / "billing" / "own.md", "---\ntitle: Own\n---\n\n## A {#a}\nOurs.\n")
    ingest(source / "money.md", target)

    ingest(source / "Getting started", target)

    assert mine.read_text(encoding="utf-8").endswith("Ours.\n")
    assert {"billing/own#a", "money#fees", "pay-me#what-is-left"} <= set(load_passages(target))


def test_a_file_that_a_person_wrote_is_not_overwritten(source: Path, target: Path) -> None:
    write(target / "money.md", "---\ntitle: Own\n---\n\n## A {#a}\nOurs.\n")
    before = everything_in(target)

    with pytest.raises(InputError, match="was not made from"):
        ingest(source / "money.md", target)

    assert everything_in(target) == before


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.txt", b"Caf\xe9", "not UTF-8"),
        ("bad.md", b"---\ntitle: [\n---\n", "header"),
        ("bad.html", b"<html><body></body></html>", "no text"),
        ("empty.txt", b"\n\n", "no text"),
        ("money.txt", b"Money\n\nText.", "would both become money"),
        ("cut.md", b"<div>\n## no heading\n</div>\n", "cannot be cut cleanly"),
    ],
)
def test_when_a_file_cannot_be_read_nothing_is_changed(
    source: Path, target: Path, name: str, content: bytes, words: str
) -> None:
    ingest(source, target)
    before = everything_in(target)
    (source / name).write_bytes(content)

    with pytest.raises(InputError) as caught:
        ingest(source, target)

    assert words in str(caught.value)
    assert str(source / name) in str(caught.value)
    assert everything_in(target.parent) == {f"docs/{path}": raw for path, raw in before.items()}


def test_a_source_that_is_not_there_is_said_in_one_sentence(tmp_path: Path, target: Path) -> None:
    with pytest.raises(InputError, match="There is no file or folder") as caught:
        ingest(tmp_path / "nowhere", target)

    assert "\n" not in str(caught.value)
    assert not target.exists()


@pytest.mark.parametrize("name", ["logo.svg", "."])
def test_a_source_of_another_kind_is_refused(tmp_path: Path, target: Path, name: str) -> None:
    write(tmp_path / "pictures" / "logo.svg", "<svg/>")

    with pytest.raises(InputError, match="no documentation that can be read"):
        ingest(tmp_path / "pictures" / name, target)


def test_the_target_may_not_lie_in_the_source(source: Path) -> None:
    with pytest.raises(InputError, match="contain one another"):
        ingest(source, source / "docs")


def test_a_target_that_is_a_file_is_refused_and_stays(source: Path, tmp_path: Path) -> None:
    target = write(tmp_path / "docs", "mine")

    with pytest.raises(InputError):
        ingest(source, target)

    assert target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("What are Credits Used For?", "what-are-credits-used-for"),
        ("The account’s card", "the-accounts-card"),
        ("Überweisung & Café", "uberweisung-cafe"),
    ],
)
def test_a_heading_becomes_a_plain_name(words: str, name: str) -> None:
    assert slug(words) == name


def test_a_heading_without_latin_letters_still_has_a_name_of_its_own() -> None:
    assert slug("支払い") != slug("残高")
    assert slug("支払い") == slug("支払い")


def test_the_billing_documentation_is_taken_in_byte_for_byte(target: Path) -> None:
    if not SEED.exists():
        pytest.skip("the billing documentation is not beside the repository")
    documentation = SEED.read_text(encoding="utf-8")

    report = ingest(SEED, target)

    passages = load_passages(target)
    assert len(passages) == 5
    assert all(passage.text in documentation for passage in passages.values())
    assert all(passage.title in documentation for passage in passages.values())
    kept = sum(len(passage.text) + len(passage.title) for passage in passages.values())
    lost = len("".join(documentation.split("\n"))) - kept
    assert lost <= len("Skip to main content") + 4  # and the spaces at the ends of lines
    assert 'the list after "can be higher:"' in report.gaps["billing#credit-expiration"]

"""Reading the passages: verbatim text, stable addresses, faults with file and line."""

import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from supportbot.errors import ArticleError
from supportbot.knowledge.passages import load_passages, read_passages
from supportbot.knowledge.search import search

DOCS = Path(__file__).parents[1] / "knowledge" / "docs"

HEADER = "---\ntitle: Cards\nurl: https://docs.example.com/cards\n---\n"
CARDS = (
    HEADER
    + """
# Cards

## Which cards {#accepted}
<!-- source heading: Payment -->

We take   Visa – and “others”.

- one
- two
<!-- missing: the end of the list -->

## Fees {#fees}

```
## not a heading
```
No fees.
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "billing").mkdir()
    (tmp_path / "billing" / "cards.md").write_text(CARDS, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str | bytes, name: str = "billing/other.md") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_passage_is_found_by_folder_file_and_anchor(folder: Path) -> None:
    passages = load_passages(folder)

    assert list(passages) == ["billing/cards#accepted", "billing/cards#fees"]
    assert all(address == passage.address for address, passage in passages.items())


def test_the_text_is_a_run_of_the_file_without_the_comments_at_its_ends(folder: Path) -> None:
    passage = load_passages(folder)["billing/cards#accepted"]

    assert passage.text == "We take   Visa – and “others”.\n\n- one\n- two"
    assert passage.text in CARDS


def test_what_stands_beside_the_text_is_kept_apart(folder: Path) -> None:
    passage = load_passages(folder)["billing/cards#accepted"]

    assert (passage.article, passage.section) == ("billing/cards", "accepted")
    assert passage.title == "Which cards"
    assert passage.source_heading == "Payment"
    assert passage.missing == "the end of the list"
    assert passage.url == "https://docs.example.com/cards"
    assert passage.path == str(folder / "billing" / "cards.md")
    assert CARDS.split("\n")[passage.line - 1] == "## Which cards {#accepted}"


def test_a_heading_inside_code_is_text(folder: Path) -> None:
    passage = load_passages(folder)["billing/cards#fees"]

    assert passage.text == "```\n## not a heading\n```\nNo fees."


def test_line_ends_of_windows_are_kept(tmp_path: Path) -> None:
    write(tmp_path, CARDS.replace("\n", "\r\n"), "cards.md")

    passage = load_passages(tmp_path)["cards#accepted"]

    assert passage.title == "Which cards"
    assert passage.text.endswith("- one\r\n- two")


def test_a_passage_cannot_be_changed(folder: Path) -> None:
    passage = load_passages(folder)["billing/cards#fees"]

    with pytest.raises(FrozenInstanceError):
        passage.text = "Fees."  # type: ignore[misc]


def test_an_empty_folder_has_no_passages(tmp_path: Path) -> None:
    assert load_passages(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("## A {#a}\n\nText.\n", 1, "header is missing"),
        ("---\ntitle: [\n---\n", 3, "header"),
        ("---\ntitle: &a x\nurl: *a\n---\n", 3, "alias"),
        ("---\nurl: null\n---\n## A {#a}\nText.\n", 2, "no title"),
        ("---\ntitle: A\nurl: javascript:x\n---\n", 2, "no web address"),
        (HEADER + "\n## Fees\n\nText.\n", 6, "needs an anchor"),
        (HEADER + "\n## Fees {#Fees!}\n\nText.\n", 6, "needs an anchor"),
        (HEADER + "\n## Fees {#fees}\n\n<!-- source heading: Fees -->\n", 6, "has no text"),
        (HEADER + "\n## {#fees}\n\nText.\n", 6, "has no title"),
        (HEADER + "\n## A {#a}\nText.\n## B {#a}\nText.\n", 8, "taken on line 6"),
        (HEADER + "\nLost words.\n\n## A {#a}\nText.\n", 5, "cannot be cited"),
        (HEADER.encode() + b"\n## A {#a}\nCaf\xe9\n", 7, "not UTF-8"),
        (b"x" * (1024 * 1024 + 1), 1, "larger than"),
    ],
)
def test_a_fault_names_the_file_the_line_and_the_mend(
    folder: Path, text: str | bytes, line: int, problem: str
) -> None:
    path = write(folder, text)

    _, faults = read_passages(folder)

    first = next(fault for fault in faults if problem in fault.problem)
    assert (first.path, first.line) == (str(path), line)
    assert "\n" not in str(first)


def test_every_fault_is_collected_and_the_good_passages_stay(folder: Path) -> None:
    write(folder, "no header", "billing/a.md")
    write(folder, HEADER + "## A\nText.\n## B {#b}\nText.\n## C {#b}\nText.\n", "billing/b.md")

    passages, faults = read_passages(folder)

    assert list(passages) == ["billing/b#b", "billing/cards#accepted", "billing/cards#fees"]
    assert [Path(fault.path).name for fault in faults] == ["a.md", "b.md", "b.md"]


def test_loading_stops_at_the_first_fault(folder: Path) -> None:
    write(folder, "no header", "billing/a.md")

    with pytest.raises(ArticleError, match=r"a\.md, line 1: the header is missing"):
        load_passages(folder)


@pytest.mark.parametrize("name", ["stolen.md", "stolen"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "docs"
    outside.mkdir()
    folder.mkdir()
    write(outside, CARDS, "secret.md")
    target = outside / "secret.md" if name.endswith(".md") else outside
    (folder / name).symlink_to(target)

    passages, faults = read_passages(folder)

    assert passages == {}
    assert [fault.path for fault in faults] == [str(folder / name)]
    assert "leads out of the folder" in faults[0].problem


def test_a_folder_that_kubernetes_mounts_is_read_once(tmp_path: Path) -> None:
    real = tmp_path / "..2026_11_23"
    real.mkdir()
    write(real, CARDS, "cards.md")
    (tmp_path / "..data").symlink_to(real.name)
    (tmp_path / "cards.md").symlink_to("..data/cards.md")

    passages, faults = read_passages(tmp_path)

    assert list(passages) == ["cards#accepted", "cards#fees"]
    assert faults == ()


def test_the_passages_that_ship_are_read_in_a_moment() -> None:
    load_passages(DOCS)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        load_passages(DOCS)
        times.append(time.perf_counter() - start)

    assert min(times) < 0.05


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("do my credits expire", "billing/credits#credit-expiration"),
        ("pre-paid card", "billing/payment-methods#prepaid-cards"),
        ("declined", "billing/payment-methods#declined-payments"),
        ("mastercrd", "billing/payment-methods#accepted-cards"),
        ("why multiple purchases", "billing/auto-recharge#multiple-purchases"),
        ("past due invoice", "billing/past-due#credits-do-not-clear-invoices"),
        ("negative limit", "billing/limits#negative-balance-limit"),
        ("is there a free trial?", "billing/access#free-trial"),
    ],
)
def test_a_search_puts_the_passage_of_the_topic_first(query: str, address: str) -> None:
    found = search(load_passages(DOCS), query)

    assert found[0][0].address == address


def test_a_search_is_the_same_every_time_best_first_and_limited() -> None:
    passages = load_passages(DOCS)

    found = search(passages, "credit balance", limit=3)

    assert found == search(passages, "credit balance", limit=3)
    assert len(found) == 3
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.mark.parametrize("query", ["", "the of and", "xyzzy", "?!"])
def test_a_search_for_nothing_finds_nothing(query: str) -> None:
    assert search(load_passages(DOCS), query) == []


def test_a_search_in_no_passages_finds_nothing() -> None:
    assert search({}, "credits") == []

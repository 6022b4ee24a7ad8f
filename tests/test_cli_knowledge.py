"""`supportbot knowledge …`, as people and their scripts meet it."""

import json
import shutil
from pathlib import Path

import pytest

from supportbot.cli import run

SHIPPED = Path(__file__).parents[1] / "knowledge"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the knowledge that ships, in use, next to where commands are typed."""
    copy = tmp_path / "knowledge"
    shutil.copytree(SHIPPED, copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPORTBOT_KNOWLEDGE", str(copy))
    return copy


def test_knowledge_in_order_is_said_to_be_fine(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["knowledge", "check"])

    articles = len(list(folder.glob("faq/*.md")))
    printed = capsys.readouterr()
    assert printed.out == f"All {articles} articles and 21 passages are fine.\n"
    assert printed.err == ""
    assert code == 0


def test_every_fault_is_a_line_with_file_and_line_number(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expiry = folder / "faq" / "credit-expiry.md"
    text = expiry.read_text(encoding="utf-8")
    expiry.write_text(text.replace("{grant.amount}", "{grant.amuont}", 1), encoding="utf-8")
    line = text[: text.index("{grant.amount}")].count("\n") + 1
    (folder / "faq" / "zzz.md").write_text("no header", encoding="utf-8")

    code = run(["knowledge", "check", "knowledge"])

    printed = capsys.readouterr()
    first, second = printed.err.splitlines()
    assert first.startswith(f"knowledge/faq/credit-expiry.md, line {line}: there is no fact")
    assert "Did you mean “grant.amount”?" in first
    assert second.startswith("knowledge/faq/zzz.md, line 1: the header is missing")
    assert printed.out == ""
    assert code == 1


def test_passages_are_compared_with_the_documentation(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "page.txt"
    docs.write_text("The minimum is $5.\nA pack is $77.\n", encoding="utf-8")

    code = run(["knowledge", "check", "--against", str(docs)])

    errors = capsys.readouterr().err.splitlines()
    assert any(line.startswith("page.txt, line 2: no passage says “$77”") for line in errors)
    assert not any("“$5”" in line for line in errors)
    assert code == 1


def test_a_folder_that_is_not_there_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["knowledge", "check", str(folder / "elsewhere")])

    assert "There is no folder" in capsys.readouterr().err
    assert code == 2


def test_documentation_becomes_passages_beside_those_of_the_knowledge(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "refunds.md"
    page.write_text("# Refunds\n\nAsk within a week.\n", encoding="utf-8")

    code = run(["knowledge", "ingest", "refunds.md"])

    printed = capsys.readouterr().out
    assert "1 passage in 1 article: 1 added" in printed
    assert "The passages are in knowledge/docs." in printed
    assert "Ask within a week." in (folder / "docs" / "refunds.md").read_text(encoding="utf-8")
    assert code == 0


def test_an_article_that_cites_a_changed_passage_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("## Packs\n\nA pack is charged.\n", encoding="utf-8")
    run(["knowledge", "ingest", "page.md"])
    expiry = folder / "faq" / "credit-expiry.md"
    cited = expiry.read_text(encoding="utf-8") + "Packs are charged. [page#packs]\n"
    expiry.write_text(cited, encoding="utf-8")
    page.write_text("## Packs\n\nA pack is free.\n", encoding="utf-8")
    capsys.readouterr()

    run(["knowledge", "ingest", "page.md"])

    assert "Changed: page#packs; read again credit-expiry.md." in capsys.readouterr().out


def test_passages_can_go_into_another_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Packs\n\nA pack is charged.\n", encoding="utf-8")

    code = run(["knowledge", "ingest", "page.txt", "--into", "mine/docs"])

    assert (tmp_path / "mine" / "docs" / "page.md").is_file()
    assert not (folder / "docs" / "page.md").exists()
    assert "The passages are in mine/docs." in capsys.readouterr().out
    assert code == 0


def test_what_cannot_be_ingested_is_said_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))

    code = run(["knowledge", "ingest", "gone.md"])

    assert "There is no file or folder gone.md" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before
    assert code != 0


def test_passages_are_found_by_their_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["knowledge", "search", "do", "credits", "expire"])

    printed = capsys.readouterr().out
    assert printed.startswith("[billing/credits#credit-expiration] Credit expiration\n")
    assert "Prepaid balance credits in a Together AI account" in printed
    assert code == 0


def test_a_search_in_vain_fails_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["knowledge", "search", "zzzzzz"])

    assert "No passage speaks of “zzzzzz”" in capsys.readouterr().err
    assert code == 1


def test_the_menu_of_facts_and_phrases_reads_in_columns_when_piped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run(["knowledge", "facts"])

    lines = capsys.readouterr().out.splitlines()
    number = next(line for line in lines if line.startswith("{invoice.number}"))
    room = next(line for line in lines if line.startswith("{limits.room}"))
    assert number.index("INV-2041") == room.index("$96.90")
    assert room.endswith("say with it {limits.negative_limit}, {balance.total}")
    assert any(line.startswith("## When an invoice is past due  ") for line in lines)
    assert code == 0


def test_the_menu_is_there_for_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["knowledge", "facts", "--json"])

    menu = json.loads(capsys.readouterr().out)
    facts = {fact["name"]: fact for fact in menu["facts"]}
    phrases = {phrase["phrase"]: phrase for phrase in menu["phrases"]}
    assert facts["limits.room"]["beside"] == ["limits.negative_limit", "balance.total"]
    assert phrases["an invoice is past due"]["cause"] == "past_due_invoice"
    assert "invoice" in phrases["an invoice is past due"]["binds"]
    assert code == 0


QUESTIONS = "\n".join(
    f"  - is {word} part of it"
    for word in ("this", "that", "more", "less", "bread", "music", "winter", "iron")
)
ARTICLE = """---
title: {title}
intent: {intent}
owner: billing-support
reviewed: 2026-11-20
asked as:
{questions}
---

## Otherwise

It is.
"""


def test_compile_learns_the_questions_and_says_where_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faq = tmp_path / "small" / "faq"
    faq.mkdir(parents=True)
    for intent, verb in (("credit_expiry", "is"), ("greeting", "was"), ("out_of_scope", "be")):
        questions = QUESTIONS.replace("is ", f"{verb} {intent} ")
        text = ARTICLE.format(title=f"{intent}?", intent=intent, questions=questions)
        (faq / f"{intent.replace('_', '-')}.md").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SUPPORTBOT_KNOWLEDGE", str(tmp_path / "small"))
    monkeypatch.chdir(tmp_path)

    code = run(["knowledge", "compile", "--into", "trained"])

    (model,) = (tmp_path / "trained").iterdir()
    assert f"kept in trained/{model.name}" in capsys.readouterr().out
    assert code == 0


@pytest.mark.parametrize("command", ["check", "ingest", "search", "facts", "compile"])
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["knowledge", command, "--help"])

    assert f"Example: supportbot knowledge {command}" in capsys.readouterr().out
    assert code == 0

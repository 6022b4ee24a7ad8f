"""The report: budgets, JSON, tables and the page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from supportbot.evaluation.budgets import Budgets, broken
from supportbot.evaluation.examples import (
    Example,
    Miss,
    NoExamples,
    misses,
    read_vectors,
    write_vectors,
)
from supportbot.evaluation.hearing import Heard
from supportbot.evaluation.page import page
from supportbot.evaluation.report import About, Report, as_json, report_of
from supportbot.evaluation.tables import about, error_lines, tables
from supportbot.understanding.model import Thresholds
from tests.evaluated import guessed, heard, heard_several

NOT_COVERED = "in_domain_not_covered"
THRESHOLDS = Thresholds(1.1, 0.55, 0.34, 0.43)
MESSAGES = (
    heard("invoices", "invoices"),
    heard("invoices", "thanks", confidence=0.7),
    heard(NOT_COVERED, NOT_COVERED, confidence=0.5),
    heard("thanks", turn=2),
    guessed("thanks", "thanks", 0.4),
    heard_several(("invoices", "thanks"), "invoices", "greeting"),
)


def reported(*messages: Heard, example: Example | None = None) -> Report:
    missed = [Miss(each.heard, example) for each in misses(messages, NoExamples())]
    return report_of(About("some.jsonl", "0a1b", "an encoder@1", (THRESHOLDS,)), messages, missed)


class Page(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "circle", "rect", "polyline"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parsed(html: str) -> Page:
    found = Page()
    found.feed(html)
    return found


def test_a_kept_budget_says_nothing() -> None:
    report = reported(heard("invoices", "invoices"), heard("invoices", "thanks"))

    assert broken(report, Budgets(wrong=0.5, refused=0.0, accuracy=0.5)) == ()
    assert broken(report, Budgets()) == ()


def test_a_broken_budget_says_which_and_by_how_much() -> None:
    report = reported(heard("invoices", "thanks"), heard("invoices"), *[MESSAGES[0]] * 6)

    assert broken(report, Budgets(wrong=0.02, refused=0.1, accuracy=0.9)) == (
        "--max-wrong 0.02 is broken: wrong answers 1 of 8 (12.5%), 10.5 points over the budget.",
        "--max-refused 0.1 is broken: covered questions refused 1 of 8 (12.5%), "
        "2.5 points over the budget.",
        "--min-accuracy 0.9 is broken: accuracy, lenient 6 of 8 (75.0%), "
        "15.0 points under the budget.",
    )


def test_json_has_every_part_and_shares_with_their_intervals() -> None:
    written = as_json(reported(*MESSAGES))

    assert json.loads(json.dumps(written)) == written
    assert written["figures"]["wrong_answers"] == {
        "count": 1,
        "of": 5,
        "share": 0.2,
        "low": 0.0362,
        "high": 0.6245,
    }
    assert written["several"]["f1"] == 0.5
    assert {row["intent"] for row in written["intents"]} == {
        "invoices",
        "thanks",
        "greeting",
        NOT_COVERED,
    }
    assert written["thresholds"][0]["answer"] == 0.55
    assert [error["verdict"] for error in written["errors"]] == [
        "wrong",
        "refused",
        "refused",
        "incomplete, too much",
    ]


def test_an_error_names_the_known_question_that_misled_the_matcher() -> None:
    report = reported(MESSAGES[1], example=Example("thanks", "ta very much", 0.71))

    assert as_json(report)["errors"][0]["misled_by"] == {
        "topic": "thanks",
        "text": "ta very much",
        "similarity": 0.71,
    }
    assert "  nearest known question: thanks: “ta very much” (0.71)" in error_lines(report.misses)


def test_tables_without_rows_are_left_out() -> None:
    titles = [table.title for table in tables(reported(heard("invoices", "invoices")))]

    assert "Taken for another" not in titles
    assert "Intents" in titles


def test_the_report_names_the_encoder_or_says_that_there_is_none() -> None:
    without = report_of(About("some.jsonl", "0a1b", None, ()), (), ())

    assert "Encoder: an encoder@1" in about(reported())
    assert "Encoder: none: the words alone decided" in about(without)


def test_thresholds_of_several_folds_are_shown_as_a_range() -> None:
    other = Thresholds(1.1, 0.6, 0.34, 0.43)
    report = report_of(About("folds", "0a1b", "e", (THRESHOLDS, other)), (), ())

    assert about(report)[-1] == "Answers from confidence 0.55 to 0.60, says “not covered” from 0.34"


def test_the_page_asks_for_nothing_from_elsewhere_and_runs_nothing() -> None:
    html = page(reported(*MESSAGES))

    found = parsed(html)
    assert found.open == []
    assert not {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe"}
    assert not re.search(r"https?:|url\(|@import", html)


def test_tables_of_the_page_have_captions_and_headings_with_a_scope() -> None:
    found = parsed(page(reported(*MESSAGES)))

    assert len(found.named("caption")) == len(found.named("table"))
    assert all(heading.get("scope") in ("col", "row") for heading in found.named("th"))


def test_charts_say_in_words_what_they_show() -> None:
    charts = [
        svg for svg in parsed(page(reported(*MESSAGES))).named("svg") if "aria-hidden" not in svg
    ]

    assert len(charts) == 4
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in charts)


def test_what_people_wrote_cannot_become_part_of_the_page() -> None:
    evil = Example("thanks", "<script>alert(1)</script>", 0.7)

    html = page(reported(MESSAGES[1], example=evil))

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("messages", [(), (MESSAGES[5],), (MESSAGES[3],), MESSAGES])
def test_a_page_can_be_made_of_any_kind_of_messages(messages: tuple[Heard, ...]) -> None:
    assert parsed(page(reported(*messages))).open == []


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page(reported(*MESSAGES)) == page(reported(*MESSAGES))


def test_vectors_are_kept_for_the_next_time_and_a_damaged_file_is_none(tmp_path: Path) -> None:
    import numpy as np

    rows = np.ones((2, 3), dtype=np.float32)
    path = tmp_path / "new" / "kept.npz"

    write_vectors(path, {"file": rows})

    assert (read_vectors(path)["file"] == rows).all()
    path.write_bytes(b"PK no")
    assert read_vectors(path) == {}
    assert read_vectors(tmp_path / "none.npz") == {}

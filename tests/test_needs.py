"""An article says the same whether or not the parts that it does not look at were read."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.demo import demo_records
from supportbot.composing.composer import Composed, compose
from supportbot.composing.needs import ALL_PARTS, PARTS_OF_CAUSES, PARTS_OF_FACTS, parts_of
from supportbot.composing.scope import Scope
from supportbot.diagnosis import CAUSES
from supportbot.knowledge.article import Article
from supportbot.knowledge.library import Library
from supportbot.understanding.entities import Entities
from tests.records import NOW
from tests.running import ROOT
from tests.strategies import accounts

LIBRARY = Library(ROOT / "knowledge")
ARTICLES = tuple(LIBRARY.articles.values())
MENTIONS = (Entities(), Entities(ordinal="latest"))


def told(article: Article, account: Account, mentions: Entities) -> Composed:
    return compose(article, LIBRARY.passages, Scope(account, NOW, mentions=mentions))


def with_only(account: Account, parts: frozenset[str]) -> Account:
    return replace(account, **dict.fromkeys(ALL_PARTS - parts, UNKNOWN))  # type: ignore[arg-type]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_what_an_article_does_not_look_at_need_not_be_read(article: Article) -> None:
    for account in demo_records():
        for mentions in MENTIONS:
            less = with_only(account, parts_of(article))

            assert told(article, less, mentions) == told(article, account, mentions)


@given(account=accounts)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_and_so_for_accounts_of_any_kind(account: Account) -> None:
    for article in ARTICLES:
        less = with_only(account, parts_of(article))

        assert told(article, less, MENTIONS[0]) == told(article, account, MENTIONS[0])


def test_a_question_of_cards_reads_no_invoices() -> None:
    by_slug = {article.slug: article for article in ARTICLES}

    assert parts_of(by_slug["credit-types"]) <= {"balance", "credit_grants"}
    assert parts_of(by_slug["access-blocked"]) == ALL_PARTS
    assert parts_of(by_slug["greeting"]) == frozenset()


def test_every_cause_and_every_fact_names_parts_of_the_record() -> None:
    named = {
        part for parts in (*PARTS_OF_CAUSES.values(), *PARTS_OF_FACTS.values()) for part in parts
    }

    assert set(PARTS_OF_CAUSES) == set(CAUSES)
    assert named <= ALL_PARTS

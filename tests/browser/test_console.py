"""A whole shift in the console, in a real browser, by keyboard alone."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from supportbot.accounts.database import DatabaseAccounts
from supportbot.accounts.record import parse_record
from supportbot.store.engine import open_engine
from tests.api import KEYS, bearer
from tests.running import environment, supportbot
from tests.serving import served

PASSWORD = "correct horse battery"  # noqa: S105 -- of nothing real
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RECORDS = json.loads(files("supportbot.accounts").joinpath("demo.json").read_text(encoding="utf-8"))


@dataclass
class Office:
    """A server with the demo's accounts in a database, and agents."""

    address: str
    settings: dict[str, str]
    database: str

    def add_agent(self, email: str, *options: str) -> str:
        told = supportbot("agents", "add", email, *options, **self.settings)
        return self.address + told.out.strip()[told.out.index("/console") :]

    def hand_over(self, text: str, account: str = "northwind") -> tuple[str, str]:
        headers = bearer(account, "olga", role="owner")
        asked = self.ask(text, account)
        path = f"{self.address}/v1/conversations/{asked}/handoff"
        given = httpx2.post(path, json={}, headers=headers)
        return asked, str(given.json()["reference"])

    def ask(self, text: str, account: str = "northwind", conversation: str = "") -> str:
        body = {"text": text, **({"conversation": conversation} if conversation else {})}
        headers = bearer(account, "olga", role="owner")
        reply = httpx2.post(f"{self.address}/v1/answers", json=body, headers=headers, timeout=20)
        return str(reply.json()["conversation"])

    def replies(self, conversation: str, account: str = "northwind") -> list[str]:
        headers = bearer(account, "olga", role="owner")
        told = httpx2.get(f"{self.address}/v1/conversations/{conversation}", headers=headers)
        return [each["text"] for each in told.json()["turns"] if each["kind"] == "reply"]

    def set_balance(self, account: str, total: int) -> None:
        engine = open_engine(self.database)
        (own,) = [each for each in RECORDS if each["id"] == account]
        changed = {**own, "balance": {**own["balance"], "total": total}}
        DatabaseAccounts(engine).replace_all_or_nothing([parse_record(changed)])
        engine.dispose()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = f"sqlite:///{tmp_path / 'office.db'}"
    own = {
        "DATABASE_URL": database,
        "RATE_LIMIT_PER_MINUTE": "0",
        "IDENTITY_KEYS": ",".join(f"{kid}:{secret}" for kid, secret in KEYS.items()),
    }
    records = tmp_path / "accounts.json"
    records.write_text(json.dumps(RECORDS), encoding="utf-8")
    assert supportbot("accounts", "import", str(records), **own).code == 0
    with served(environment(own)) as server:
        yield Office(server.address, own, database)


@dataclass
class Agent:
    """An agent's browser, and what its console complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def tab_to(self, name: str) -> None:
        """Press Tab until the element with that name has the focus."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            told = self.page.evaluate(
                "[document.activeElement.textContent, document.activeElement.ariaLabel || '']"
            )
            if any(name == " ".join(each.split()) for each in told):
                return
        raise AssertionError(f"no way by Tab to {name}")

    def violations(self) -> list[str]:
        found = Axe().run(self.page, options={"runOnly": RULES})
        return [f"{e['id']}: {e['nodes'][0]['html'][:120]}" for e in found.response["violations"]]


@pytest.fixture
def agent(browser: Browser, office: Office) -> Iterator[Callable[..., Agent]]:
    """Give signed-in agents: ``agent("ann@example.com", color_scheme="dark")``."""
    contexts = []

    def signed_in(email: str = "ann@example.com", *options: str, **context: Any) -> Agent:
        context.setdefault("viewport", {"width": 1600, "height": 950})
        made = browser.new_context(**context)
        contexts.append(made)
        own = Agent(made.new_page())
        note = own.complaints.append
        own.page.on("console", lambda m: note(m.text) if m.type in ("error", "warning") else None)
        own.page.on("pageerror", lambda error: note(str(error)))
        own.page.goto(office.add_agent(email, *options))
        expect(own.page.get_by_label("Password")).to_be_focused()
        own.page.keyboard.type(PASSWORD)
        own.page.keyboard.press("Enter")
        own.page.wait_for_url("**/sign-in")
        expect(own.page.get_by_label("E-mail")).to_be_focused()
        own.page.keyboard.type(email)
        own.page.keyboard.press("Tab")
        own.page.keyboard.type(PASSWORD)
        own.page.keyboard.press("Enter")
        own.page.wait_for_url("**/console")
        return own

    yield signed_in
    for made in contexts:
        made.close()


def test_a_whole_shift_by_keyboard_alone(office: Office, agent: Callable[..., Agent]) -> None:
    first, reference = office.hand_over("why does my API fail although I have credits?")
    second, other = office.hand_over("what is my balance?", "meadow")
    ann = agent()
    page, keys = ann.page, ann.page.keyboard

    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**/tickets/{reference}")
    keys.press("3")
    lit = page.locator("#source-3")
    expect(lit).to_be_focused()
    expect(page.locator(".said.lit").first).to_contain_text("past due")
    keys.press("e")
    expect(page.locator("#text")).to_be_focused()
    keys.press("Control+Home")
    keys.type("Dear Olga j k x r,\n")
    keys.press("Escape")
    expect(page.locator("#text")).not_to_be_focused()
    keys.press("Control+Enter")
    page.get_by_text("Sent to the customer.").wait_for()
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**/tickets/{other}")
    keys.press("x")
    expect(page.get_by_role("radio", name="incorrect")).to_be_focused()
    keys.press("ArrowDown")
    ann.tab_to("Dismiss")
    keys.press("Enter")
    page.get_by_text("You dismissed the draft (incomplete).").wait_for()
    keys.press("r")
    page.get_by_text("Draft of just now").wait_for()
    ann.tab_to("Give back to the bot")
    keys.press("Enter")
    page.get_by_text("Given back to the bot.").wait_for()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    ann.tab_to("Sign out")
    keys.press("Enter")
    page.wait_for_url("**/sign-in")

    (reply,) = office.replies(first)
    assert reply.startswith("Dear Olga j k x r,")
    assert "$312.40" in reply
    assert office.replies(second, "meadow") == []
    assert ann.complaints == []


def test_single_keys_can_be_switched_off(office: Office, agent: Callable[..., Agent]) -> None:
    office.hand_over("what is my balance?")
    page = agent().page
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("checkbox", name="Single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")

    expect(page.locator(".queue a").first).not_to_be_focused()


def test_a_question_and_a_snippet_are_inserted_where_the_cursor_is(
    office: Office, agent: Callable[..., Agent]
) -> None:
    _, reference = office.hand_over("why does my API fail?")
    ann = agent()
    page = ann.page
    page.goto(f"{office.address}/console/tickets/{reference}")
    page.get_by_text("Look up and insert").click()
    page.get_by_role("textbox", name="A question").fill("what is my balance?")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("button", name="Insert into the reply").click()

    expect(page.locator("#text")).to_have_value(re.compile(r"\$150\.00"))
    assert ann.complaints == []


def test_a_customer_who_writes_again_is_noticed_without_a_reload(
    office: Office, agent: Callable[..., Agent]
) -> None:
    conversation, reference = office.hand_over("what is my balance?")
    page = agent().page
    page.goto(f"{office.address}/console/tickets/{reference}")
    office.ask("and do my credits expire?", conversation=conversation)

    expect(page.get_by_role("status").first).to_contain_text("Somebody wrote in", timeout=15_000)


def test_a_changed_figure_is_shown_and_must_be_accepted(
    office: Office, agent: Callable[..., Agent]
) -> None:
    conversation, reference = office.hand_over("what is my balance?")
    ann = agent()
    page = ann.page
    page.goto(f"{office.address}/console/tickets/{reference}")
    office.set_balance("northwind", -310)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("was $150.00, now -$3.10").wait_for()
    held = office.replies(conversation)
    shown = ann.violations()
    page.get_by_role("button", name="Send as it is").click()
    page.get_by_text("Sent to the customer.").wait_for()

    assert held == []
    assert shown == []
    assert len(office.replies(conversation)) == 1


def test_two_agents_on_one_ticket_see_each_other(
    office: Office, agent: Callable[..., Agent]
) -> None:
    conversation, reference = office.hand_over("what is my balance?")
    ann, bob = agent("ann@example.com"), agent("bob@example.com")
    for each in (ann, bob):
        each.page.goto(f"{office.address}/console/tickets/{reference}")
    ann.page.get_by_role("button", name="Take over").click()
    ann.page.get_by_text("You have this ticket.").wait_for()
    bob.page.get_by_role("button", name="Send", exact=True).click()
    bob.page.get_by_text("Another agent has this ticket. Nothing was sent.").wait_for()
    bob.page.get_by_text("ann@example.com has this ticket.").wait_for()
    ann.page.get_by_role("button", name="Send", exact=True).click()
    ann.page.get_by_text("Sent to the customer.").wait_for()

    assert len(office.replies(conversation)) == 1


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 800}},
        {"viewport": {"width": 800, "height": 475}, "device_scale_factor": 2},
    ],
    ids=["light", "dark", "narrow", "zoomed"],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    office: Office, agent: Callable[..., Agent], context: dict[str, Any]
) -> None:
    _, reference = office.hand_over("why does my API fail although I have credits?")
    ann = agent("ann@example.com", "--admin", **context)
    for text in ("how do I bake bread?", "do my credits expire?"):
        office.ask(text)
    places = ("agents", "ask", "audit", "conversations", "dashboard", "feedback", "knowledge")
    for place in ("", f"/tickets/{reference}", *(f"/{each}" for each in places)):
        ann.page.goto(f"{office.address}/console{place}")
        for details in ann.page.locator("details").all():
            details.evaluate("each => each.open = true")

        assert ann.violations() == []
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not ann.page.evaluate(wide)
    assert ann.complaints == []

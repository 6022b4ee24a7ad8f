"""The widget as visitors meet it, in a real browser, on the demo that is served."""

import gzip
import http.server
import json
import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from tests.browser.conftest import Open, Visit

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "is_mobile": True}
UNSAFE = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "localStorage",
)
LANGUAGES = {
    "es": "Ayuda de facturación",
    "de-AT": "Hilfe zur Abrechnung",
    "ja": "請求サポート",
    "xx": "Billing support",
}
FOCUSED = "document.querySelector('support-bot').shadowRoot.activeElement.className"
BALANCE = "What is my balance?"
BLOCKED = "why does my API fail although I have credits?"
LARGEST = 15 * 1024


def violations(visit: Visit) -> list[str]:
    found = Axe().run(visit.page, options={"runOnly": RULES})
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found.response["violations"]
    ]


def answered(visit: Visit, text: str) -> str:
    answers = visit.page.get_by_role("heading", name="Answer", exact=True)
    before = answers.count()
    visit.ask(text)
    answers.nth(before).wait_for()
    told: str = visit.log.locator("article").last.inner_text()
    return told


def test_it_is_small(host: str) -> None:
    script = httpx2.get(f"{host}/widget/v1.js")

    assert len(gzip.compress(script.content, 9)) <= LARGEST
    assert script.headers["Content-Type"].startswith("text/javascript")
    again = httpx2.get(f"{host}/widget/v1.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304


def test_it_never_writes_markup(host: str) -> None:
    script = httpx2.get(f"{host}/widget/v1.js").text

    for unsafe in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "localStorage",
    ):
        assert unsafe not in script
    assert 'setAttribute("style"' not in script


def test_a_page_can_pin_it(host: str) -> None:
    pin = httpx2.get(f"{host}/widget/v1.json").json()

    assert httpx2.get(host + pin["src"]).content == httpx2.get(f"{host}/widget/v1.js").content
    assert pin["integrity"].startswith("sha384-")
    assert httpx2.get(f"{host}/widget/v1-0000.js").status_code == 404


def test_nothing_but_the_script_is_fetched_before_it_is_opened(visit: Open, host: str) -> None:
    fetched: list[str] = []
    visited = visit()
    visited.page.on("request", lambda request: fetched.append(request.url))
    visited.page.reload()
    visited.page.locator("support-bot").wait_for(state="attached")
    visited.page.wait_for_timeout(300)

    ours = [url for url in fetched if "/v1/" in url or "/token" in url]
    assert ours == []
    assert visited.page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_a_signed_in_visitor_is_answered_with_sources(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()

    told = answered(visited, BALANCE)
    visited.page.get_by_role("button", name="Sources 2").click()
    focused = visited.page.evaluate(
        "document.querySelector('support-bot').shadowRoot.activeElement.textContent"
    )

    assert "$150.00" in told
    assert "Your account" in focused
    assert "as of" in focused
    assert visited.complaints == []


def test_an_anonymous_visitor_hears_what_is_public_with_its_quote(visit: Open) -> None:
    visited = visit()
    visited.open_widget()

    told = answered(visited, "do my credits expire?")
    visited.log.get_by_text("Sources (1)").click()

    assert "no expiration date" in told
    assert visited.log.locator("blockquote").is_visible()
    assert "Documentation" in visited.log.locator("ol").inner_text()


def test_a_diagnosis_is_a_list_of_causes(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()
    answered(visited, BLOCKED)

    causes = visited.log.locator(".causes > ul > li")
    assert causes.count() >= 1
    assert "Certain." in causes.first.inner_text()
    assert causes.first.locator("ul > li").count() >= 2


def test_the_page_decides_which_questions_are_offered(visit: Open) -> None:
    visited = visit()
    visited.page.evaluate("document.querySelector('h1').textContent = 'Auto-recharge'")
    visited.open_widget()

    first = visited.log.locator(".chip").first
    first.wait_for()
    assert "auto-recharge" in first.inner_text().lower()
    first.click()
    visited.page.get_by_role("heading", name="Answer", exact=True).wait_for()


def test_everything_can_be_done_by_keyboard(visit: Open) -> None:
    visited = visit("meadow")
    page = visited.page
    launcher = page.get_by_role("button", name="Ask billing support")
    launcher.press("Enter")
    page.keyboard.type(BALANCE)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("now")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Answer", exact=True).wait_for()
    page.keyboard.press("Escape")

    assert not page.get_by_role("dialog").is_visible()
    assert launcher.get_attribute("aria-expanded") == "false"
    focused = page.evaluate(
        "document.querySelector('support-bot').shadowRoot.activeElement.className"
    )
    assert focused == "launcher"


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus(visit: Open) -> None:
    visited = visit("meadow", color_scheme="dark", reduced_motion="reduce", **PHONE)
    visited.open_widget()
    dialog = visited.page.get_by_role("dialog")

    assert dialog.evaluate("each => each.matches(':modal')")
    box = dialog.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 780)
    visited.page.keyboard.press("Escape")
    assert not dialog.is_visible()


CONTEXTS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_axe_finds_nothing_in_any_state(visit: Open, context: dict[str, Any]) -> None:
    visited = visit("northwind", **context)
    found = {"closed": violations(visited)}
    visited.open_widget()
    visited.log.locator(".chip").first.wait_for()
    found["open"] = violations(visited)
    answered(visited, BLOCKED)
    visited.log.get_by_text(re.compile(r"Sources \(")).click()
    found["answered"] = violations(visited)
    visited.page.get_by_role("button", name="Not helpful").click()
    answered(visited, "can I get a refund?")
    found["not covered, reasons"] = violations(visited)
    visited.page.get_by_role("button", name="Talk to a person").last.click()
    found["person"] = violations(visited)
    visited.page.context.set_offline(True)
    visited.ask(BALANCE)
    visited.page.get_by_text("No connection").wait_for()
    found["offline"] = violations(visited)

    assert {state: each for state, each in found.items() if each} == {}


def test_axe_would_find_a_button_without_a_name(visit: Open) -> None:
    visited = visit()
    visited.open_widget()
    visited.page.evaluate(
        "document.querySelector('support-bot').shadowRoot.querySelector('.send')"
        ".removeAttribute('aria-label')"
    )

    assert any(each.startswith("button-name") for each in violations(visited))


def test_where_text_runs_to_the_left_it_stands_on_the_other_side(visit: Open) -> None:
    visited = visit()
    launcher = visited.page.get_by_role("button", name="Ask billing support")
    before = launcher.bounding_box()
    visited.page.evaluate("document.documentElement.dir = 'rtl'")
    after = launcher.bounding_box()

    assert before is not None
    assert after is not None
    assert before["x"] > 800
    assert after["x"] < 100
    visited.open_widget()
    panel = visited.page.get_by_role("dialog").bounding_box()
    assert panel is not None
    assert panel["x"] < 100


def test_it_speaks_the_language_of_the_page(visit: Open) -> None:
    for locale, title in LANGUAGES.items():
        visited = visit()
        visited.page.evaluate("locale => SupportBot('boot', {locale})", locale)
        visited.page.evaluate("SupportBot('open')")
        assert visited.page.get_by_role("heading", name=title).is_visible()


def test_it_follows_the_theme_of_its_host(visit: Open) -> None:
    visited = visit()
    dark = "document.querySelector('support-bot').hasAttribute('data-dark')"
    states = [visited.page.evaluate(dark)]
    for change in (
        "document.body.dataset.mdColorScheme = 'slate'",
        "document.body.dataset.mdColorScheme = 'default'",
    ):
        visited.page.evaluate(change)
        visited.page.wait_for_function("true")
        states.append(visited.page.evaluate(dark))

    assert states == [False, True, False]


def test_a_slow_look_up_shows_progress_and_a_fast_one_does_not(visit: Open) -> None:
    visited = visit("meadow")
    visited.open_widget()
    shown: list[bool] = []
    waiting = visited.page.get_by_role("log").get_by_text("Looking up your account…")
    answered(visited, BALANCE)
    shown.append(waiting.is_visible())

    def late(route: Any) -> None:
        visited.page.wait_for_timeout(900)
        route.continue_()

    visited.page.route("**/v1/answers", late)
    visited.ask("how much did I spend this month?")
    waiting.wait_for(timeout=5000)
    shown.append(waiting.is_visible())
    waiting.wait_for(state="hidden")

    assert shown == [False, True]


FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "busy": ({"status": 429, "headers": {"Retry-After": "1"}}, "send it again in"),
    "broken": ({"status": 500}, "went wrong on our side"),
    "not stored": ({"status": 503, "headers": {"Retry-After": "5"}}, "went wrong on our side"),
}


@pytest.mark.parametrize(("reply", "said"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_plain_and_loses_no_text(
    visit: Open, reply: dict[str, Any], said: str
) -> None:
    visited = visit("meadow")
    visited.open_widget()
    keys: list[str] = []

    def fail_once(route: Any) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fulfill(**reply) if len(keys) == 1 else route.continue_()

    visited.page.route("**/v1/answers", fail_once)
    visited.ask(BALANCE)
    visited.page.get_by_text(said).wait_for()
    visited.page.get_by_role("button", name="Try again").click(timeout=5000)
    visited.page.get_by_role("heading", name="Answer", exact=True).wait_for()

    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert visited.log.locator(".mine").count() == 1


def test_without_a_connection_the_question_is_kept(visit: Open) -> None:
    visited = visit("meadow")
    visited.open_widget()
    visited.page.context.set_offline(True)
    visited.ask(BALANCE)
    visited.page.get_by_text("No connection").wait_for()
    visited.page.context.set_offline(False)
    visited.page.get_by_role("button", name="Try again").click()

    visited.page.get_by_role("heading", name="Answer", exact=True).wait_for()


def test_a_token_that_ran_out_is_asked_for_once_more_and_then_nobody_is_signed_in(
    visit: Open,
) -> None:
    visited = visit("northwind")
    visited.open_widget()
    sent: list[bool] = []

    def refuse(route: Any) -> None:
        signed = "authorization" in route.request.headers
        sent.append(signed)
        route.fulfill(status=401) if signed else route.continue_()

    visited.page.route("**/v1/answers", refuse)
    visited.ask(BALANCE)
    visited.page.get_by_text("Sign in to see answers about your own account").wait_for()

    assert sent == [True, True, False]
    assert "$" not in visited.log.inner_text()


def test_of_two_visitors_in_one_browser_the_second_sees_nothing_of_the_first(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()
    assert "$150.00" in answered(visited, BALANCE)
    first = visited.page.evaluate("sessionStorage.getItem('supportbot.conversation')")
    visited.page.get_by_label("Signed in as").select_option("meadow")
    visited.page.wait_for_function("!sessionStorage.getItem('supportbot.conversation')")
    wiped = visited.log.inner_text()
    told = answered(visited, BALANCE)

    assert first
    assert "$150.00" not in wiped
    assert "$150.00" not in told
    assert visited.page.evaluate("sessionStorage.getItem('supportbot.conversation')") != first


def test_an_answer_that_comes_late_is_not_shown_to_the_next_visitor(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()
    held: list[Any] = []
    visited.page.route("**/v1/answers", lambda route: held.append(route))
    visited.ask(BALANCE)
    visited.page.wait_for_timeout(200)
    visited.page.get_by_label("Signed in as").select_option("meadow")
    visited.page.unroute("**/v1/answers")
    with suppress(Error):  # the browser may have given the request up
        held[0].continue_()
    visited.page.wait_for_timeout(500)

    assert "$150.00" not in visited.log.inner_text()
    assert visited.log.locator(".mine").count() == 0


def test_after_shutdown_nothing_is_left(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()
    answered(visited, BALANCE)
    visited.page.evaluate("SupportBot('shutdown')")

    assert visited.page.locator("support-bot").count() == 0
    assert visited.page.evaluate("sessionStorage.length") == 0


def test_a_reload_shows_the_conversation_again(visit: Open) -> None:
    visited = visit("northwind")
    visited.open_widget()
    answered(visited, BALANCE)
    visited.page.reload()
    visited.page.locator("support-bot").wait_for(state="attached")
    visited.open_widget()

    visited.page.get_by_role("heading", name="Answer", exact=True).wait_for()
    assert "$150.00" in visited.log.inner_text()


def test_a_person_can_be_asked_for_and_their_reply_appears_in_the_thread(
    visit: Open, host: str
) -> None:
    visited = visit("meadow")
    visited.open_widget()
    answered(visited, BALANCE)
    visited.page.get_by_role("button", name="Talk to a person").last.click()
    visited.page.get_by_label("Your e-mail address").fill("mia@meadow.example")
    visited.page.get_by_role("button", name="Send to a person").click()
    visited.page.get_by_text(re.compile(r"Your reference: H-[A-Z2-9]{8}")).wait_for()

    def with_reply(route: Any) -> None:
        told = route.fetch().json()
        told["turns"].append({"kind": "reply", "at": "2026-11-25T00:00:00Z", "text": "Hello Mia!"})
        route.fulfill(json=told, headers={"ETag": '"new"', "Content-Type": "application/json"})

    visited.page.route("**/v1/conversations/*", with_reply)
    visited.page.keyboard.press("Escape")
    visited.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    launcher = visited.page.get_by_role("button", name="Ask billing support, 1 new replies")
    launcher.click()

    assert visited.log.get_by_text("Hello Mia!").count() == 1


def test_what_a_danger_leads_to_is_read_before_an_address_is_asked_for(visit: Open) -> None:
    visited = visit("meadow")
    visited.open_widget()
    answered(visited, "somebody used my card on your site, 3 payments last night")
    visited.page.get_by_label("Your e-mail address").wait_for()

    expect(visited.page.get_by_text("passed it on to a person")).to_be_in_viewport()
    expect(visited.page.get_by_label("Your e-mail address")).not_to_be_focused()
    assert visited.log.get_by_role("button", name="Talk to a person").count() == 0


def test_thumbs_can_be_changed_and_say_why(visit: Open) -> None:
    visited = visit("meadow")
    visited.open_widget()
    sent: list[Any] = []

    def note(request: Any) -> None:
        if request.url.endswith("/feedback"):
            sent.append(json.loads(request.post_data))

    visited.page.on("request", note)
    answered(visited, BALANCE)
    up, down = (
        visited.page.get_by_role("button", name=n, exact=True) for n in ("Helpful", "Not helpful")
    )
    up.click()
    down.click()
    visited.page.get_by_role("button", name="Not correct").click()
    visited.page.get_by_text("Thank you.").wait_for()

    assert (up.get_attribute("aria-pressed"), down.get_attribute("aria-pressed")) == (
        "false",
        "true",
    )
    assert sent[-1] == {"helpful": False, "reason": "Not correct"}


def test_a_text_that_is_too_long_is_counted_and_not_sent(visit: Open) -> None:
    visited = visit()
    visited.open_widget()
    box = visited.page.get_by_role("textbox", name="Ask a billing question")
    box.fill("x" * 3600)
    assert visited.page.get_by_text("400 characters left").is_visible()
    box.fill("x" * 4010)
    box.press("Enter")

    assert visited.page.get_by_text("10 characters too many").is_visible()
    assert visited.log.locator(".mine").count() == 0


def test_markup_in_a_question_or_an_answer_is_text(visit: Open) -> None:
    nasty = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <b>hi</b>"
    visited = visit()
    visited.open_widget()

    def answer(route: Any) -> None:
        told = route.fetch().json()
        told["text"] = nasty
        route.fulfill(json=told)

    visited.page.route("**/v1/answers", answer)
    visited.ask(nasty)
    visited.page.get_by_role("heading", name="Answer", exact=True).wait_for()

    assert visited.log.locator("img, b, a").count() == 0
    assert visited.log.get_by_text("<img src=x").count() == 2
    assert visited.complaints == []


def test_it_is_not_printed(visit: Open) -> None:
    visited = visit()
    visited.page.emulate_media(media="print")

    assert not visited.page.get_by_role("button", name="Ask billing support").is_visible()


@contextmanager
def site(folder: Path, policy: str = "") -> Iterator[str]:
    """Serve a folder on the origin that the host lets in."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            if policy:
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 8181), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield "http://127.0.0.1:8181"
        server.shutdown()


def strict(host: str) -> str:
    return (
        f"default-src 'none'; script-src 'self' {host}; connect-src {host}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def test_a_page_of_another_origin_with_a_strict_policy_can_host_it(
    visit: Open, host: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(
        f'<!doctype html><html lang="en"><title>Docs</title><body><main><h1>Docs</h1></main>'
        f'<script async src="{host}/widget/v1.js" data-site="docs"></script></body></html>',
        encoding="utf-8",
    )
    (tmp_path / "favicon.ico").write_bytes(b"")
    with site(tmp_path, strict(host)) as address:
        visited = visit(address=f"{address}/index.html")
        visited.open_widget()
        told = answered(visited, "do my credits expire?")
        before = list(visited.complaints)
        visited.page.evaluate("document.body.setAttribute('style', 'color: red')")
        visited.page.wait_for_timeout(100)

    assert "no expiration date" in told
    assert [each for each in before if "favicon" not in each] == []
    assert len(visited.complaints) > len(before), "the policy would not have been noticed"


def test_in_a_material_site_it_survives_moving_from_page_to_page(
    visit: Open, host: str, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Home\n\n[Credits](credits.md)\n")
    (docs / "credits.md").write_text("# Credits\n\nAbout credits.\n")
    (docs / "bot.js").write_text(
        "window.SupportBot ??= (...a) => (SupportBot.q ??= []).push(a);\nSupportBot('boot', {});\n"
    )
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: Docs\nsite_url: http://127.0.0.1:8181/\nplugins: []\n"
        f"theme:\n  name: material\n  font: false\n  features: [navigation.instant]\n"
        f"extra_javascript: [bot.js, '{host}/widget/v1.js']\n"
    )
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    with site(tmp_path / "site") as address:
        visited = visit(address=f"{address}/")
        visited.open_widget()
        answered(visited, "do my credits expire?")
        visited.page.get_by_role("link", name="Credits").first.click()
        visited.page.get_by_role("heading", name="Credits", level=1).wait_for()

        assert visited.page.get_by_role("dialog").is_visible()
        assert "no expiration date" in visited.log.inner_text()
        assert visited.page.locator("support-bot").count() == 1
    shutil.rmtree(tmp_path / "site")


def test_the_commands_may_come_before_and_after_it_is_loaded(visit: Open, host: str) -> None:
    visited = visit()
    events = visited.page.evaluate(
        """async () => {
          const seen = [];
          for (const name of ['open', 'question', 'answer', 'close'])
            SupportBot('on', name, () => seen.push(name));
          SupportBot('boot', {}); SupportBot('boot', {});
          await SupportBot('ask', 'do my credits expire?');
          SupportBot('close');
          return seen;
        }"""
    )

    assert events == ["open", "question", "answer", "close"]
    assert visited.page.locator("support-bot").count() == 1
    with pytest.raises(Exception, match="SupportBot knows no nothing"):
        visited.page.evaluate("SupportBot('nothing')")


def test_the_demo_page_is_only_there_in_a_demo(api: Any) -> None:
    for path in ("/widget/demo", "/widget/demo/token?account=meadow", "/widget/demo/accounts"):
        assert api.client.get(path).status_code == 404
    assert api.client.get("/widget/v1.js").status_code == 200

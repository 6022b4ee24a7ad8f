"""A real browser, and `supportbot serve --demo` as a program of its own."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import ROOT

Open = Callable[..., "Visit"]
ORIGINS = "http://127.0.0.1:8181 http://localhost:8181"


@dataclass
class Visit:
    """A page, and what its console complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def ask(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Ask a billing question")
        box.fill(text)
        box.press("Enter")

    def open_widget(self) -> None:
        self.page.get_by_role("button", name="Ask billing support").click()
        self.page.get_by_role("dialog").wait_for()

    @property
    def log(self) -> Any:
        return self.page.get_by_role("log")


@pytest.fixture(scope="session")
def host() -> Iterator[str]:
    """The address of a demo that runs; it lets pages of port 8181 in."""
    cache = tempfile.mkdtemp(prefix="supportbot-browser-")
    process = subprocess.Popen(
        [sys.executable, "-m", "supportbot", "serve", "--demo", "--port", "0"],
        env=os.environ
        | {
            "SUPPORTBOT_CACHE_DIR": cache,
            "SUPPORTBOT_RATE_LIMIT_PER_MINUTE": "0",
            "SUPPORTBOT_ALLOWED_ORIGINS": ORIGINS,
        },
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    found = None
    while not found:
        line = process.stderr.readline().decode()
        assert line, "it ended before it listened"
        found = re.search(r"listens at (http://[\d.:]+)", line)
    with open(os.devnull, "wb") as nowhere:
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=nowhere)
    yield found.group(1)
    process.kill()
    process.wait(10)
    drain.wait(10)
    process.stderr.close()
    shutil.rmtree(cache, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, host: str) -> Iterator[Open]:
    """Open a page in a context of its own: ``visit(account="meadow", color_scheme="dark")``."""
    contexts = []

    def opening(account: str = "", address: str = "", **context: Any) -> Visit:
        context.setdefault("viewport", {"width": 1280, "height": 860})
        made = browser.new_context(**context)
        contexts.append(made)
        visited = Visit(made.new_page())
        note = visited.complaints.append
        visited.page.on(
            "console", lambda m: note(m.text) if m.type in ("error", "warning") else None
        )
        visited.page.on("pageerror", lambda error: note(str(error)))
        visited.page.goto(address or f"{host}/widget/demo?account={account}")
        visited.page.locator("support-bot").wait_for(state="attached")
        return visited

    yield opening
    for made in contexts:
        made.close()

"""What many tests share: one bot on the demo accounts, learnt once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from supportbot.bot import Bot
from supportbot.conversation import Utterance
from supportbot.render import to_json
from supportbot.settings import Settings, read_settings
from supportbot.wiring import open_backends, open_bot
from tests.api import Api, api_of
from tests.postgres import postgres as postgres
from tests.records import NOW

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Default settings, with a cache of this test run's own."""
    cache = tmp_path_factory.mktemp("cache")
    return read_settings({"SUPPORTBOT_CACHE_DIR": str(cache)}, env_file=None)


@pytest.fixture(scope="session")
def demo_bot(demo_settings: Settings) -> Iterator[Bot]:
    """The real bot: shipped knowledge, shipped encoder, demo accounts, a throw-away database."""
    backends = open_backends(demo_settings, demo=True)
    yield open_bot(backends)
    backends.close()


@pytest.fixture
def ask(demo_bot: Bot, request: pytest.FixtureRequest) -> Ask:
    """Ask one question and return the Answer object; conversations are the test's own."""
    own = Path(request.node.name).name

    def asking(text: str, account: str | None = None, **about: Any) -> dict[str, Any]:
        about.setdefault("at", NOW)
        if "conversation" in about:
            about["conversation"] = f"{own}-{about['conversation']}"
        return to_json(demo_bot.answer(Utterance(text, account=account, **about)))

    return asking


@pytest.fixture
def api(demo_bot: Bot, tmp_path: Path) -> Iterator[Api]:
    """The HTTP API on the demo accounts, without limits of rate."""
    with api_of(demo_bot, tmp_path) as opened_api:
        yield opened_api


@pytest.fixture(scope="session")
def answer_schema() -> dict[str, Any]:
    """The published schema of the Answer object."""
    path = Path(__file__).parents[2] / "shared" / "answer.schema.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema

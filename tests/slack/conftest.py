"""What the tests of Slack share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from supportbot.bot import Bot
from supportbot.store.slack_links import Link
from tests.api import api_of
from tests.slack.place import LINKED, Place, opened
from tests.slack.server import FakeSlack


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack()
    yield server
    server.close()


@pytest.fixture
def place(demo_bot: Bot, tmp_path: Path, fake: FakeSlack) -> Iterator[Place]:
    slack, running = opened(demo_bot, tmp_path, fake)
    with api_of(demo_bot, tmp_path, slack=running, slack_links=slack.links) as api:
        yield Place(api, slack, running, fake)


@pytest.fixture
def linked(place: Place) -> Place:
    place.links.bind(Link(LINKED, "meadow", "user-1", role="owner"), "test")
    return place

"""What the tests of the console share."""

from collections.abc import Iterator

import pytest

from supportbot.store.agents import Agent, AgentStore
from tests.api import Api
from tests.console.helping import PASSWORD, Desk, handed_over, sign_in


@pytest.fixture
def agents(api: Api) -> AgentStore:
    return AgentStore(api.engine)


@pytest.fixture
def signed_in(api: Api, agents: AgentStore) -> Iterator[Api]:
    key = agents.add(Agent("ann@example.com"))
    api.client.post(f"/console/set-up/{key}", data={"password": PASSWORD})
    reply = api.client.post(
        "/console/sign-in", data={"email": "Ann@example.com", "password": PASSWORD}
    )
    assert reply.status_code == 200
    yield api
    api.client.cookies.clear()


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api, sign_in(api), *handed_over(api))

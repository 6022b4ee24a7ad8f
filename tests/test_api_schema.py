"""What the description promises is what the API does, whatever it is sent."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from tests.api import Api, Bearer

schemathesis.checks.load_all_checks()
OWNER = Bearer("meadow", "user-1", role="owner")
HELD = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_schema_conformance", "response_headers_conformance")  # fmt: skip


def test_no_request_breaks_the_description(api: Api) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", api.client.app)
    checks = [check for check in CHECKS.get_all() if check.__name__ in HELD]
    tried = []

    for operation in schema.get_all_operations():
        described: Any = operation.ok()  # type: ignore[union-attr]

        @given(case=described.as_strategy())
        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any) -> None:
            case.call_and_validate(headers=dict(OWNER), checks=checks)

        holds()
        tried.append(described.label)

    assert "POST /v1/answers" in tried
    assert len(tried) >= 9

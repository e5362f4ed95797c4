"""The OpenAPI document: complete, and true under thousands of made-up requests."""

import json
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.support.server import Server
from visavis.surfaces.atlas.app import SURFACE

REPOSITORY = Path(__file__).parents[2]

METHODS = {"get", "post", "put", "patch", "delete"}


def test_every_answer_has_an_example(server: Server) -> None:
    document = httpx.get(f"{server.url}/openapi.json").json()
    paths = {path for path in document["paths"] if path.startswith("/v1/")}
    assert {
        *("/v1/generate", "/v1/jobs", "/v1/jobs/{job_id}", "/v1/jobs/{job_id}/result", "/v1/me"),
        *("/v1/tts/generate", "/v1/tts/generate-wav", "/v1/tts/generate-video", "/v1/health", "/v1/status"),
        "/v1/voices",
        *("/v1/realtime/session", "/v1/realtime/session/{session_id}", "/v1/avatar/session"),
        *("/v1/realtime/session/{session_id}/viewer", "/v1/realtime/session/{session_id}/recording"),
        "/v1/jobs/{job_id}/captions/{format}",
    } == paths
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            for status, answer in operation["responses"].items():
                content = answer["content"]["application/json"]
                if int(status) >= 400 and path != "/v1/health":
                    assert content["examples"], (path, status)
                    for example in content["examples"].values():
                        assert set(example["value"]) <= {"error", "message", "retry_after_seconds"}
    assert httpx.get(f"{server.url}/docs").status_code == 200


def test_the_sdk_is_generated_from_this_document() -> None:
    kept = (REPOSITORY / "sdk/core/openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == SURFACE.openapi(), "run `make openapi` and commit what it changes"


def not_broken(ctx: CheckContext, response: Any, case: schemathesis.Case) -> bool | None:
    """No server error, but for the one that says that every slot is taken."""
    if response.status_code == httpx.codes.SERVICE_UNAVAILABLE and "no_capacity" in response.text:
        return None
    return not_a_server_error(ctx, response, case)


@pytest.mark.usefixtures("freed")
@pytest.mark.parametrize("seed", [1])
def test_generated_requests_never_cause_a_server_error(server: Server, seed: int) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    schema.config.update(headers={"Authorization": f"Bearer {server.key}"})
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=25,
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def call(case: schemathesis.Case) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(
                headers={"Authorization": f"Bearer {server.key}"},
                checks=[not_broken, status_code_conformance, response_schema_conformance],
            )

        call()
    assert tried > 100

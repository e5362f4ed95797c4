"""The responder is a language model like the others, without tools."""

from harness.room_clients import asynchronous
from tests.conformance.providers.language_model_checks import check_language_model

from visavis.providers.llm.responder import Responder


@asynchronous
async def test_it_is_a_language_model() -> None:
    await check_language_model(Responder(), has_tools=False)

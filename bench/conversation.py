"""How soon the avatar answers and falls silent in a conversation, all on this machine.

    python -m bench.conversation [--quick] [--instant]

A whole server and a user in the room. An answer counts from the user's last voiced sample to the avatar's
first one, as the user hears it; its first part ends when the user's words are final in the transcript. An
interruption counts from the moment at which the user has said 150 ms of voice, gaps left out, until the user
hears the avatar fall silent. `--instant` recognizes and answers by an endpoint of the bench, which needs
no time. `--quick` asks once and does not interrupt: whether it still runs.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

import numpy as np
from harness.api_server import wait_until
from harness.dialogues import speech
from harness.http_server import serving_http
from harness.live_server import Served, serving
from harness.talking import Sound, Talker, talking
from harness.viewing import BLOCK, RATE_HZ

from bench.machine import keep, not_here
from visavis import bootstrap
from visavis.errors import ModelNotReadyError
from visavis.settings import read_settings

PROMPT: Final = "We are open from nine to six. A coffee costs three euros. Dogs are welcome in the garden."
QUESTIONS: Final = ("How much is a coffee?", "What are your opening hours?", "Are dogs welcome?")
LONG: Final = "The first floor has a room for parties, and behind the house is a garden with very old trees."
ORDERS: Final = (
    "Stop, please. How much is a coffee?",
    "Wait a moment. Are dogs welcome?",
    "No, I have a question.",
)
_VOICE: Final = "kokoro-am_michael"
_VOICED: Final = 0.02
_INTERRUPTS_S: Final = 0.15
_ROUNDS: Final = 12


class _Answer(BaseHTTPRequestHandler):
    """Recognizes every utterance and answers every chat at once, as OpenAI's API does."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        is_chat = self.path.endswith("/chat/completions")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if is_chat else "application/json")
        self.end_headers()
        if is_chat:
            self._answer()
        else:
            self.wfile.write(json.dumps({"text": "How much is a coffee?"}).encode())

    def _answer(self) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", "content": "A coffee costs three euros."}}
        choice["finish_reason"] = "stop"
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _endpoint() -> Iterator[str]:
    with serving_http(_Answer) as url:
        yield f"{url}/v1"


def _end_of_voice_s(sound: Sound) -> float:
    """When the last voiced sample of a sound is, in seconds."""
    return float(np.flatnonzero(np.abs(sound) > _VOICED)[-1]) / RATE_HZ


def _has_been_voiced_s(sound: Sound, voiced_s: float) -> float:
    """When a sound has been voiced for a time, gaps left out, in seconds."""
    blocks = np.abs(sound[: len(sound) // BLOCK * BLOCK]).reshape(-1, BLOCK).max(1) > _VOICED
    return float(np.flatnonzero(np.cumsum(blocks) * BLOCK / RATE_HZ >= voiced_s)[0] + 1) * BLOCK / RATE_HZ


async def _ask(talker: Talker, sound: Sound) -> dict[str, float]:
    """Ask, and measure the answer."""
    known = {line.id for line in talker.finals()}
    began_s, _ = await talker.say(sound)
    last_s = began_s + _end_of_voice_s(sound)

    def understood() -> Any:
        return next((line for line in talker.finals() if line.id not in known), None)

    line = await talker.until(understood)
    first_s = await talker.until(lambda: talker.first_sound_s(last_s))
    await talker.until(lambda: talker.is_silent(0.7))
    return {"answer_s": first_s - last_s, "understood_s": line.at_s - last_s}


async def _interrupt(talker: Talker, sound: Sound) -> float:
    """Interrupt the avatar. Returns how long it was heard after 150 ms of the user's voice."""
    _, asked_s = await talker.say(np.zeros(1, np.float32))
    await talker.speak_request(LONG, None)
    await talker.until(lambda: talker.first_sound_s(asked_s))
    await talker.say(np.zeros(RATE_HZ, np.float32))
    began_s, ended_s = await talker.say(sound)
    heard_s = began_s + _has_been_voiced_s(sound, _INTERRUPTS_S)
    silent_s = await talker.until(lambda: talker.first_silence_s(heard_s))
    await talker.until(lambda: talker.first_sound_s(ended_s))
    await talker.until(lambda: talker.is_silent(0.7))
    return max(0.0, silent_s - heard_s)


async def _measure(served: Served, sounds: dict[str, Sound], rounds: int) -> dict[str, Any]:
    async with served.client() as client:
        sent = {"mode": "conversation", "instructions": PROMPT, "greeting": "Hello."}
        made = (await client.post("/v1/realtime/session", json=sent)).raise_for_status().json()
        answers, interruptions = [], []
        async with talking(made["livekit_url"], made["token"]) as talker:
            await talker.until(lambda: talker.finals("avatar"), within_s=60)
            await talker.until(lambda: talker.is_silent(0.5))
            for number in range(rounds):
                answers.append(await _ask(talker, sounds[QUESTIONS[number % len(QUESTIONS)]]))
                if rounds > 1:
                    interruptions.append(await _interrupt(talker, sounds[ORDERS[number % len(ORDERS)]]))
        await client.delete(f"/v1/realtime/session/{made['session_id']}")
    return {
        "answers": len(answers),
        "answer_s": _spread([each["answer_s"] for each in answers]),
        "until_understood_s": _spread([each["understood_s"] for each in answers]),
        "then_until_heard_s": _spread([each["answer_s"] - each["understood_s"] for each in answers]),
        **({"interruption_s": _spread(interruptions)} if interruptions else {}),
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {"p50": round(float(np.median(values)), 3), "p95": round(float(np.percentile(values, 95)), 3)}


def _drawing(served: Served) -> dict[str, Any]:
    """What was drawn meanwhile, from the server's log."""
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
    figures = [line for line in lines if line.get("event") == "session_figures"][-1]
    shown = figures["frames"] / max(1, figures["frames"] + figures["skipped"])
    begun = [line for line in lines if line.get("event") == "conversation_begun"][-1]
    return {"fps": round(25 * shown, 2), "frames": figures["frames"], "memory_mb": begun["memory_mb"]}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of it: whether it still runs")
    parser.add_argument(
        "--instant", action="store_true", help="with a recognizer and a language model that need no time"
    )
    wanted = parser.parse_args()
    try:
        bootstrap.model_folders(read_settings().models)("whisper-tiny.en")
    except ModelNotReadyError as error:
        raise not_here(error.message) from error
    rounds = 1 if wanted.quick else _ROUNDS
    texts = QUESTIONS[:1] if wanted.quick else (*QUESTIONS, *ORDERS)
    sounds = {text: speech(text, _VOICE) for text in texts}
    load = os.getloadavg()[0]
    with _endpoint() as url:
        settings = {"VISAVIS_LIVE_SPARE_CONVERSATIONS": "1"}
        if wanted.instant:
            settings |= {"VISAVIS_LLM_URL": url, "VISAVIS_LLM_MODEL": "instant"}
            settings |= {"VISAVIS_RECOGNITION_PROVIDER": "openai", "VISAVIS_RECOGNITION_URL": url}
        with serving(1, "vp8", settings) as served:
            figures = asyncio.run(_measure(served, sounds, rounds))
            wait_until(lambda: "session_figures" in served.log.read_text(), within_s=30)
            figures |= _drawing(served)
    figures["load_before"] = round(load, 1)
    print(json.dumps(figures, indent=2))
    if not wanted.quick:
        name = "conversation-instant" if wanted.instant else "conversation"
        print(keep(name, figures))


if __name__ == "__main__":
    main()

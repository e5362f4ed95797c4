"""A voice bot with a talking face.

pip install pipecat-visavis "pipecat-ai[webrtc,openai,silero,runner]"
python bot.py -t webrtc
"""

import os

import aiohttp
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner
from pipecat_visavis import VisavisVideoService

SIDE = 512


def _webrtc() -> TransportParams:
    return TransportParams(
        audio_in_enabled=True,
        audio_out_enabled=True,
        video_out_enabled=True,
        video_out_is_live=True,
        video_out_width=SIDE,
        video_out_height=SIDE,
    )


async def bot(arguments: RunnerArguments) -> None:
    """Talk to one user."""
    transport = await create_transport(arguments, {"webrtc": _webrtc})
    key = os.environ["OPENAI_API_KEY"]
    async with aiohttp.ClientSession() as http:
        aggregators = LLMContextAggregatorPair(
            LLMContext([{"role": "system", "content": "You are friendly and brief."}]),
            user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()),
        )
        avatar = VisavisVideoService(
            api_url=os.environ["VISAVIS_API_URL"], api_key=os.environ["VISAVIS_API_KEY"], session=http
        )
        pipeline = Pipeline(
            [
                transport.input(),
                OpenAISTTService(api_key=key),
                aggregators.user(),
                OpenAILLMService(api_key=key),
                OpenAITTSService(api_key=key),
                avatar,
                transport.output(),
                aggregators.assistant(),
            ]
        )
        runner = WorkerRunner()
        await runner.add_workers(PipelineWorker(pipeline))
        await runner.run()


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()

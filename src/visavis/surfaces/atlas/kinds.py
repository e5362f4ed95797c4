"""What the API calls the kinds of jobs."""

from typing import Final

from visavis.core import jobs

TYPES: Final = {jobs.VIDEO.name: "video", jobs.SPEECH.name: "tts", jobs.RECORDING.name: "video"}

"""A voice agent with a talking face.

pip install livekit-plugins-visavis livekit-plugins-openai
python agent.py dev
"""

from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli
from livekit.plugins import openai, visavis


async def entrypoint(ctx: JobContext) -> None:
    """Join a room with an avatar."""
    session = AgentSession(stt=openai.STT(), llm=openai.LLM(), tts=openai.TTS())
    avatar = visavis.AvatarSession()
    await avatar.start(session, room=ctx.room)
    await session.start(agent=Agent(instructions="You are friendly and brief."), room=ctx.room)
    await session.generate_reply(instructions="Greet the user.")


if __name__ == "__main__":
    cli.run_app(WorkerOptions(entrypoint_fnc=entrypoint))

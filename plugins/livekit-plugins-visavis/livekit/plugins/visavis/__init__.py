"""visavis plugin for LiveKit Agents: a talking face from a self-hosted server."""

from livekit.agents import Plugin

from .avatar import AvatarSession, VisavisError
from .log import logger
from .version import __version__

__all__ = ["AvatarSession", "VisavisError", "__version__"]


class VisavisPlugin(Plugin):
    """Registers the plugin with LiveKit Agents."""

    def __init__(self) -> None:
        super().__init__(__name__, __version__, __package__, logger)


Plugin.register_plugin(VisavisPlugin())

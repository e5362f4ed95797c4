"""Avatar plugins of other vendors, and our own, as their users start them for a visavis server."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import livekit
from livekit import rtc
from livekit.agents import AgentSession

from harness.avatar_plugin import Start

_REQUEST: Final = "/v1/runtime-tokens/request"
_OWN: Final = "/v1/avatar/session"

_OWN_PLUGIN: Final = str(Path(__file__).parents[1] / "plugins/livekit-plugins-visavis/livekit")

Make = Callable[[Any, str, str], Any]
"""Makes an avatar session from the plugin's module, the server's address and a key."""


@dataclass(frozen=True)
class VendorPlugin:
    """A plugin in one form of its use.

    Attributes:
        name: Name of the form: the vendor, and what is special.
        vendor: Name of the vendor, as in `livekit-plugins-VENDOR`.
        make: Makes its avatar session.
    """

    name: str
    vendor: str
    make: Make

    @property
    def version(self) -> str:
        """Version of the package."""
        return str(self._module().__version__)

    def starter(self, url: str, key: str) -> Start:
        """What starts it for a server."""

        async def start(session: AgentSession[None], room: rtc.Room) -> Any:
            avatar = self.make(self._module(), url, key)
            await avatar.start(session, room)
            return avatar

        return start

    def _module(self) -> Any:
        if _OWN_PLUGIN not in livekit.__path__:
            livekit.__path__.append(_OWN_PLUGIN)
        return import_module(f"livekit.plugins.{self.vendor}")


def _bithuman(path: str, **options: Any) -> Make:
    return lambda module, url, key: module.AvatarSession(api_url=url + path, api_secret=key, **options)


def _anam(module: Any, url: str, key: str) -> Any:
    persona = module.PersonaConfig(name="Ada", avatarId="default")
    return module.AvatarSession(persona_config=persona, api_url=url, api_key=key)


def _simli(module: Any, url: str, key: str) -> Any:
    config = module.SimliConfig(api_key=key, face_id="default")
    return module.AvatarSession(simli_config=config, api_url=url)


def _by_id(name: str, *, path: str = "") -> Make:
    return lambda module, url, key: module.AvatarSession(**{name: "default"}, api_url=url + path, api_key=key)


def plugins(picture_base64: str) -> list[VendorPlugin]:
    """All of them.

    Args:
        picture_base64: A face, for the forms that send one.
    """
    return [
        VendorPlugin(
            "visavis", "visavis", lambda module, url, key: module.AvatarSession(api_url=url, api_key=key)
        ),
        VendorPlugin("bithuman, agent", "bithuman", _bithuman(_REQUEST, avatar_id="default")),
        VendorPlugin("bithuman, picture", "bithuman", _bithuman(_REQUEST, avatar_image=picture_base64)),
        VendorPlugin(
            "bithuman, form with avatar",
            "bithuman",
            _bithuman(_REQUEST, avatar_id="default", model="expression-2"),
        ),
        VendorPlugin(
            "bithuman, form with picture",
            "bithuman",
            _bithuman(_OWN, avatar_image=picture_base64, model="expression"),
        ),
        VendorPlugin("bey", "bey", lambda module, url, key: module.AvatarSession(api_url=url, api_key=key)),
        VendorPlugin("anam", "anam", _anam),
        VendorPlugin("keyframe", "keyframe", _by_id("persona_slug")),
        VendorPlugin("runway", "runway", _by_id("avatar_id")),
        VendorPlugin("anva", "anva", _by_id("avatar_id")),
        VendorPlugin("atmee", "atmee", _by_id("avatar_id")),
        VendorPlugin(
            "tavus", "tavus", lambda module, url, key: module.AvatarSession(api_url=f"{url}/v2", api_key=key)
        ),
        VendorPlugin("simli", "simli", _simli),
        VendorPlugin("lemonslice", "lemonslice", _by_id("agent_id", path="/api/liveai/sessions")),
        VendorPlugin("did", "did", _by_id("agent_id")),
    ]

"""Avatar plugins of other vendors, unmodified from PyPI, against a server that it starts itself.

    python -m bench.plugins [--keep FILE] [--only NAME …] [--quick]

Each plugin runs in a real livekit-agents session in a room of another room server. A viewer measures: the
time until the avatar is seen, how much its lips move, the positions that it reports at the end of a sentence
and after an interruption, and whether it leaves. `--quick` runs one of them.
"""

import argparse
import asyncio
import base64
import io
import json
import logging
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.avatar_plugin import faults, observe
from harness.live_server import Served, serving, shown_rig
from harness.room_clients import Target
from harness.room_servers import embedded
from harness.vendor_plugins import VendorPlugin, plugins
from harness.viewing import mouth_box, sentence
from PIL import Image

from bench.machine import not_here, processor
from visavis.samples.portrait import read_portrait

QUICK = "bey"
LIMIT_S = 120

Figures = dict[str, Any]


async def measure(served: Served, rooms: Target, only: list[str]) -> dict[str, Figures]:
    """Every plugin, one after the other."""
    mouth = mouth_box(shown_rig())
    sentence()  # computing it takes a while, and nobody must wait for it
    found: dict[str, Figures] = {}
    for plugin in plugins(_picture()):
        if not only or plugin.name in only:
            found[plugin.name] = await _measured(served, rooms, plugin, mouth)
            print(plugin.name, json.dumps(found[plugin.name]))
    return found


async def _measured(
    served: Served, rooms: Target, plugin: VendorPlugin, mouth: tuple[slice, slice]
) -> Figures:
    figures: Figures = {"version": plugin.version}
    try:
        async with asyncio.timeout(LIMIT_S):
            seen = await observe(plugin.starter(served.url, served.key), rooms, mouth)
    except Exception as error:  # noqa: BLE001 - what a plugin raises is its result
        return figures | {"faults": [f"{type(error).__name__}: {error}"]}
    said = asdict(seen)
    del said["avatar"], said["publishers"]
    for name in ("joined_s", "lip_movement"):
        said[name] = round(said[name], 2)
    return figures | said | {"faults": faults(seen)}


def _picture() -> str:
    """The built-in face as base64, of a size that plugins take."""
    file = io.BytesIO()
    Image.fromarray(read_portrait()).convert("RGB").save(file, "JPEG", quality=90)
    return base64.b64encode(file.getvalue()).decode()


def _keep(path: Path, found: dict[str, Figures]) -> None:
    """Write results; those of plugins that were not measured stay."""
    before = json.loads(path.read_text())["plugins"] if path.exists() else {}
    about = {"processor": processor(), "livekit_agents": version("livekit-agents")}
    path.write_text(json.dumps(about | {"plugins": before | found}, indent=2) + "\n")


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="file for the results")
    parser.add_argument("--only", nargs="*", default=[], help="names of plugins")
    parser.add_argument("--quick", action="store_true", help="one plugin")
    arguments = parser.parse_args()
    if find_spec("livekit.plugins.bey") is None:
        raise not_here("the plugins of other vendors are not installed")
    logging.getLogger("livekit").setLevel(logging.ERROR)
    networks = {"VISAVIS_ROOM_NETWORKS": '["127.0.0.0/8"]'}
    with (
        TemporaryDirectory(prefix="visavis-bench-") as folder,
        embedded(Path(folder) / "rooms.log") as rooms,
        serving(1, "vp8", networks) as served,
    ):
        only = [QUICK] if arguments.quick else arguments.only
        found = asyncio.run(measure(served, rooms.target, only))
    if arguments.keep:
        _keep(arguments.keep, found)


if __name__ == "__main__":
    main()

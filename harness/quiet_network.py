"""Records what leaves this machine while visavis works offline, in a network namespace of its own.

    unshare --net --mount python -m harness.quiet_network render
    unshare --net --mount python -m harness.quiet_network serve

It prints JSON: the packets that would have left, the names that were looked up, and the files that libraries
wrote to the user's cache. It needs the right to create namespaces.
"""

import fcntl
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import httpx

from harness.api_server import make_sound, wait_for_job
from harness.live_server import serving
from visavis.adapters.models.store import default_models_directory
from visavis.samples import write_portrait

UNSHARE: Final = ("unshare", "--net", "--mount")
_OUTSIDE: Final = "192.0.2.53"  # reserved for documentation: no host has it
_IPV4, _UDP, _DNS_PORT, _DNS_HEAD_BYTES = 4, 17, 53, 12
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


@dataclass
class Seen:
    """Packets that would have left the machine, and files that were left on it."""

    packets: int = 0
    names: list[str] = field(default_factory=list)
    cache_files: list[str] = field(default_factory=list)


def can_unshare() -> bool:
    """Whether this user may create namespaces."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    if not Path("/dev/net/tun").exists():
        return False
    return not subprocess.run([*UNSHARE, "true"], check=False, capture_output=True).returncode


def watched(what: str) -> Seen:
    """Run this module in a network namespace of its own.

    Args:
        what: `render` or `serve`.
    """
    words = [*UNSHARE, sys.executable, "-m", "harness.quiet_network", what]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return Seen(**json.loads(done.stdout.splitlines()[-1]))


def _make_network() -> int:
    """Create a route that leads to the returned descriptor, with a name server behind it.

    Raises:
        SystemExit: This is not a namespace of its own, so its network must not be changed.
    """
    if len(Path("/proc/net/route").read_text().splitlines()) > 1:
        raise SystemExit(f"This network leads somewhere: run it by {' '.join(UNSHARE)}.")
    tunnel = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tunnel, _TUNSETIFF, struct.pack("16sH", b"out", _IFF_TUN | _IFF_NO_PI))
    for words in (
        "ip link set lo up",
        "ip addr add 192.0.2.1/24 dev out",
        "ip link set out up",
        "ip route add default via 192.0.2.254",
    ):
        subprocess.run(words.split(), check=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as resolver:
        resolver.write(f"nameserver {_OUTSIDE}\noptions timeout:1 attempts:1\n")
    subprocess.run(f"mount --bind {resolver.name} /etc/resolv.conf".split(), check=True)
    return tunnel


def _listen(tunnel: int, seen: Seen) -> None:
    while True:
        packet = os.read(tunnel, 65_536)
        if packet[0] >> 4 != _IPV4:
            continue  # the system's own IPv6 neighbour discovery
        seen.packets += 1
        if name := _name_asked_for(packet):
            seen.names.append(name)


def _name_asked_for(packet: bytes) -> str:
    head_bytes = (packet[0] & 15) * 4
    if packet[9] != _UDP or struct.unpack_from("!H", packet, head_bytes + 2)[0] != _DNS_PORT:
        return ""
    question = packet[head_bytes + 8 + _DNS_HEAD_BYTES :]
    labels = []
    while question[0]:
        labels.append(question[1 : 1 + question[0]].decode())
        question = question[1 + question[0] :]
    return ".".join(labels)


def _render(folder: Path) -> None:
    write_portrait(folder / "face.png")
    make_sound(folder / "speech.wav", 10)
    visavis = str(Path(sys.executable).with_name("visavis"))
    words = [visavis, "render", str(folder / "face.png"), str(folder / "speech.wav")]
    subprocess.run([*words, "-o", str(folder / "out.mp4")], check=True, stdout=subprocess.DEVNULL)


def _serve(folder: Path) -> None:
    """Run a job while an avatar is live in a room."""
    write_portrait(folder / "face.png")
    form = {
        "image": ("face.png", (folder / "face.png").read_bytes(), "image/png"),
        "audio": ("a.wav", make_sound(folder / "speech.wav", 10), "audio/wav"),
    }

    with serving(1, "vp8") as served, httpx.Client(base_url=served.url, timeout=120) as client:
        client.headers["Authorization"] = f"Bearer {served.key}"
        client.post("/v1/realtime/session").raise_for_status()
        wait_for_job(client, client.post("/v1/generate", files=form).raise_for_status().json()["job_id"])


def main() -> None:
    """Create the network, work in it, and print what was recorded."""
    models = os.environ.get("VISAVIS_MODELS_DIR") or str(default_models_directory())
    tunnel, seen = _make_network(), Seen()
    threading.Thread(target=_listen, args=(tunnel, seen), daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name), Path(name, "home")
        home.mkdir()
        os.environ |= {"VISAVIS_OFFLINE": "1", "VISAVIS_MODELS_DIR": models, "HOME": str(home)}
        os.environ.pop("XDG_CACHE_HOME", None)
        {"render": _render, "serve": _serve}[sys.argv[1]](folder)
        seen.cache_files = sorted(
            str(path.relative_to(home)) for path in home.rglob(".cache/**/*") if path.is_file()
        )
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()

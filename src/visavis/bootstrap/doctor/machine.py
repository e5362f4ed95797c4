"""Checks of the machine: processor, memory, disk, open files, codecs, optional parts."""

import os
import resource
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import av
import cv2
from PIL import features

from visavis.bootstrap.doctor.finding import Finding, ok, problem, warning
from visavis.settings import LiveSettings, ServerSettings

GB: Final = 1_000_000_000
_MIN_MEMORY_BYTES: Final = 1 * GB
_GOOD_MEMORY_BYTES: Final = 2 * GB
_CONVERSATION_BYTES: Final = 600_000_000
_GOOD_DISK_BYTES: Final = 2 * GB
_RESERVED_FILES: Final = 256
_CGROUP: Final = Path("/sys/fs/cgroup")
# Without these, the libraries that do most of the work fall back to code that takes several times as long.
_WANTED_FEATURES: Final = {"x86_64": ("SSE4.2", "AVX2"), "aarch64": ("NEON",), "arm64": ("NEON",)}
_ENCODERS: Final = ("libx264", "aac", "libmp3lame")
_DECODERS: Final = ("mp3", "aac", "flac", "opus", "vorbis", "pcm_s16le", "h264", "vp8", "vp9")
_PICTURES: Final = ("jpg", "zlib", "webp")
_EXTRAS: Final = {
    "serve": ("fastapi", "procrastinate", "sqlalchemy", "obstore", "c2pa", "uvicorn", "livekit", "aiortc"),
    "conversation": ("livekit.agents", "faster_whisper", "hibari"),
    "payments": ("x402",),
    "demo": ("espeakng_loader", "skimage"),
    "mcp": ("mcp",),
}


def check_parts() -> Finding:
    """Check which optional parts are installed."""
    installed = [name for name, modules in _EXTRAS.items() if all(map(_is_installed, modules))]
    missing = [name for name in _EXTRAS if name not in installed]
    found = f"installed: {', '.join(installed) or 'none'}; not installed: {', '.join(missing) or 'none'}"
    if "serve" in missing:
        return warning(
            "Optional parts", found, "To serve, run `pip install 'visavis[serve]'`. `visavis render` works."
        )
    return ok("Optional parts", found)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it is in
        return False


def check_processor(architecture: str) -> Finding:
    """Check the number of cores and what they can do.

    Args:
        architecture: As `platform.machine()` names it.
    """
    cores = usable_cores()
    line = cv2.getCPUFeaturesLine()
    present = {word.strip("*") for word in line.split() if not word.endswith("?")}
    missing = [each for each in _WANTED_FEATURES.get(architecture, ()) if each not in present]
    found = f"{cores:g} core{'' if cores == 1 else 's'}, {architecture}"
    if missing:
        return warning(
            "Processor",
            f"{found}, without {' and '.join(missing)}",
            "Videos and live sessions take several times as long. Use a machine with these instructions; in "
            "a virtual machine, pass the processor of the host through.",
        )
    wanted = " and ".join(_WANTED_FEATURES.get(architecture, ()))
    found += f" with {wanted}" if wanted else ""
    if cores < 2:
        return warning(
            "Processor", found, "One core renders videos. Conversations need two: voices compete with faces."
        )
    return ok("Processor", found)


def usable_cores() -> float:
    """Number of cores that this process may use, by its affinity and the quota of its container."""
    cores = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1))
    quota, _, period = _first_line(_CGROUP / "cpu.max").partition(" ")
    return min(cores, round(int(quota) / int(period), 1)) if quota.isdigit() and period.isdigit() else cores


def check_memory(live: LiveSettings) -> Finding:
    """Check the memory that is free.

    Args:
        live: How many conversations wait with their models loaded.
    """
    available = available_memory_bytes()
    found = f"{available / GB:.1f} GB available"
    advice = (
        "Close other programs, or use a machine with 2 GB or more. VISAVIS_LIVE_SPARE_CONVERSATIONS=0 saves "
        f"{_CONVERSATION_BYTES / GB:.1f} GB, and VISAVIS_RENDER_PROCESSES=1 saves some, too."
    )
    if available < _MIN_MEMORY_BYTES:
        return problem("Memory", found, advice)
    if available < _GOOD_MEMORY_BYTES + live.spare_conversations * _CONVERSATION_BYTES - _CONVERSATION_BYTES:
        return warning("Memory", found, advice)
    return ok("Memory", found)


def available_memory_bytes() -> int:
    """Memory that this process and its children can still take, by the system and by their container."""
    available = _system_memory_bytes()
    limit, used = _first_line(_CGROUP / "memory.max"), _first_line(_CGROUP / "memory.current")
    if limit.isdigit() and used.isdigit():
        available = min(available, int(limit) - int(used))
    return max(0, available)


def _system_memory_bytes() -> int:
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def check_folder(name: str, folder: Path, *, min_free_bytes: int = 0) -> Finding:
    """Check the access to a folder and its free space.

    Args:
        name: "Data folder" or "Models folder".
        folder: The folder; it need not exist yet.
        min_free_bytes: Space below which uploads are refused.
    """
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        setting = "VISAVIS_MODELS_DIR" if name.startswith("Models") else "VISAVIS_DATA_DIR or --data"
        return problem(
            name,
            f"{folder}: {existing} cannot be written",
            f"Give your user access, or name another folder with {setting}.",
        )
    free = shutil.disk_usage(existing).free
    found = f"{folder}, {free / GB:.1f} GB free"
    if free < min_free_bytes:
        return problem(
            name, found, f"Uploads are refused below {min_free_bytes / GB:.2f} GB. Free some disk space."
        )
    if free < _GOOD_DISK_BYTES:
        return warning(name, found, f"Free some disk space: {_GOOD_DISK_BYTES / GB:.0f} GB or more is good.")
    return ok(name, found)


def check_open_files(server: ServerSettings) -> Finding:
    """Check how many files this process may open, which is also the limit of its connections."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = server.max_connections + _RESERVED_FILES
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return warning(
            "Open files",
            f"at most {hard:,}",
            f"The server takes fewer connections. Raise the limit (`ulimit -n {wanted}`, or LimitNOFILE).",
        )
    return ok("Open files", "no limit" if hard == resource.RLIM_INFINITY else f"at most {hard:,}")


def check_codecs() -> Finding:
    """Open every encoder and decoder that visavis uses."""
    missing = [name for name in _ENCODERS if not _opens(name, "w")]
    missing += [name for name in _DECODERS if not _opens(name, "r")]
    missing += [name for name in _PICTURES if not features.check(name)]
    missing += [] if "flv" in av.formats_available else ["flv (for RTMP)"]
    if missing:
        return problem(
            "Codecs",
            f"missing: {', '.join(missing)}",
            "Install the wheels from the package index: "
            "`pip install --force-reinstall --only-binary :all: av pillow`.",
        )
    return ok("Codecs", f"{', '.join(_ENCODERS)} encode; {', '.join(_DECODERS)} decode; JPEG, PNG, WebP")


def _opens(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.codec.Codec(name, mode)
    except ValueError:  # of which UnknownCodecError is a kind
        return False
    return True


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:  # not on this system
        return []


def _first_line(path: Path) -> str:
    return next(iter(_lines(path)), "").strip()

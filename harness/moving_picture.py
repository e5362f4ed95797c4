"""Makes the moving picture of README.md: the built-in portrait says a sentence, for `make picture`.

Its argument is the animated WebP file to write.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import av
from PIL import Image

from visavis.samples import write_portrait

_SENTENCE: Final = "Hello! I am a painted picture. My lips move by the sound alone."
_SIZE_PX: Final = 400
_FPS: Final = 25
_QUALITY: Final = 75
_MAX_BYTES: Final = 1_500_000


def make(target: Path) -> None:
    """Render the video by the command line, and write its frames as one picture that repeats.

    Args:
        target: File to write.
    """
    with TemporaryDirectory(prefix="visavis-picture-") as folder:
        portrait, video = Path(folder) / "portrait.png", Path(folder) / "portrait.mp4"
        write_portrait(portrait)
        command = [str(Path(sys.executable).with_name("visavis")), "render", str(portrait)]
        command += ["--say", _SENTENCE, "--size", "512", "--fps", str(_FPS), "--output", str(video)]
        subprocess.run(command, check=True)
        with av.open(str(video)) as read:
            frames = [
                frame.to_image().resize((_SIZE_PX, _SIZE_PX), Image.Resampling.LANCZOS)
                for frame in read.decode(video=0)
            ]
    first, *rest = frames
    options = {"duration": 1000 // _FPS, "loop": 0, "quality": _QUALITY, "method": 6}
    first.save(target, save_all=True, append_images=rest, **options)
    size = target.stat().st_size
    print(f"{target}: {len(frames)} frames, {size / 1e6:.2f} MB")
    assert size < _MAX_BYTES, "too large for a page"


if __name__ == "__main__":
    make(Path(sys.argv[1]))

"""Paints the built-in portrait into the package again, for `make picture`."""

from PIL import Image

from visavis.samples.portrait import PAINTED, paint_portrait


def main() -> None:
    """Paint and write it, without loss."""
    Image.fromarray(paint_portrait()).save(PAINTED, lossless=True, method=6)
    print(f"{PAINTED}: {PAINTED.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

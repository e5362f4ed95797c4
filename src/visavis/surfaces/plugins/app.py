"""The surfaces of all vendors: whoever adds a vendor lists it here."""

from typing import Final

from visavis.surfaces.plugins import (
    anam,
    anva,
    atmee,
    bey,
    bithuman,
    did,
    keyframe,
    lemonslice,
    runway,
    simli,
    tavus,
)
from visavis.surfaces.plugins.vendor import Vendor
from visavis.surfaces.shared.dispatcher import Surface

VENDORS: Final[tuple[Vendor, ...]] = (
    keyframe.VENDOR,  # before bey, which has the beginning of its path
    bey.VENDOR,
    anam.VENDOR,
    runway.VENDOR,
    anva.VENDOR,
    atmee.VENDOR,
    bithuman.VENDOR,
    tavus.VENDOR,
    simli.VENDOR,
    lemonslice.VENDOR,
    did.VENDOR,
)

SURFACES: Final[tuple[Surface, ...]] = tuple(vendor.surface() for vendor in VENDORS)

"""The licence of what is given away: the repository and each package that is published from it."""

from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Digest of https://www.apache.org/licenses/LICENSE-2.0.txt
APACHE_2_0 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


@pytest.mark.parametrize("folder", [".", "sdk/core", "sdk/react", "plugins/livekit-plugins-visavis"])
def test_each_package_carries_the_whole_licence(folder: str) -> None:
    assert sha256((ROOT / folder / "LICENSE").read_bytes()).hexdigest() == APACHE_2_0

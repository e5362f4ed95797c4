"""Shape functions and the filling of unknown parts."""

import numpy as np

from visavis.engine.rig.curves import fill_inward


def test_what_lies_far_from_all_that_is_known_is_not_black() -> None:
    picture = np.full((75, 95, 3), 180, np.float32)
    known = np.zeros((75, 95), np.float32)
    known[60:, :20] = 1
    np.testing.assert_allclose(fill_inward(picture * known[..., None], known), 180, atol=0.5)

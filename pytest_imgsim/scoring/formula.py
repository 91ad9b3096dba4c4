"""The score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Angle, in radians, from which on it does not grow in proportion: where the cosine is 0.5.
SATURATION_ANGLE = np.pi / 3


def scale_angles(
    cosines: NDArray[np.float64], times: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return the cosines of angles that are `times` as large.

    Beyond `SATURATION_ANGLE` an angle that is made larger grows ever less, towards half a turn, so
    that of two cells the one that is less alike has the smaller cosine.

    Parameters
    ----------
    cosines : ndarray, float64
        In [-1, 1]; 1 stays exactly 1.
    times : float or ndarray of the same shape
        0 or more.
    """
    angles = np.arccos(cosines)
    wide = angles * times
    room = np.pi - SATURATION_ANGLE
    bent = np.pi - room * np.exp((SATURATION_ANGLE - wide) / room)
    wide = np.where(wide > SATURATION_ANGLE, np.maximum(bent, np.minimum(angles, wide)), wide)
    return np.where(cosines == 1, 1.0, np.cos(wide))

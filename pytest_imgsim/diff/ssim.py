"""Structural similarity (SSIM) of two pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_imgsim.pictures.changed import differing
from pytest_imgsim.pictures.picture import Pixels


def ssim(a: Pixels, b: Pixels, *, band: int = 64) -> float:
    r"""Mean structural similarity of two pictures' luma.

    Parameters
    ----------
    a, b : ndarray of shape (H, W, 3), uint8
        Pictures of one size.
    band : int
        Rows that are processed at once, which bounds the memory.

    Returns
    -------
    float
        The mean over all windows inside the picture, in [-1, 1]; 1 where equal.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    As in the paper: an 11 x 11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03, biased
    variances, dynamic range 255. A side under 11 px shortens the window to the largest odd
    length that fits. Luma is ITU-R BT.601.

    References
    ----------
    .. [1] Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment:
       from error visibility to structural similarity", IEEE Transactions on Image Processing
       13(4), 2004. :doi:`10.1109/TIP.2003.819861`
    """
    if a.shape != b.shape:
        raise ValueError(f"expected two pictures of one shape, got {a.shape} and {b.shape}")
    kernels = _gaussian(a.shape[0]), _gaussian(a.shape[1])
    down, across = (len(kernel) - 1 for kernel in kernels)
    count = (a.shape[0] - down) * (a.shape[1] - across)
    lost = 0.0  # against 1, which a window without any change gives
    for top in range(0, a.shape[0] - down, band):
        left, right = (pixels[top : top + band + down] for pixels in (a, b))
        columns = np.flatnonzero(differing(left, right).any(axis=0))
        if len(columns):
            near = slice(max(columns[0] - across, 0), columns[-1] + 1 + across)
            values = _ssim_map(luma(left[:, near]), luma(right[:, near]), kernels)
            lost += float((1.0 - values).sum())
    return float(1.0 - lost / count)


def _gaussian(side: int) -> NDArray[np.float64]:
    length = min(11, side - 1 + side % 2)
    offsets = np.arange(length) - length // 2
    weights = np.exp(-(offsets**2) / (2 * 1.5**2))
    return np.asarray(weights / weights.sum())


def luma(rgb: Pixels) -> NDArray[np.float64]:
    """Return the brightness, (H, W) float, of (H, W, 3) pixels, by ITU-R BT.601."""
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))


def _ssim_map(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kernels: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ux, uy = _blur(x, kernels), _blur(y, kernels)
    vx, vy = _blur(x * x, kernels) - ux * ux, _blur(y * y, kernels) - uy * uy
    vxy = _blur(x * y, kernels) - ux * uy
    # Eq. 13 of Wang et al. 2004.
    return ((2 * ux * uy + c1) * (2 * vxy + c2)) / ((ux**2 + uy**2 + c1) * (vx + vy + c2))


def _blur(
    values: NDArray[np.float64], kernels: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return `values` under a separable window, where the window fits whole."""
    down, across = kernels
    height = values.shape[0] - len(down) + 1
    width = values.shape[1] - len(across) + 1
    tall = sum(weight * values[i : i + height] for i, weight in enumerate(down))
    return np.asarray(sum(weight * tall[:, i : i + width] for i, weight in enumerate(across)))

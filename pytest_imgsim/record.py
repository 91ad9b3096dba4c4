"""The outcome of one comparison: frozen values made of builtins only.

A record travels from an xdist worker to the controller and into ``results.json``, so
everything in it is an exact ``str``, ``int``, ``float``, ``bool``, ``tuple`` or ``None``
once :meth:`Record.to_dict` has been called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from pytest_imgsim.rect import Rect


class Verdict(Enum):
    """The outcome of one comparison, worst first."""

    ERROR = "error"
    MISSING = "missing"
    DAMAGED = "damaged"
    SIZE_CHANGED = "size changed"
    FAILED = "failed"
    WARNED = "warned"
    CREATED = "created"
    UPDATED = "updated"
    PASSED = "passed"
    EQUAL = "equal"

    @property
    def failed(self) -> bool:
        """Whether this verdict fails the test."""
        return self in _FAILING

    @property
    def to_review(self) -> bool:
        """Whether somebody should look: it failed, or passed below the warn threshold."""
        return self.failed or self is Verdict.WARNED

    @property
    def wrote(self) -> bool:
        """Whether a baseline file was written."""
        return self in (Verdict.CREATED, Verdict.UPDATED)


_FAILING = (
    Verdict.ERROR,
    Verdict.MISSING,
    Verdict.DAMAGED,
    Verdict.SIZE_CHANGED,
    Verdict.FAILED,
)


#: Pixels of the compared picture that one pixel of a heat map stands for, in both directions.
HEAT_CELL = 4
#: The kinds of kept pictures, ``<name>.<kind>.png``, and the field of a record that has the path.
PICTURE_FIELDS = {
    "actual": "actual",
    "baseline": "baseline_copy",
    "diff": "diff",
    "filled": "filled",
    "heat": "heat",
    "mask": "mask",
}
#: What JSON and execnet take as it is.
EXACT = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True)
class RegionScore(Rect):
    """A changed region and how alike the two pictures are there.

    Parameters
    ----------
    x, y, width, height : int
        Where it is, in pixels.
    score : float or None
        The smallest score of its cells, in [0, 1]; higher is more alike. None where the pictures
        have different sizes, and so no score.
    kind : str
        What happened to it: "added", "removed", "moved", "recoloured", "resized", "text changed",
        "changed" where nothing is sure, or "" where nothing was looked for.
    dx, dy : int
        How many pixels a "moved" region went to the right and down; for any other kind, how
        far the region pushed what follows it.
    cosine : float or None
        The cosine of the features in the cell that decides the score, in [0, 1].
    weight : float or None
        How much the angle of that cosine counts, above 0; `scoring.formula` makes the score of
        the two.
    reason : str
        Why the weight is not 1: "same renderer", "re-rasterised", or "". For a score that a rule
        sets without the model, the rule: "text caret".
    """

    score: float | None
    kind: str = ""
    dx: int = 0
    dy: int = 0
    cosine: float | None = None
    weight: float | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """What happened to it, as "moved down by 20 px", or ""."""
        steps = [("right", "left", self.dx), ("down", "up", self.dy)]
        way = " and ".join(
            f"{ahead if by > 0 else back} by {abs(by)} px" for ahead, back, by in steps if by
        )
        if not way:
            return self.kind
        if self.kind == "moved":
            return f"moved {way}"
        return f"{self.kind}; what is {'below' if self.dy else 'beside it'} moved {way}"


@dataclass(frozen=True)
class Record:
    """One comparison of an actual picture with its baseline.

    Parameters
    ----------
    test : str
        The test's node id.
    name : str
        The baseline's name: its path below the baseline folder, without the suffix.
    verdict : Verdict
        The verdict.
    threshold : float
        The smallest score that passes, in [0, 1].
    threshold_from : str
        Where that threshold was set.
    warn_threshold : float or None
        The score below which a comparison that passes is listed for review; None for none.
    score : float or None
        The score of the worst region, in [0, 1], which the threshold judges; 1.0 where the
        pictures are equal, None where none was computed.
    global_score : float or None
        The cosine of the two pooled (2048,) feature vectors, in [0, 1]; None where the model was
        not asked.
    regions : tuple of RegionScore
        The changed regions, worst first, at most 20.
    fingerprint : str
        Short name of what changed, the same for the same change elsewhere; on a mismatch or
        warning where there is a baseline, else "".
    flaky : str
        Why the outcome is not reliable, or "".
    pixel_difference : float or None
        The share of pixels that differ at all, in [0, 1]; on a mismatch or warning.
    ssim : float or None
        Mean structural similarity in [-1, 1]; on a mismatch or warning.
    actual_size, baseline_size : tuple of int or None
        Width and height in pixels.
    baseline : str
        The baseline's path, relative to pytest's rootdir where it is below it.
    variant : int
        Number of the accepted picture that it was compared with, the nearest one where there
        are several: 1 is the file `baseline`, 2 the one that ends in ``~2``.
    update_path : str
        Where an accepted picture goes; another path than `baseline` where that one is
        shared between platforms and this platform would get its own.
    ignored : float or None
        The share of pixels that masks hide, in [0, 1]; None where there is no mask, or the
        bytes were equal already.
    actual, baseline_copy, diff, filled, heat, mask : str or None
        Pictures kept on a mismatch or warning, as paths below the results folder.
    actual_sha256 : str or None
        Digest of the kept actual picture, by which ``accept`` recognises it.
    model : str or None
        Id of the model that scored the pair; None where none was needed.
    model_seconds : float
        Seconds spent in the model or waiting for it, including its loading; 0 where the score is
        cached.
    claimed : bool
        Whether the baseline belongs to this check alone (named, not given by path).
    markers : tuple of str
        Names of the markers on the test.
    message : str
        The error's text, what is wrong with a damaged baseline, or "".
    note : str
        What could not be written, and why; that a damaged baseline was replaced; or "".
    """

    test: str
    name: str
    verdict: Verdict
    threshold: float
    threshold_from: str
    warn_threshold: float | None = None
    score: float | None = None
    global_score: float | None = None
    regions: tuple[RegionScore, ...] = ()
    fingerprint: str = ""
    flaky: str = ""
    pixel_difference: float | None = None
    ssim: float | None = None
    actual_size: tuple[int, int] | None = None
    baseline_size: tuple[int, int] | None = None
    baseline: str = ""
    variant: int = 1
    update_path: str = ""
    ignored: float | None = None
    actual: str | None = None
    baseline_copy: str | None = None
    diff: str | None = None
    filled: str | None = None
    heat: str | None = None
    mask: str | None = None
    actual_sha256: str | None = None
    model: str | None = None
    model_seconds: float = 0.0
    claimed: bool = True
    markers: tuple[str, ...] = ()
    message: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the test continues."""
        return not self.verdict.failed

    @property
    def region(self) -> RegionScore | None:
        """The worst region, or None where nothing changed."""
        return self.regions[0] if self.regions else None

    @property
    def pictures(self) -> dict[str, str]:
        """The kept pictures: their paths below the results folder, by what they show."""
        paths = ((kind, getattr(self, name)) for kind, name in PICTURE_FIELDS.items())
        return {kind: path for kind, path in paths if path is not None}

    def with_pictures(self, pictures: Mapping[str, str]) -> Record:
        """Return the record with other kept pictures."""
        paths = {name: pictures.get(kind) for kind, name in PICTURE_FIELDS.items()}
        return Record(**{**vars(self), **paths})

    def to_dict(self) -> dict[str, Any]:
        """Return the record as exact builtins, fit for JSON and for execnet."""
        return {
            name: value if type(value) in EXACT else _plain(value)
            for name, value in vars(self).items()
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """Return the record that :meth:`to_dict` was called on.

        Raises
        ------
        KeyError, TypeError, ValueError
            If `data` does not come from :meth:`to_dict` of this version.
        """
        values = dict(data)
        values["verdict"] = Verdict(values["verdict"])
        values["regions"] = tuple(RegionScore(**region) for region in values["regions"])
        values["markers"] = tuple(values.get("markers", ()))
        for key in ("actual_size", "baseline_size"):
            values[key] = None if values[key] is None else tuple(values[key])
        return cls(**values)


def _plain(value: Any) -> Any:
    if type(value) in EXACT:
        return value
    if isinstance(value, Verdict):
        return value.value
    if isinstance(value, RegionScore):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    # bool before int, and subclasses (np.float64, str enums) to the exact type:
    # execnet looks at type(value), not at isinstance.
    if isinstance(value, str):
        return str.__str__(value)
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"a Record holds builtins only, got {type(value).__name__}: {value!r}")

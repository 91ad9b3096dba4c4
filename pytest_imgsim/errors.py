"""Everything that pytest-imgsim raises on purpose.

::

    ImgsimError
    ├── SettingsError       an option, ini key, marker or argument has a bad value
    ├── PictureError        bytes that are not one picture, or one that is too large
    │   ├── DamagedError    bytes that are not a whole picture
    │   └── SourceError     an object that cannot be turned into a picture (a TypeError)
    ├── UnstableError       a page that was never stable enough for a screenshot
    ├── MaskError           an ignored area outside the picture, or one that covers all of it
    ├── BaselineError       a name or file that cannot be a baseline's
    ├── UnreportedError     a comparison in a process that cannot report its verdict
    ├── WeightsError        weights that are unknown, unreadable, or not of a ResNet50
    └── ResultsError        a results folder that cannot be read or acted on

Each message names the thing, the rule, what was expected and found, and the next step.
"""

from __future__ import annotations


class ImgsimError(Exception):
    """Base class of all errors of pytest-imgsim."""


class SettingsError(ImgsimError):
    """An option, ini key, marker or argument has a bad value."""


class PictureError(ImgsimError):
    """Bytes that are not exactly one picture, or a picture that is too large."""


class DamagedError(PictureError):
    """Bytes that are not a whole picture in a known format."""


class SourceError(PictureError, TypeError):
    """An object that cannot be turned into a picture."""


class UnstableError(ImgsimError):
    """A source whose captures never agreed within the time allowed."""


class MaskError(ImgsimError):
    """An ignored area is outside the picture, covers all of it, or matches nothing."""


class BaselineError(ImgsimError):
    """A name or a file that cannot be a baseline's."""


class UnreportedError(ImgsimError):
    """A comparison in a process that cannot report its verdict."""


class WeightsError(ImgsimError):
    """Weights that are unknown, unreadable, unreachable, or not of a ResNet50."""


class ResultsError(ImgsimError):
    """A results folder that is missing, stale, or not of this version."""


def reason(error: OSError) -> str:
    """Return why the system refused, in its words, without the path of an unfinished file."""
    return error.strerror or str(error)

"""How a browser learns the address of a review, which nobody else may know.

A browser is started with an address on its command line, and every user of the machine can read
the command lines of all processes. So it is started with a file that only its owner can read, and
that leads on to the address.
"""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_imgsim.files.writing import TEMP_PREFIX

REDIRECT = """<!DOCTYPE html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>imgsim review</title>
<p><a href="{url}">Open the review</a>
"""


@contextmanager
def private_link(url: str, folder: Path) -> Iterator[str]:
    """Give the address of a file that leads to `url`, and delete the file in the end.

    Parameters
    ----------
    url : str
        The address to keep private.
    folder : Path
        Where the file goes: not the folder of temporary files, which browsers in a sandbox, such
        as those of Snap, do not see.
    """
    # Only its owner can read what mkstemp makes, from its first moment on.
    handle, name = tempfile.mkstemp(prefix=TEMP_PREFIX, suffix=".html", dir=folder.absolute())
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(REDIRECT.format(url=html.escape(url)))
        yield Path(name).as_uri()
    finally:
        Path(name).unlink(missing_ok=True)

"""The clock and the files of this machine, whatever a test puts in their place.

freezegun, pyfakefs and mocks replace functions in ``time``, ``os`` and ``io``, and names in each
module that has imported them. They do not look for functions that a class holds, and those below
are taken when the plugin is loaded, before any test. What a test gives us to read, a path of its
own, is read as the test sees it, without these.
"""

from __future__ import annotations

import io
import os
import time


class System:
    """Python's own functions, under their own names; the class is not to be instantiated.

    `clock` is `time.perf_counter`, the one clock that time-machine leaves alone as well, and
    `descriptor` is `os.open`.
    """

    clock = time.perf_counter
    sleep = time.sleep
    open = io.open
    descriptor = os.open
    fsync = os.fsync
    stat = os.stat
    lstat = os.lstat
    fstat = os.fstat
    chmod = os.chmod
    utime = os.utime
    replace = os.replace
    unlink = os.unlink
    listdir = os.listdir
    readlink = os.readlink
    symlink = os.symlink
    makedirs = os.makedirs
    urandom = os.urandom
    exists = os.path.exists
    lexists = os.path.lexists
    isdir = os.path.isdir
    islink = os.path.islink
    realpath = os.path.realpath
    relpath = os.path.relpath

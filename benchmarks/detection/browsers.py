"""Which other browsers are here: a Firefox, and builds of Chromium that lie inside npm packages."""

from __future__ import annotations

import subprocess
from pathlib import Path

from machines import CARRIER, OTHER_BROWSERS, Machine, browser_of, executable
from playwright.sync_api import Error, sync_playwright
from templates import fetch_one, folder_of

#: Node has Brotli, which Python's own library lacks.
UNPACK = """
const [from, to] = process.argv.slice(1), fs = require("fs");
const unpacked = require("zlib").createBrotliDecompress();
require("stream").pipeline(
  fs.createReadStream(from), unpacked, fs.createWriteStream(to, { mode: 0o755 }),
  (error) => { if (error) throw error; },
);
"""


def runnable(work: Path) -> list[Machine]:
    """Return the machines of `OTHER_BROWSERS` whose browser can be had and starts here."""
    return [machine for machine in OTHER_BROWSERS if _runs(machine, work)]


def _runs(machine: Machine, work: Path) -> bool:
    try:
        _fetch(machine, work)
        with sync_playwright() as playwright, browser_of(machine, playwright, work) as browser:
            # One that starts may still lack what Playwright asks of it for a page.
            browser.new_page()
            return True
    except (OSError, subprocess.SubprocessError, Error) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        print(f"Left out, {machine.name} does not run here: {reason}", flush=True)
        return False


def _fetch(machine: Machine, work: Path) -> None:
    program = executable(machine, work)
    target = Path(program or "")
    if target.is_file():
        return
    if not machine.version:
        raise FileNotFoundError(f"no {machine.engine} is installed: {program}")
    folder = folder_of(work, CARRIER, machine.version)
    if not folder.is_dir():
        fetch_one(CARRIER, machine.version, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".part")
    packed = folder / "package" / "bin" / "chromium.br"
    subprocess.run(["node", "-e", UNPACK, packed, temporary], check=True, timeout=600)
    temporary.replace(target)

"""The machines that a page is seen on: browser, fonts and device scale."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Playwright
from templates import ARIMO, FONTS, folder_of

VIEWPORT = (1280, 800)
STEADY = (
    "--disable-partial-raster",
    "--force-color-profile=srgb",
    "--disable-background-networking",
    "--disable-gpu",
    "--hide-scrollbars",
)
CONFIGURATION = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>{folders}{rules}</fontconfig>"""
EDIT = '<match target="font"><edit name="{}" mode="assign"><{}>{}</{}></edit></match>'
SAME_WIDTHS = (
    '<match target="pattern"><test name="family"><string>{}</string></test>'
    '<edit name="family" mode="assign" binding="strong"><string>Arimo</string></edit></match>'
)


def _rule(name: str, kind: str, value: str) -> str:
    return EDIT.format(name, kind, value, kind)


@dataclass(frozen=True)
class Machine:
    """One way in which a browser shows the same page.

    Parameters
    ----------
    name : str
        Also part of file names.
    flags : tuple of str
        Chromium's command line.
    fonts : str
        Rules for fontconfig.
    style : str
        CSS that is added to the page.
    scale : float
        Device scale factor; its screenshot is resampled to the plain size.
    resample : Image.Resampling
        How.
    version : str
        The version of `CARRIER` that holds its browser; empty for an installed one.
    engine : {"chromium", "firefox"}
        Playwright's name of the kind of browser.
    """

    name: str
    flags: tuple[str, ...] = ()
    fonts: str = ""
    style: str = ""
    scale: float = 1.0
    resample: Image.Resampling = Image.Resampling.LANCZOS
    version: str = ""
    engine: str = "chromium"


PLAIN = Machine("plain")
MACHINES = (
    PLAIN,
    Machine("hint-none", fonts=_rule("hinting", "bool", "false")),
    Machine("hint-medium", fonts=_rule("hintstyle", "const", "hintmedium")),
    Machine("hint-full", fonts=_rule("hintstyle", "const", "hintfull")),
    Machine("subpixel-text", ("--enable-font-subpixel-positioning", "--font-render-hinting=none")),
    Machine("whole-pixel-text", ("--disable-font-subpixel-positioning",)),
    Machine("geometric", style="* { text-rendering: geometricPrecision }"),
    Machine(
        "lcd",
        ("--enable-lcd-text",),
        fonts=_rule("rgba", "const", "rgb") + _rule("lcdfilter", "const", "lcddefault"),
    ),
    Machine(
        "same-widths",
        fonts="".join(SAME_WIDTHS.format(f) for f in ("Liberation Sans", "Arial", "Helvetica")),
    ),
    Machine("scale-2", scale=2.0),
    Machine("scale-1.5", scale=1.5),
    Machine("scale-1.25", scale=1.25, resample=Image.Resampling.BICUBIC),
    Machine("scale-3", scale=3.0, resample=Image.Resampling.BOX),
    Machine("offset", style="body { position: relative; left: .35px; top: .3px }"),
    Machine("offset-half", style="body { position: relative; left: -.5px; top: .5px }"),
)
#: Letters have whole widths, those of full hinting: long lines end some pixels aside. The pages are
#: not shown on it, where that is another layout.
HINTED_WIDTHS = Machine(
    "hinted-widths",
    ("--disable-font-subpixel-positioning",),
    fonts=_rule("hintstyle", "const", "hintfull") + _rule("autohint", "bool", "false"),
)
#: An npm package that carries a build of Chromium, with the browser's version for its own.
CARRIER = "@sparticuz/chromium"
#: Other versions of the browser, for Linux on x86-64.
VERSIONS = (
    Machine("chromium-123", version="123.0.1"),
    Machine("chromium-143", version="143.0.4"),
)
#: It has no flag that hides scroll bars.
FIREFOX = Machine("firefox", style="* { scrollbar-width: none }", engine="firefox")
#: They may be missing, so no draw among `MACHINES` counts on them.
OTHER_BROWSERS = (*VERSIONS, FIREFOX)
#: With its content sandbox Firefox does not see fonts outside the system's folders.
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {"security.sandbox.content.level": 0}
BY_NAME = {machine.name: machine for machine in MACHINES}


def executable(machine: Machine, work: Path) -> str | None:
    """Return the browser's file; None if it is not installed."""
    if machine.version:
        return str(work / "browsers" / machine.name)
    if machine.engine == "firefox":
        return os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def browser_of(machine: Machine, playwright: Playwright, work: Path) -> Iterator[Browser]:
    """Run the browser of `machine`, with its fonts, while the context lasts."""
    browser = _launched(machine, playwright, executable(machine, work), _fonts(machine, work))
    try:
        yield browser
    finally:
        browser.close()


def _fonts(machine: Machine, work: Path) -> Path:
    """Write fontconfig's configuration for a machine."""
    packages = FONTS if machine.name != "same-widths" else (*FONTS, ARIMO)
    folders = "".join(f"<dir>{folder_of(work, *package)}</dir>" for package in packages)
    configuration = work / "fonts" / f"{machine.name}.conf"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    temporary = configuration.with_suffix(f".{os.getpid()}")
    temporary.write_text(CONFIGURATION.format(folders=folders, rules=machine.fonts))
    temporary.replace(configuration)
    return configuration


def _launched(
    machine: Machine, playwright: Playwright, program: str | None, fonts: Path
) -> Browser:
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    if machine.engine == "firefox":
        # The channel of an unpatched Firefox, which Playwright drives by WebDriver BiDi.
        return playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=program,
            firefox_user_prefs=FIREFOX_PREFERENCES,
            env=environment,
        )
    options = [*STEADY, *machine.flags]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    return playwright.chromium.launch(executable_path=program, args=options, env=environment)


def to_plain_size(
    image: Image.Image, machine: Machine, size: tuple[int, int] = VIEWPORT
) -> Image.Image:
    """Return a screenshot of any device scale at the plain size."""
    return image if image.size == size else image.resize(size, machine.resample)

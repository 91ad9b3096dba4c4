"""Fixtures of the shop suite: the server, and how the browser starts."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Find the modules next to this file, whatever the import mode and the rootdir are.
_HERE = str(Path(__file__).resolve().parent)
if _HERE not in sys.path:
    sys.path.insert(0, _HERE)

from regressions import REGRESSIONS  # noqa: E402
from server import serve_shop  # noqa: E402

# These switches make the pictures independent of the machine's graphics card,
# screen colours and font settings.
_CHROMIUM_ARGS = [
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Without this switch, the edges of round shapes differ a little between runs.
    "--disable-partial-raster",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option which breaks the shop.

    Parameters
    ----------
    parser
        The parser of the command line.
    """
    parser.addoption(
        "--shop-regressions",
        action="store_true",
        default=False,
        dest="shop_regressions",
        help="serve the example shop with UI regressions, which the suite must catch",
    )


@pytest.fixture(scope="session")
def shop_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the shop for the whole session and give its address.

    Parameters
    ----------
    request
        The request of the fixture, for the option.
    """
    # The default covers runs which load this file too late to add the option.
    broken = request.config.getoption("shop_regressions", default=False)
    with serve_shop(REGRESSIONS if broken else ()) as url:
        yield url


@pytest.fixture(scope="session")
def base_url(shop_url: str) -> str:
    """Let the tests name a page of the shop without the server, as in ``/cart.html``.

    Parameters
    ----------
    shop_url
        The address of the shop.
    """
    return shop_url


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    """Start the system's Chromium, if there is one, with steady rendering.

    Parameters
    ----------
    browser_type_launch_args
        The arguments of pytest-playwright.
    """
    launch = dict(browser_type_launch_args)
    launch["args"] = [*launch.get("args", []), *_CHROMIUM_ARGS]
    # Chromium refuses to run its sandbox as root, which is usual in containers.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        launch["args"].append("--no-sandbox")
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    # Without one, Playwright starts the browser that it has installed itself.
    if chromium:
        launch["executable_path"] = chromium
    return launch


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Fix everything about the browser that a page can see.

    Parameters
    ----------
    browser_context_args
        The arguments of pytest-playwright.
    """
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
        "locale": "en-US",
        "timezone_id": "UTC",
    }

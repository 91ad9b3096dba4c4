"""A small server on the loopback address for the pages of the example shop.

Serving a page means: read the file, apply the regressions (if any), send it.
Run this file to look at the shop in a browser by hand::

    python examples/shop/server.py
    python examples/shop/server.py --shop-regressions
"""

from __future__ import annotations

import mimetypes
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pages import LAYOUT, read_text
from regressions import REGRESSIONS, Regression, apply_regressions, check_regressions

SITE = Path(__file__).resolve().parent / "site"


def _find_file(url: str) -> Path | None:
    """Return the file of the site which a request asks for, or None."""
    name = unquote(urlsplit(url).path).lstrip("/") or "index.html"
    try:
        path = (SITE / name).resolve()
        # resolve() has followed ".." and links: what is left must be in the site.
        inside = path.is_relative_to(SITE) and path.name != LAYOUT
        return path if inside and path.is_file() else None
    except (OSError, ValueError):
        return None


def _handler(regressions: Sequence[Regression]) -> type[BaseHTTPRequestHandler]:
    """Make the request handler which serves the site with these regressions."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = _find_file(self.path)
            if path is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            name = path.relative_to(SITE).as_posix()
            body = apply_regressions(name, read_text(path), regressions).encode()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            # The good and the broken shop may get the same port in turn.
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output quiet."""

    return Handler


@contextmanager
def serve_shop(regressions: Sequence[Regression] = ()) -> Iterator[str]:
    """Serve the shop while the block runs.

    Parameters
    ----------
    regressions
        The faults to put into the served pages; none by default.

    Yields
    ------
    str
        The address of the shop, without a slash at the end.

    Raises
    ------
    StaleRegressionError
        If a regression no longer fits the page that it rewrites.
    """
    check_regressions(SITE, regressions)
    # Port 0 lets the system choose, so that parallel workers never collide.
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(regressions))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _main() -> None:
    """Serve the shop until the user presses Ctrl+C."""
    broken = "--shop-regressions" in sys.argv[1:]
    kind = "broken" if broken else "good"
    with serve_shop(REGRESSIONS if broken else ()) as url:
        print(f"The {kind} shop is at {url} (Ctrl+C stops it)", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    _main()

"""``imgsim review``: the review page in a browser, with buttons that accept."""

from __future__ import annotations

import argparse
import threading
import webbrowser
from contextlib import AbstractContextManager, ExitStack, suppress

from pytest_imgsim.cli.arguments import add_report, add_rootdir, read_results
from pytest_imgsim.cli.output import say
from pytest_imgsim.results.accept import candidates
from pytest_imgsim.review.link import private_link
from pytest_imgsim.review.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the results to review, and how to serve them."""
    add_report(parser)
    add_rootdir(parser)
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, but open no browser"
    )


def run(options: argparse.Namespace) -> int:
    """Serve the page until the review is done or interrupted; return 0."""
    folder, results, _ = read_results(options)
    if not candidates(results.records):
        say(f"nothing to review in {options.report}: the last run kept no picture to accept")
        return 0
    server = Server(folder, options.report, port=options.port, rootdir=options.rootdir, echo=say)
    with server, suppress(KeyboardInterrupt), ExitStack() as until_the_end:
        say(f"review: {server.review.url} (Ctrl+C ends it)")
        if not options.no_browser:
            _open_browser(until_the_end, private_link(server.review.url, folder.folder))
        server.serve_forever()
    return 0


def _open_browser(stack: ExitStack, link: AbstractContextManager[str]) -> None:
    try:
        address = stack.enter_context(link)
    except OSError as error:
        say(f"no browser is opened ({error}): open that address")
        return
    # In a thread: a browser for the terminal, where there is no other, would block the server.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

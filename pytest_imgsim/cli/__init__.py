"""The command line: the same core without pytest.

Each command is the module of its name, with two functions: ``add_arguments(parser)``, and
``run(options)``, which returns the exit code. Only the module of the command in hand is imported.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from pytest_imgsim._version import __version__
from pytest_imgsim.cli.output import say
from pytest_imgsim.errors import ImgsimError
from pytest_imgsim.report.cli_name import SCRIPT

#: Characters of a line of an error; a value from a file may be of any length.
MAX_LINE = 1000
COMMANDS = {
    "compare": "Score two pictures; exit with 0 if they are similar, with 1 if not.",
    "accept": "Accept pictures of the last run as baselines, without running it again.",
    "trim": "List the baselines that the last complete run did not use; delete them on request.",
    "merge": "Merge the results folders of a suite's shards into one, with one review page.",
    "review": "Review the last run in a browser, and accept pictures there.",
    "report": "Write report.html again, from the results.json of a run.",
    "calibrate": "Score several captures of the same unchanged pages, and propose a threshold.",
}


def main(arguments: Sequence[str] | None = None, *, prog: str = SCRIPT) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process if not given.
    prog : str
        How the user calls it.

    Returns
    -------
    int
        0 where all is well, 1 where pictures differ or baselines are unused, 2 on an error.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments, prog).parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # such as that of `imgsim trim | head`
        _silence()
        return 2
    except (ImgsimError, OSError) as error:
        say("\n".join(map(_brief, f"error: {error}".split("\n"))), to=sys.stderr)
        return 2


def _brief(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}..."


def _silence() -> None:
    """Let what is still to be written go nowhere, or Python complains of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(arguments: Sequence[str], prog: str) -> argparse.ArgumentParser:
    """Return the parser of all commands, of which only the one in hand knows its arguments."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Visual regression testing without pytest."
    )
    parser.add_argument("--version", action="version", version=f"pytest-imgsim {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    chosen = next((word for word in arguments if word in COMMANDS), None)
    for name, text in COMMANDS.items():
        subparser = commands.add_parser(name, help=text, description=text)
        if name == chosen:
            module = import_module(f"{__name__}.{name}")
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    return parser

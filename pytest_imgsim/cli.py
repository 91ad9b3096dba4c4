"""The command line: the same core without pytest."""

from __future__ import annotations

import argparse
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_imgsim._version import __version__
from pytest_imgsim.baselines.naming import TestId
from pytest_imgsim.errors import BaselineError, ImgsimError, ResultsError
from pytest_imgsim.report.message import pair_lines
from pytest_imgsim.report.summary import headline
from pytest_imgsim.report.terminal import View, summary
from pytest_imgsim.results.folder import PAGE, ResultsFolder
from pytest_imgsim.settings import RUN_SETTINGS, Settings

DEFAULTS = Settings()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process if not given.

    Returns
    -------
    int
        0 where all is well, 1 where pictures differ or orphans are left, 2 on an error.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except ImgsimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pytest_imgsim", description="Visual regression testing without pytest."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_compare(commands)
    _add_accept(commands)
    _add_trim(commands)
    _add_merge(commands)
    _add_review(commands)
    _add_page(commands)
    _add_calibrate(commands)
    return parser


def _add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Score two pictures; exit 0 if they are alike, 1 if not."
    parser = commands.add_parser("compare", help=text, description=text)
    parser.add_argument("actual", help="a picture file")
    parser.add_argument("baseline", help="the picture that it should look like")
    _add_scoring(parser)
    parser.add_argument("--report", metavar="DIR", help="folder for the pictures of a mismatch")
    parser.set_defaults(command=_compare)


def _add_accept(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Make pictures that the last run kept the new baselines, without running it again."
    parser = commands.add_parser("accept", help=text, description=text)
    parser.add_argument(
        "name", nargs="*", help="baseline name or test id as the summary shows it, or a glob"
    )
    parser.add_argument("--all", action="store_true", help="accept all that failed")
    parser.add_argument(
        "--variant",
        action="store_true",
        help="add the pictures as variants: the baselines that are there stay accepted too",
    )
    _add_report(parser)
    parser.set_defaults(command=_accept)


def _add_trim(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "List the baselines that the last complete run did not use; delete them on request."
    parser = commands.add_parser("trim", help=text, description=text)
    parser.add_argument("--delete", action="store_true", help="delete what is listed")
    _add_report(parser)
    parser.set_defaults(command=_trim)


def _add_merge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Join the results folders of a suite's shards into one, with one page for review."
    parser = commands.add_parser("merge", help=text, description=text)
    parser.add_argument("folder", nargs="+", metavar="DIR", help="results folder of one shard")
    parser.add_argument("--expect", type=int, metavar="N", help="how many shards there have to be")
    parser.add_argument(
        "--report",
        default=DEFAULTS.report,
        metavar="DIR",
        help=f"folder of the merged results (default: {DEFAULTS.report})",
    )
    parser.set_defaults(command=_merge)


def _add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Open the review page in a browser, and make baselines of what is accepted in it."
    parser = commands.add_parser("review", help=text, description=text)
    _add_report(parser)
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.set_defaults(command=_review)


def _add_page(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Draw report.html again, from the results.json of a run."
    parser = commands.add_parser("report", help=text, description=text)
    parser.add_argument(
        "report", nargs="?", default=DEFAULTS.report, metavar="DIR", help="results folder"
    )
    parser.set_defaults(command=_page)


def _add_calibrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Score several captures of the same unchanged pages, and propose a threshold."
    parser = commands.add_parser("calibrate", help=text, description=text)
    parser.add_argument(
        "folder", nargs="+", help="one folder of pictures for each run, with the same names"
    )
    _add_scoring(parser)
    parser.set_defaults(command=_calibrate)


def _add_scoring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threshold", help=RUN_SETTINGS["threshold"].help)
    parser.add_argument("--weights", help=RUN_SETTINGS["weights"].help)


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--report",
        default=DEFAULTS.report,
        metavar="DIR",
        help=f"results folder of the run (default: {DEFAULTS.report})",
    )


def _compare(options: argparse.Namespace) -> int:
    from pytest_imgsim.checks.session import Session
    from pytest_imgsim.model.resnet50 import ResNet50

    if not Path(options.baseline).exists():
        raise BaselineError(f"baseline {options.baseline}: no such file")
    settings = _scoring(options)
    test = TestId("compare", "compare", (), Path(options.actual).stem or "picture")
    with TemporaryDirectory() as scratch:
        settings = settings.override("--{key}", {"report": options.report or scratch})
        session = Session(settings, Path.cwd(), lambda: ResNet50(settings.weights))
        record = session.check(test, options.actual, Path(options.baseline))
    print("\n".join(pair_lines(record, options.report)))
    return 0 if record.passed else 1


def _scoring(options: argparse.Namespace) -> Settings:
    given = {"threshold": options.threshold, "weights": options.weights}
    return DEFAULTS.override("--{key}", given)


def _calibrate(options: argparse.Namespace) -> int:
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.report.calibration import lines
    from pytest_imgsim.scoring.calibrate import measure, proposed

    settings = _scoring(options)
    model = ResNet50(settings.weights)
    samples = measure([Path(folder) for folder in options.folder], model)
    print("\n".join(lines(samples, proposed(samples), settings.threshold)))
    return 0


def _accept(options: argparse.Namespace) -> int:
    from pytest_imgsim.results.accept import apply, candidates, matching, plan

    folder = ResultsFolder(Path(options.report))
    results, root = folder.read()
    kept = candidates(results.records)
    if not options.name and not options.all:
        known = "".join(f"\n  {record.name}" for record in kept) or " nothing"
        raise ResultsError(f"name what to accept, or pass --all; there is:{known}")
    failed = [record for record in kept if not record.passed]
    chosen = failed if options.all else matching(kept, options.name)
    baselines = root / results.baselines
    acceptances = plan(folder, chosen, root, baselines, as_variants=options.variant)
    apply(acceptances, folder)
    for acceptance in acceptances:
        print(f"accepted {acceptance.shown}")
    if not acceptances:
        print("nothing to accept")
    return 0


def _merge(options: argparse.Namespace) -> int:
    from pytest_imgsim.report.html import page
    from pytest_imgsim.results.merge import merge
    from pytest_imgsim.results.shards import model_notes, read_shards

    out = Path(options.report)
    shards = read_shards([Path(name) for name in options.folder], out, expect=options.expect)
    folder = ResultsFolder(out)
    results = merge(shards, folder, version=__version__)
    folder.write_page(page(results, folder.folder.as_posix()))
    print(f"merged {len(shards)} into {out}: {headline(results.records)}")
    for line in summary(results, View(verbosity=-1, report=out.as_posix())):
        print(line.text)
    if results.partial:
        print(f"partial, so trim cannot tell what is unused: {results.partial}")
    for note in model_notes(shards):
        print(note)
    return 0


def _review(options: argparse.Namespace) -> int:
    from pytest_imgsim.results.accept import candidates
    from pytest_imgsim.review.server import Server

    folder = ResultsFolder(Path(options.report))
    results, _ = folder.read()
    if not candidates(results.records):
        print(f"nothing to review in {options.report}: the last run kept no picture to accept")
        return 0
    server = Server(folder, options.report, port=options.port, echo=_tell)
    with server, suppress(KeyboardInterrupt):
        _tell(f"review: {server.review.url} (Ctrl+C ends it)")
        if not options.no_browser:
            # Where there is none but one for the terminal, it would hold up the server.
            url = server.review.url
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        server.serve_forever()
    return 0


def _tell(line: str) -> None:
    print(line, flush=True)  # at once, also into a pipe


def _page(options: argparse.Namespace) -> int:
    from pytest_imgsim.report.html import page

    folder = ResultsFolder(Path(options.report))
    results, _ = folder.read()
    folder.write_page(page(results, options.report))
    print(f"wrote {folder.folder / PAGE}")
    return 0


def _trim(options: argparse.Namespace) -> int:
    from pytest_imgsim.files import delete
    from pytest_imgsim.results.orphans import orphans_to_delete

    results, root = ResultsFolder(Path(options.report)).read()
    paths = orphans_to_delete(results, root)
    for path in paths:
        print(path.relative_to(root).as_posix() if path.is_relative_to(root) else path)
    if not paths:
        print("every baseline is used")
        return 0
    if not options.delete:
        print(f"{len(paths)} unused; delete them with --delete")
        return 1
    delete(paths, root / results.baselines)
    print(f"deleted {len(paths)}")
    return 0

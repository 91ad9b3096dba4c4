"""The plugin's state in one pytest process: settings, and a session once a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_imgsim.model.host import usable_cpus
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from pytest_imgsim.checks.session import Session
    from pytest_imgsim.model.resnet50 import ResNet50
    from pytest_imgsim.model.server import ModelServer

STATE = pytest.StashKey["PluginState"]()
#: The fixture by which a test is known to have baselines, whether or not it runs.
FIXTURE = "assert_similar"
#: Under what name xdist's worker gets the channel that leads to the controller's model.
CHANNEL = "imgsim_model"


class PluginState:
    """One pytest process: the sole one, xdist's controller, or one of its workers.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    settings : Settings
        The settings of the run.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.settings = settings
        self.deselected = False
        self._visual: dict[int, str] = {}
        self._left_out: list[str] = []
        self._config = config
        self._model: ResNet50 | None = None
        self._server: ModelServer | None = None
        self._session: Session | None = None
        self._reported = 0
        folders = (config.rootpath / folder for folder in (settings.baselines, settings.report))
        self._pictures = tuple(str(folder) + os.sep for folder in folders)

    @property
    def model(self) -> ResNet50:
        """The ResNet50 of this machine; nothing of it is imported before it is used."""
        if self._model is None:
            from pytest_imgsim.model.remote import RemoteResNet50
            from pytest_imgsim.model.resnet50 import ResNet50

            channel = getattr(self._config, "workerinput", {}).get(CHANNEL)
            kind = partial(RemoteResNet50, channel) if channel else ResNet50
            self._model = kind(
                self.settings.weights,
                root=self._config.rootpath,
                runtime=self.settings.runtime,
                threads=worker_threads(self._config),
                max_pixels=self.settings.max_pixels,
            )
        return self._model

    def serve(self, node: Any) -> None:
        """Let one of xdist's workers use the model of this process, if it is on this machine."""
        gateway = node.gateway
        if not gateway.spec.popen or gateway.spec.via:
            return
        if self._server is None:
            from pytest_imgsim.model.server import ModelServer

            self._server = ModelServer(lambda: self.model)
            self._config.add_cleanup(self._server.close)
        node.workerinput[CHANNEL] = channel = gateway.newchannel()
        self._server.serve(channel)

    @property
    def session(self) -> Session:
        """The session of this process, made on first use."""
        if self._session is None:
            from pytest_imgsim.checks.session import Session

            self._session = Session(
                self.settings,
                self._config.rootpath,
                lambda: self.model,
                lambda: cache_folder(self._config),
            )
        return self._session

    def is_picture(self, path: Path) -> bool:
        """Return whether a path is a picture in one of our folders; either may hold tests too."""
        text = str(path)
        return text.endswith(".png") and text.startswith(self._pictures)

    def collected(self, item: pytest.Item) -> None:
        """Note a test that asks for our fixture, before any plugin takes it out of the run."""
        if FIXTURE in getattr(item, "fixturenames", ()):
            # By identity: xdist gives items of a group other node ids later on.
            self._visual[id(item)] = item.nodeid

    def selected(self, items: Sequence[pytest.Item]) -> None:
        """Note which of those are left out; not every plugin reports what it deselects."""
        left = self._visual.keys() - {id(item) for item in items}
        self._left_out = sorted(self._visual[key] for key in left)
        self.deselected |= bool(self._left_out)

    def payload(self, item: pytest.Item, report: pytest.TestReport) -> dict[str, Any]:
        """Return what a phase's report has to tell the controller, as exact builtins."""
        out: dict[str, Any] = {}
        records = self._session.records[self._reported :] if self._session else []
        if records:
            self._reported += len(records)
            out["records"] = [record.to_dict() for record in records]
        if report.outcome != "passed" and isinstance(item, pytest.Function):
            from pytest_imgsim.plugin.fixtures import identify

            out["unfinished"] = identify(item).baseline_name()
        if id(item) in self._visual:
            out["ran"] = self._visual[id(item)]
        if self.deselected:
            out["deselected"] = True
        if self._left_out:  # once: it may be long
            out["left_out"], self._left_out = self._left_out, []
        return out


def cache_folder(config: pytest.Config) -> Path | None:
    """Return our folder in pytest's cache; None where that is switched off or cannot be made."""
    cache = getattr(config, "cache", None)
    try:
        return Path(cache.mkdir("imgsim")) if cache else None
    except OSError:
        return None


def worker_threads(config: pytest.Config) -> int:
    """Return this worker's share of the CPUs, or 0 (all) without xdist."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    return 0 if workers <= 1 else max(1, usable_cpus() // int(workers))

"""The plugin's parts in one pytest process, each made when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_imgsim import checks, results
from pytest_imgsim.errors import ResultsError
from pytest_imgsim.plugin.inventory import Inventory, PictureFolders
from pytest_imgsim.plugin.payload import PayloadWriter
from pytest_imgsim.plugin.workers import ModelSharing, load_model
from pytest_imgsim.settings import Settings

if TYPE_CHECKING:
    from pytest_imgsim.model.resnet50 import ResNet50

STATE = pytest.StashKey["PluginState"]()


class PluginState:
    """One pytest process: the sole one, xdist's controller, or one of its workers.

    Parameters
    ----------
    config : pytest.Config
        Pytest's configuration.
    settings : Settings
        The settings of the run.

    Attributes
    ----------
    inventory : Inventory
        The visual tests that this process collects.
    pictures : PictureFolders
        Where pytest need not look for tests.
    payloads : PayloadWriter
        Puts onto test reports what the controller has to learn.
    model : callable
        Returns the ResNet50 of this process, which the first call makes.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.settings = settings
        self.inventory = Inventory()
        self.pictures = PictureFolders(
            config.rootpath / folder for folder in (settings.baselines, settings.report)
        )
        self.payloads = PayloadWriter(self.inventory)
        self.model: Callable[[], ResNet50] = cache(partial(load_model, config, settings))
        self._config = config
        self._session: checks.Session | None = None
        # Looked at now, and told when it matters: tests may write there before they compare.
        self._refusal = _refusal(config, settings)

    @property
    def session(self) -> checks.Session:
        """The comparisons of this process; the first test with a baseline makes it.

        Raises
        ------
        ResultsError
            If the results folder is one of somebody else's.
        """
        if self._session is None:
            if self._refusal:
                raise ResultsError(self._refusal)
            memory = partial(cache_folder, self._config)
            self._session = checks.Session(self.settings, self._config.rootpath, self.model, memory)
        return self._session

    @property
    def session_so_far(self) -> checks.Session | None:
        """The comparisons of this process, if a test has asked for them."""
        return self._session

    @cached_property
    def sharing(self) -> ModelSharing:
        """The controller's model at the service of xdist's workers."""
        return ModelSharing(self._config, self.model)


def _refusal(config: pytest.Config, settings: Settings) -> str:
    """Return why the results folder cannot be used, or ""."""
    folder = config.rootpath / settings.report
    if folder.is_dir():
        try:
            results.ResultsFolder(folder).check_ours(settings.where("report"))
        except ResultsError as error:
            return str(error)
    return ""


def cache_folder(config: pytest.Config) -> Path | None:
    """Return our folder in pytest's cache; None where that is disabled or cannot be made."""
    pytest_cache = getattr(config, "cache", None)
    try:
        folder: Path | None = pytest_cache.mkdir("imgsim") if pytest_cache else None
        return folder
    except OSError:
        return None

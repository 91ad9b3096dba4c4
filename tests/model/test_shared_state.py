"""What belongs to the whole process: nothing of it is changed, not even for a moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Compares two pictures, writes a file and asks for a download, while every way to change
#: something that the threads of a process share is refused.
SCRIPT = """
import importlib, io, os, random, socket, sys, types, warnings
from pathlib import Path

import numpy as np
from PIL import Image

runtime, folder = sys.argv[1], Path(sys.argv[2])
keras = importlib.import_module("keras") if runtime == "tensorflow" else None
importlib.import_module("tensorflow" if keras else "ai_edge_litert.interpreter")

class WatchedModule(types.ModuleType):
    def __setattr__(self, name, value):
        raise AssertionError(f"{self.__name__}.{name} was set")

def refuse(owner, *names):
    def called(*arguments, **options):
        raise AssertionError(f"one of {names} was called")
    for name in names:
        setattr(owner, name, called)

def state():
    policy = keras and (keras.config.image_data_format(), keras.config.dtype_policy().name)
    drawn = random.getstate(), np.random.get_state()[1].tobytes()
    return policy, drawn, warnings.filters[:], dict(os.environ)

refuse(os, "umask", "dup2", "dup", "putenv", "chdir")
refuse(socket, "setdefaulttimeout")
refuse(warnings, "simplefilter", "filterwarnings", "resetwarnings")
refuse(warnings.catch_warnings, "__enter__")
if keras:
    refuse(keras.config, "set_image_data_format", "set_dtype_policy", "set_floatx")
Image.__class__ = WatchedModule
before = state()

from pytest_imgsim import ResNet50, WeightsError
from pytest_imgsim.files.writing import write_whole
from pytest_imgsim.pictures.decode import decode
from pytest_imgsim.pictures.pair import PicturePair
from pytest_imgsim.scoring.compare import compare

def page(kind, ink):
    image = Image.new("RGB", (160, 96), "white")
    image.paste(ink, (20, 20, 60, 40))
    image.save(out := io.BytesIO(), kind)
    return out.getvalue()

model = ResNet50(runtime=runtime)
pair = PicturePair(decode(page("PNG", "black")), decode(page("JPEG", "red")))
assert compare(pair, model).score < 1
assert model.features(page("BMP", "blue")).shape == (2048,)
write_whole(folder / "a.png", b"new", scratch=folder / "scratch")
try:
    print(ResNet50("imagenet", runtime=runtime).model_id)
except WeightsError as error:
    assert "could not download" in str(error)
assert state() == before
print("UNCHANGED")
"""

#: A proxy that nobody listens on stands for a machine without network.
NO_NETWORK = {
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
}


@pytest.mark.model
@pytest.mark.parametrize("runtime", ["litert", "tensorflow"])
def test_nothing_shared_is_changed(runtime: str, tmp_path: Path) -> None:
    """Globals, warning filters, file descriptors and timeouts stay as the suite has them."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, runtime, str(tmp_path)],
        env={**os.environ, **NO_NETWORK, "KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.splitlines() == ["UNCHANGED"], result.stderr

"""The README is run: its Python as tests, its commands as commands, its options checked."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from suite import BROWSER_CONFTEST, Suite

from pytest_imgsim.settings import RUN_SETTINGS, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.model
def test_python_blocks_are_passing_tests(suite: Suite) -> None:
    """Every Python block runs as a test file: first to make baselines, then to compare."""
    suite.pytester.makeconftest(BROWSER_CONFTEST)
    for number, block in enumerate(blocks("python")):
        (suite.path / f"test_block{number}.py").write_text(block, encoding="utf-8")
    count = sum(block.count("def test_") for block in blocks("python"))
    assert count >= 5
    run = suite.pytester.runpytest_subprocess
    run("--update-baselines", "-p", "no:playwright").assert_outcomes(passed=count)
    run("-p", "no:playwright").assert_outcomes(passed=count)
    assert set(suite.verdicts().values()) <= {"equal", "passed"}


def test_commands_work_as_written(suite: Suite) -> None:
    """Every command that the README shows does its job."""
    suite.write("def test_login(assert_similar): assert_similar(picture())", "test_login")
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        words = shlex.split(command)
        if words[0] == "pip":
            continue
        if "accept" in words:
            for path in suite.path.glob("baselines/**/*.png"):
                path.unlink()
            suite.run()
        if words[0] == "pytest":
            words = [*words, "-p", "fake_plugin"]
        module = {"pytest": "pytest", "imgsim": "pytest_imgsim"}[words[0]]
        result = subprocess.run(
            [sys.executable, "-m", module, *words[1:]],
            cwd=suite.path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"


def test_toml_block_is_a_working_configuration(suite: Suite) -> None:
    """The TOML block configures pytest as it is."""
    (block,) = blocks("toml")
    suite.pytester.makepyprojecttoml(block)
    suite.write("def test_a(assert_similar): assert_similar(picture())")
    suite.run("--update-baselines").assert_outcomes(passed=1)
    (name,) = suite.baselines()
    assert name.endswith("/test_page/test_a.png")
    assert name != "test_page/test_a.png"


@pytest.mark.parametrize("key", RUN_SETTINGS)
def test_options_table(key: str) -> None:
    """The table of options has every option, its ini key and its default."""
    flag = f"--imgsim-{key.replace('_', '-')}="
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{flag}")]
    cells = re.split(r"(?<!\\)\|", row)
    assert cells[2].strip() == f"`imgsim_{key}`"
    words = {"yes": "True", "no": "False", "off": "None"}
    default = cells[3].strip().strip("`")
    default = default if key == "terminal_images" else words.get(default, default)
    assert default in (
        str(getattr(Settings(), key)),
        f"{getattr(Settings(), key):g}" if isinstance(getattr(Settings(), key), float) else "",
    )


def test_both_commands_open_the_readme() -> None:
    """The two commands that set everything up stand at the top, and can be run."""
    top = README[:900]
    for script in ("scripts/demo", "scripts/test"):
        assert script in top
        assert (ROOT / script).stat().st_mode & 0o111


def test_every_link_leads_to_a_file() -> None:
    """Links within the repository lead somewhere."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

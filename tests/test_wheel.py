"""The package as users get it: the wheel, built, installed and run outside the repository."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, the wheel that is built from it, and the wheel that is built from the repository."""
    folder = tmp_path_factory.mktemp("dist")
    for target, options in (("all", ()), ("direct", ("--wheel",))):
        words = (sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", folder / target, REPOSITORY)
        done = run(*words, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    [sdist], [wheel] = (folder / "all").glob("*.tar.gz"), (folder / "all").glob("*.whl")
    [direct] = (folder / "direct").glob("*.whl")
    return {"sdist": sdist, "wheel": wheel, "direct": direct}


@pytest.fixture(scope="module")
def installed(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and sees the packages of this one behind it."""
    environment = tmp_path_factory.mktemp("environment")
    assert run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment).returncode == 0
    programs = environment / "bin"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    done = run(*pip, "install", "--no-deps", "--no-index", built["wheel"], cwd=environment)
    assert done.returncode == 0, done.stderr
    [site] = environment.glob("lib/python*/site-packages")
    (site / "packages_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_egograph_alone(built):
    assert {name.partition("/")[0] for name in files(built["wheel"])} == {"egograph"}


def test_the_wheel_of_the_sdist_is_that_of_the_repository(built):
    assert files(built["wheel"]) == files(built["direct"])


def test_every_file_of_the_package_is_in_the_wheel(built):
    held = files(built["wheel"])
    for folder in ("egograph", "kernels", "streaming", "configs"):
        inside = "egograph" if folder == "egograph" else f"egograph/{folder}"
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{inside}/{path.relative_to(REPOSITORY / folder).as_posix()}" in held


def test_the_sdist_needs_nothing_beside_it(built):
    with tarfile.open(built["sdist"]) as archive:
        assert not [member.name for member in archive.getmembers() if member.issym() or member.islnk()]


def test_the_installed_package_is_the_one_that_runs(installed, tmp_path):
    code = "import egograph.kernels.edge_layout as k, egograph.streaming.job as s; print(k.__file__, s.__file__)"
    shown = run(installed / "python", "-c", code, cwd=tmp_path).stdout.split()
    assert len(shown) == 2
    assert all(Path(path).is_relative_to(installed.parent) for path in shown)


def test_doctor_finds_the_installed_package_whole(installed, tmp_path):
    done = run(installed / "egograph", "doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["works"]


def test_the_demo_runs_outside_the_repository(installed, tmp_path):
    done = run(installed / "egograph", "demo", "output=here", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert len((tmp_path / "here" / "labels.jsonl").read_text().splitlines()) == summary["clips"] > 0
    for name in ("overlay.mp4", "report.html", "summary.json"):
        assert (tmp_path / "here" / name).stat().st_size > 0

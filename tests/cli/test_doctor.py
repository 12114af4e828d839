import json
import shutil

import pytest

from egograph.checkpoint import built_in_folder
from egograph.cli.main import main


def diagnosis(capsys, *words):
    code = main(["doctor", "--json", *words])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    return code, {check["name"]: check for check in last["checks"]}


def test_the_built_in_path_works_here(capsys, tmp_path):
    code, checks = diagnosis(capsys, f"output={tmp_path}")
    assert [check for check in checks.values() if check["needed"] and not check["works"]] == []
    assert code == 0


@pytest.fixture
def model_copy(tmp_path, monkeypatch):
    folder = shutil.copytree(built_in_folder(), tmp_path / "weights")
    monkeypatch.setattr("egograph.checkpoint.built_in_folder", lambda: folder)
    return folder


def test_a_damaged_model_is_found(capsys, model_copy):
    weights = model_copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    code, checks = diagnosis(capsys)
    assert code == 1
    assert checks["model files"]["detail"] == f"{weights}: missing or damaged; install egograph again"
    assert not checks["model files"]["works"]


def test_a_lost_model_breaks_what_needs_it(capsys, model_copy):
    shutil.rmtree(model_copy)
    code, checks = diagnosis(capsys)
    assert code == 1
    assert [name for name, check in checks.items() if check["needed"] and not check["works"]] == [
        "model files",
        "model",
        "label video",
    ]


def test_an_output_that_cannot_be_written_is_found(capsys, tmp_path):
    (tmp_path / "file").touch()
    code, checks = diagnosis(capsys, f"output={tmp_path / 'file' / 'below'}")
    assert code == 1
    assert not checks["output"]["works"]

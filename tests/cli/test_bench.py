import json
import os
from pathlib import Path

import pytest
import torch

from egograph.bench import kernels
from egograph.cli.main import main


def killed(*_: object) -> None:
    os._exit(9)


def test_a_shape_is_checked_measured_and_kept(tmp_path: Path, capsys):
    words = ["bench", "kernels", "shapes=[1x32x12]", "compiled=false", "seconds=0", f"output={tmp_path}", "device=cpu"]
    assert main([*words, "--json"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    record = json.loads((tmp_path / "results.json").read_text())
    assert [(shape["shape"], shape["heads"], shape["dim"]) for shape in record["shapes"]] == [
        ("1x32x12", 4, 32),
        ("1x32x12", 8, 64),
    ]
    assert record["machine"]["torch"] == torch.__version__
    assert lines[0].startswith("1x32x12  H=4 D=32  tile, error ")
    assert any(line.split()[:2] == ["core", "TransformerConv"] for line in lines)
    assert json.loads(last)["shapes"] == record["shapes"]
    assert (tmp_path / "kernels.png").stat().st_size > 10_000


def test_a_process_that_is_killed_is_told_with_its_shape(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(kernels, "_in_own_process", killed)
    assert main(["bench", "kernels", "shapes=[64x16x8]", f"output={tmp_path}", "device=cpu"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1].endswith(
        "64x16x8, H=4 D=32: the process was killed, most likely for memory; choose smaller shapes=[…]"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["shapes=[1x32x12,2x2]"], "shapes: no 2x2; there are 1x32x12, 64x16x8"),
        (["device=cuda"], "device: there is no GPU here; leave device out"),
        (["dtype=int8"], "dtype=int8: not one of auto, float32, bfloat16, float16"),
    ],
)
def test_mistakes_get_one_line(words, message, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert main(["bench", "kernels", f"output={tmp_path}", *words]) == 2
    assert message in capsys.readouterr().err

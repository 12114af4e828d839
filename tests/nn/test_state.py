"""StreamState."""

from pathlib import Path

import pytest
import torch

from egograph.errors import EgographError
from egograph.nn.state import StreamState


def state() -> StreamState:
    return StreamState.start(2, 6, 5, 8, 1, 4, torch.device("cpu"))


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    state().save(tmp_path / "state.safetensors", key="abc")
    loaded = StreamState.load(tmp_path / "state.safetensors", key="abc")
    for name, tensor in state().tensors().items():
        assert torch.equal(tensor, loaded.tensors()[name]), name


def test_another_model_may_not_resume_it(tmp_path: Path) -> None:
    state().save(tmp_path / "state.safetensors", key="abc")
    with pytest.raises(EgographError, match="saved by model abc, this is model xyz"):
        StreamState.load(tmp_path / "state.safetensors", key="xyz")


@pytest.mark.parametrize("content", [b"", b"no safetensors at all"])
def test_another_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.safetensors").write_bytes(content)
    with pytest.raises(EgographError, match="not a stream state") as fault:
        StreamState.load(tmp_path / "x.safetensors", key="abc")
    assert "\n" not in str(fault.value)


def test_a_missing_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EgographError, match="not a stream state"):
        StreamState.load(tmp_path / "absent.safetensors", key="abc")

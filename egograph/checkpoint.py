"""A trained model as a folder: `config.json` and `model.safetensors`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from egograph.data.classes import TOY_KITCHEN, Vocabulary
from egograph.encoders.registry import EncoderChoice, build_encoder
from egograph.errors import EgographError
from egograph.model import EgoGraph, ModelConfig

BUILT_IN = "built-in"
_FORMAT = 1
_TRAINED_ENCODERS = ("tiny",)
_Config = TypeVar("_Config")


def built_in_folder() -> Path:
    """Where the model that comes with the package lies."""
    return Path(__file__).parent / "weights" / "toy_kitchen"


def save_model(model: EgoGraph, choice: EncoderChoice, folder: Path) -> None:
    """Save a model; a pretrained encoder's own weights stay where they are and are named by the choice."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "format": _FORMAT,
        "encoder": asdict(choice),
        "model": asdict(model.config),
        "vocabulary": asdict(model.vocabulary),
    }
    keep = choice.name in _TRAINED_ENCODERS
    tensors = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in model.state_dict().items()
        if keep or not name.startswith("encoder.")
    }
    save_file(tensors, folder / "model.safetensors.part", metadata={"format": "pt"})
    (folder / "config.json.part").write_text(json.dumps(config, indent=2) + "\n")
    for name in ("model.safetensors", "config.json"):
        (folder / f"{name}.part").replace(folder / name)


def load_model(model: str = BUILT_IN, encoder: EncoderChoice | None = None) -> EgoGraph:
    """Load a model for inference.

    Args:
        model: "built-in", or a folder that `save_model` wrote.
        encoder: another encoder than the model's own. What follows it was not trained for it: nodes, graph and head
            are then untrained (the same for every call) and the model abstains on every clip.

    Raises:
        EgographError: the folder is absent or holds no model.
    """
    folder = built_in_folder() if model == BUILT_IN else Path(model)
    config = _read_config(folder)
    own = EncoderChoice(**config["encoder"])
    vocabulary = Vocabulary(**{name: tuple(names) for name, names in config["vocabulary"].items()})
    sizes = _dataclass(ModelConfig, config["model"])
    if encoder is not None and (encoder.name, dict(encoder.settings)) != (own.name, dict(own.settings)):
        return untrained(sizes, encoder, vocabulary)
    built = EgoGraph(sizes, build_encoder(own), vocabulary)
    try:
        missing, unexpected = built.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    except (OSError, SafetensorError, RuntimeError) as fault:
        raise EgographError(
            f"{folder}: model.safetensors does not fit config.json ({_first_line(fault)}); save it anew"
        ) from None
    absent = [name for name in missing if own.name in _TRAINED_ENCODERS or not name.startswith("encoder.")]
    if absent or unexpected:
        raise EgographError(
            f"{folder}: model.safetensors lacks or adds {(absent + unexpected)[0]}; save the model anew"
        )
    return built.eval()


def untrained(
    config: ModelConfig, encoder: EncoderChoice, vocabulary: Vocabulary = TOY_KITCHEN, seed: int = 0
) -> EgoGraph:
    """A model whose nodes, graph and head are drawn from a seed; it abstains on every clip."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return EgoGraph(config, build_encoder(encoder), vocabulary).eval()


def fingerprint(model: EgoGraph) -> str:
    """The SHA-256 of the weights that nodes come from: encoder and extractor, names, types and values."""
    digest = hashlib.sha256()
    for part in ("encoder", "extractor"):
        for name, tensor in sorted(getattr(model, part).state_dict().items()):
            digest.update(f"{part}.{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(
                tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes()
                if tensor.ndim
                else bytes(str(tensor.item()), "ascii")
            )
    return digest.hexdigest()


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise EgographError(
            f"{folder}: no model here (no config.json); give a folder that training wrote, or {BUILT_IN}"
        )
    try:
        config: dict[str, Any] = json.loads(path.read_text())
        if config["format"] != _FORMAT:
            raise EgographError(
                f"{path}: format {config['format']}, this version reads {_FORMAT}; train or fetch it anew"
            )
    except (ValueError, KeyError, TypeError) as fault:
        raise EgographError(f"{path}: no model's config ({_first_line(fault)}); save the model anew") from None
    return config


def _dataclass(kind: type[_Config], values: Mapping[str, Any]) -> _Config:
    """A frozen dataclass, and those inside it, from plain JSON values."""
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    parts: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise EgographError(f"config.json: {kind.__name__} has no {name}; the model is of another version")
        inner = hints[name]
        parts[name] = _dataclass(inner, value) if is_dataclass(inner) and isinstance(inner, type) else value
    return kind(**parts)


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]

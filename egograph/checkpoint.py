"""A trained model as a folder: `config.json` and `model.safetensors`."""

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from egograph.baseline import FrameBaseline
from egograph.config import build
from egograph.data.classes import TOY_KITCHEN, Vocabulary
from egograph.encoders.registry import EncoderConfig, build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import EgographError, UsageError, first_line
from egograph.model import EgoGraph, ModelConfig
from egograph.nn.temporal_head import TemporalHeadConfig

log = logging.getLogger("egograph")

BUILT_IN = "built-in"
WEIGHTS = "model.safetensors"
_FORMAT = 1


@dataclass(frozen=True)
class SavedConfig:
    """The content of `config.json`.

    Attributes:
        format: the layout's version.
        encoder: the encoder.
        model: the sizes of what comes after it.
        vocabulary: verbs and nouns.
    """

    format: int
    encoder: EncoderConfig
    model: ModelConfig
    vocabulary: Vocabulary


@dataclass(frozen=True)
class SavedBaseline:
    """The content of `baseline.json`: encoder, temporal head, verbs and nouns of the control."""

    encoder: EncoderConfig
    head: TemporalHeadConfig
    vocabulary: Vocabulary


def built_in_folder() -> Path:
    """Where the model that comes with the package lies."""
    return Path(__file__).parent / "weights" / "toy_kitchen"


def model_folder(model: str) -> Path:
    """Where a model lies: `BUILT_IN` or a folder's path."""
    return built_in_folder() if model == BUILT_IN else Path(model)


def file_digest(folder: Path) -> str:
    """The SHA-256 of all weights in a model's folder, as `sha256sum` prints it."""
    with (folder / WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(folder: Path) -> dict[str, str]:
    """Which model a result is of: its folder, and the digest of its weights."""
    return {"folder": str(folder), "sha256": file_digest(folder)}


def save_model(model: EgoGraph, encoder: EncoderConfig, folder: Path, dtype: torch.dtype = torch.float32) -> None:
    """Save a model; a pretrained encoder's own weights stay where they are and are named by its config.

    Args:
        model: what is saved.
        encoder: the config of its encoder.
        folder: is made if it is not there.
        dtype: in which floating-point weights are stored; they are computed with in fp32.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = SavedConfig(_FORMAT, encoder, model.config, model.vocabulary)
    tensors = {
        name: tensor.detach().cpu().to(dtype if tensor.is_floating_point() else tensor.dtype).contiguous()
        for name, tensor in model.state_dict().items()
        if _is_saved(name, encoder)
    }
    save_file(tensors, folder / f"{WEIGHTS}.part", metadata={"format": "pt"})
    (folder / "config.json.part").write_text(json.dumps(asdict(config), indent=2) + "\n")
    for name in (WEIGHTS, "config.json"):
        (folder / f"{name}.part").replace(folder / name)


def load_model(model: str = BUILT_IN, encoder: EncoderConfig | None = None) -> EgoGraph:
    """Load a model for inference.

    Args:
        model: "built-in", or a folder that `save_model` wrote.
        encoder: another encoder than the model's own. What follows it was not trained for it: nodes, graph and head
            are then untrained (the same for every call) and the model abstains on every clip.

    Raises:
        EgographError: the folder is absent or holds no model.
    """
    folder = model_folder(model)
    config = _read_config(folder)
    if encoder is not None and encoder != config.encoder:
        log.warning("%s was not trained with this encoder: what follows it is untrained, and abstains", model)
        return untrained(config.model, encoder, config.vocabulary)
    built = EgoGraph(config.model, build_encoder(config.encoder), config.vocabulary)
    try:
        missing, unexpected = built.load_state_dict(load_file(folder / WEIGHTS), strict=False)
    except (OSError, SafetensorError, RuntimeError) as fault:
        reason = first_line(fault)
        raise EgographError(f"{folder}: model.safetensors does not fit config.json ({reason}); save it anew") from None
    wrong = [name for name in missing if _is_saved(name, config.encoder)] + unexpected
    if wrong:
        raise EgographError(f"{folder}: model.safetensors lacks or adds {wrong[0]}; save the model anew")
    return built.eval()


def _is_saved(name: str, encoder: EncoderConfig) -> bool:
    return isinstance(encoder, TinyEncoderConfig) or not name.startswith("encoder.")


def save_baseline(model: FrameBaseline, encoder: EncoderConfig, folder: Path) -> None:
    """Save the control as `save_model` does a model."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, folder / WEIGHTS)
    config = {"encoder": asdict(encoder), "head": asdict(model.head.config), "vocabulary": asdict(model.vocabulary)}
    (folder / "baseline.json").write_text(json.dumps(config, indent=2) + "\n")


def load_baseline(folder: Path) -> FrameBaseline:
    """Load a control that `save_baseline` wrote.

    Raises:
        EgographError: the folder holds none.
    """
    try:
        config = build(SavedBaseline, json.loads((folder / "baseline.json").read_text()))
        model = FrameBaseline(build_encoder(config.encoder), config.vocabulary, config.head)
        model.load_state_dict(load_file(folder / WEIGHTS))
    except (OSError, ValueError, RuntimeError, SafetensorError, UsageError) as fault:
        raise EgographError(
            f"{folder}: no control here ({first_line(fault)}); train one with architecture=frames"
        ) from None
    return model.eval()


def untrained(
    config: ModelConfig, encoder: EncoderConfig, vocabulary: Vocabulary = TOY_KITCHEN, seed: int = 0
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
            digest.update(tensor.detach().cpu().reshape(-1).contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _read_config(folder: Path) -> SavedConfig:
    path = folder / "config.json"
    if not os.path.isfile(path):
        raise EgographError(f"{folder}: no model here (no config.json); give a folder that training wrote")
    try:
        content = json.loads(path.read_text())
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise UsageError(f"its format is not {_FORMAT}")
        return build(SavedConfig, content)
    except (OSError, ValueError, UsageError) as fault:
        raise EgographError(
            f"{path}: not of this version ({first_line(fault)}); train or fetch the model anew"
        ) from None

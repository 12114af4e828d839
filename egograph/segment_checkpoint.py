"""A trained recogniser of segments as a folder: `segments.json` and `model.safetensors`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from egograph.checkpoint import WEIGHTS
from egograph.config import build
from egograph.data.classes import Vocabulary
from egograph.errors import EgographError, UsageError, first_line
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig

_CONFIG = "segments.json"
SEGMENT_FORMAT = 2
"""The layout's version, of the node features too: what another version trained is not gone on with."""


@dataclass(frozen=True)
class SavedSegmentModel:
    """The content of `segments.json`.

    Attributes:
        format: the layout's version, of the node features too.
        recogniser: sizes.
        classes: verbs and nouns.
    """

    format: int
    recogniser: SegmentRecogniserConfig
    classes: Vocabulary


def save_segment_model(model: SegmentRecogniser, classes: Vocabulary, folder: Path) -> None:
    """Save a recogniser; each file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, folder / f"{WEIGHTS}.part", metadata={"format": "pt"})
    saved = asdict(SavedSegmentModel(SEGMENT_FORMAT, model.config, classes))
    (folder / f"{_CONFIG}.part").write_text(json.dumps(saved, indent=2) + "\n")
    for name in (WEIGHTS, _CONFIG):
        (folder / f"{name}.part").replace(folder / name)


def load_segment_model(folder: Path) -> tuple[SegmentRecogniser, Vocabulary]:
    """Load what `save_segment_model` wrote, for inference.

    Raises:
        EgographError: the folder holds no recogniser of segments.
    """
    try:
        saved = build(SavedSegmentModel, json.loads((folder / _CONFIG).read_text()))
        if saved.format != SEGMENT_FORMAT:
            raise UsageError(f"its format is {saved.format}, not {SEGMENT_FORMAT}")
        classes = saved.classes
        model = SegmentRecogniser(saved.recogniser, torch.ones(len(classes.verbs), len(classes.nouns)))
        model.load_state_dict(load_file(folder / WEIGHTS))
    except (OSError, ValueError, RuntimeError, SafetensorError, UsageError) as fault:
        told = f"{folder}: no model of segments here ({first_line(fault)})"
        raise EgographError(f"{told}; train one: egograph train experiment=epic100_visor") from None
    return model.eval(), classes

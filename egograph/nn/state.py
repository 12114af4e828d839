"""StreamState: everything that reaches a clip from the clips before it."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from egograph.errors import EgographError
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN, UNTRACKED

FIXED_SLOTS = (LEFT_HAND, RIGHT_HAND, SCENE)


@dataclass(frozen=True)
class StreamState:
    """The state of `G` streams: bounded, plain tensors, the same size however long a stream runs.

    Each stream has `S` slots, one for an identity over time: the left hand, the right hand, the scene, and objects.
    A slot holds what the tracker needs to know it again and what the graph remembers of it.

    Attributes:
        hidden: `[G, L, H]`, the temporal head's state.
        track: int64 `[G, S]`, the identity in the slot, `UNTRACKED` if empty.
        unseen: int64 `[G, S]`, frames since it was last seen.
        box: `[G, S, 4]`, where it was last.
        look: `[G, S, F]`, the node feature that it was last seen with.
        noun: int64 `[G, S]`.
        score: `[G, S]`, 0 to 1.
        memory: `[G, S, D]`, its node state after the last message passing.
        next_track: int64 `[G]`, the next new identity.
        clip: int64 `[G]`, clips seen so far.
    """

    hidden: Tensor
    track: Tensor
    unseen: Tensor
    box: Tensor
    look: Tensor
    noun: Tensor
    score: Tensor
    memory: Tensor
    next_track: Tensor
    clip: Tensor

    @property
    def slots(self) -> int:
        """Slots `S` a stream."""
        return self.track.shape[1]

    @property
    def kind(self) -> Tensor:
        """The kind int64 `[G, S]` of node that each slot is for."""
        kind = torch.full_like(self.track, OBJECT)
        kind[:, : len(FIXED_SLOTS)] = torch.tensor(FIXED_SLOTS, device=kind.device)
        return kind

    @classmethod
    def start(
        cls, streams: int, slots: int, look: int, memory: int, layers: int, hidden: int, device: torch.device
    ) -> "StreamState":
        """The state before the first clip, for `look` channels of a node that comes in and `memory` of one kept."""
        track = torch.full((streams, slots), UNTRACKED, device=device)
        track[:, : len(FIXED_SLOTS)] = torch.arange(len(FIXED_SLOTS), device=device)
        return cls(
            hidden=torch.zeros(streams, layers, hidden, device=device),
            track=track,
            unseen=torch.zeros_like(track),
            box=torch.zeros(streams, slots, 4, device=device),
            look=torch.zeros(streams, slots, look, device=device),
            noun=torch.full_like(track, UNKNOWN_NOUN),
            score=torch.zeros(streams, slots, device=device),
            memory=torch.zeros(streams, slots, memory, device=device),
            next_track=torch.full((streams,), len(FIXED_SLOTS), device=device),
            clip=torch.zeros(streams, dtype=torch.int64, device=device),
        )

    def with_(self, **tensors: Tensor) -> "StreamState":
        """The same state with some tensors replaced."""
        return replace(self, **tensors)

    def detach(self) -> "StreamState":
        """The same state, cut off from the gradients of the clips before."""
        return StreamState(**{name: tensor.detach() for name, tensor in self.tensors().items()})

    def tensors(self) -> dict[str, Tensor]:
        """All tensors by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def save(self, path: str | Path, key: str) -> None:
        """Save as safetensors, with the `key` of the model that the state belongs to."""
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self.tensors().items()}
        save_file(tensors, path, metadata={"model": key})

    @classmethod
    def load(cls, path: str | Path, key: str, device: str | torch.device = "cpu") -> "StreamState":
        """Load a saved state.

        Raises:
            EgographError: the file is no stream state, or belongs to a model with another key.
        """
        from safetensors import safe_open

        try:
            with safe_open(path, framework="pt") as file:
                owner = (file.metadata() or {}).get("model", "an unknown model")
            tensors = load_file(path, device=str(device))
            state = cls(**{name: tensor.clone() for name, tensor in tensors.items()})  # torch aligns what it allocates
        except (SafetensorError, OSError, TypeError) as fault:
            raise EgographError(
                f"{path}: not a stream state ({fault}); give a file that StreamState.save wrote"
            ) from None
        if owner != key:
            raise EgographError(
                f"{path}: saved by model {owner}, this is model {key}; resume with the model that saved it"
            )
        return state

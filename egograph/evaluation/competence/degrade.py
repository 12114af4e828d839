"""What goes wrong with nodes before a graph is inferred from them: one function for each degradation."""

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from egograph.evaluation.competence.conditions import (
    COARSE,
    FALSE_CONTACTS,
    JITTERED,
    MISSED,
    NODES_DROPPED,
    RELABELLED,
)
from egograph.nodes.contacts import lasting_contacts
from egograph.nodes.nodes import OBJECT, SCENE


@dataclass(frozen=True)
class NodeGrid:
    """The nodes of `G` groups with `N` rows each, whatever table they are from.

    Attributes:
        present: bool `[G, N]`.
        kind: int64 `[G, N]`.
        frame: int64 `[G, N]`.
        noun: int64 `[G, N]`.
        box: `[G, N, 4]`, xyxy in 0..1.
        contact: `[G, N, 2]`, as in `Nodes`.
        look: `[G, N, D]`, what else tells an object from others; of width 0 where the noun is all that does.
    """

    present: Tensor
    kind: Tensor
    frame: Tensor
    noun: Tensor
    box: Tensor
    contact: Tensor
    look: Tensor

    def only(self, kept: Tensor) -> "NodeGrid":
        """The same without the nodes that are not `kept`, bool `[G, N]`, and without contacts with them."""
        present = self.present & kept
        contact = lasting_contacts(self.kind, self.frame, self.contact, self.present, present)
        return replace(self, present=present, contact=contact)

    @property
    def things(self) -> Tensor:
        """Hands and objects that are there: bool `[G, N]`."""
        return self.present & (self.kind != SCENE)

    @property
    def objects(self) -> Tensor:
        """Objects that are there: bool `[G, N]`."""
        return self.present & (self.kind == OBJECT)


def degrade(grid: NodeGrid, name: str, strength: float, rng: Generator) -> NodeGrid:
    """Degrade nodes; `name` is one of `DEGRADATIONS`, `strength` as in `conditions.STRENGTHS`."""
    return DEGRADATIONS[name](grid, strength, rng)


def _dropped(grid: NodeGrid, share: float, rng: Generator) -> NodeGrid:
    """Of all nodes, the scene's too, a share is not there."""
    return grid.only(~_drawn(grid, share, rng))


def _missed(grid: NodeGrid, share: float, rng: Generator) -> NodeGrid:
    return grid.only(~(grid.things & _drawn(grid, share, rng)))


def _jittered(grid: NodeGrid, deviation: float, rng: Generator) -> NodeGrid:
    size = (grid.box[..., 2:] - grid.box[..., :2]).repeat(1, 1, 2)
    moved = grid.box + deviation * size * torch.randn(grid.box.shape, generator=rng)
    first, second = moved.clamp(0, 1).unflatten(-1, (2, 2)).unbind(-2)
    whole = torch.cat([torch.minimum(first, second), torch.maximum(first, second)], dim=-1)
    return replace(grid, box=torch.where(grid.things[..., None], whole, grid.box))


def _false_contacts(grid: NodeGrid, share: float, rng: Generator) -> NodeGrid:
    """Objects are said to be touched by a hand that does not: as surely as chance has it, 0 to 1."""
    drawn = torch.rand(grid.contact.shape, generator=rng) < share
    said = torch.rand(grid.contact.shape, generator=rng)
    together = (grid.frame[:, :, None] == grid.frame[:, None]) & grid.present[:, None]
    columns = []
    for hand in (0, 1):
        is_hand = grid.kind == hand
        seen = (together & is_hand[:, None]).any(2)  # of a hand that is not there nothing is said
        false = grid.objects & seen & drawn[..., hand] & (grid.contact[..., hand] < said[..., hand])
        column = torch.where(false, said[..., hand], grid.contact[..., hand])
        most = torch.where(together & grid.objects[:, None], column[:, None], 0.0).amax(2)
        columns.append(torch.where(is_hand, torch.maximum(column, most), column))
    return replace(grid, contact=torch.stack(columns, dim=-1))


def _coarse(grid: NodeGrid, cell: float, rng: Generator) -> NodeGrid:
    """Boxes are known to a grid's lines, a cell wide at least; what is not half a cell wide or high is not seen."""
    first, last = (grid.box / cell).round().unflatten(-1, (2, 2)).unbind(-2)
    snapped = torch.cat([first, torch.maximum(last, first + 1)], dim=-1) * cell
    seen = (grid.box[..., 2:] - grid.box[..., :2] >= cell / 2).all(-1)
    box = torch.where(grid.things[..., None], snapped.clamp(0, 1), grid.box)
    return replace(grid, box=box).only(seen | (grid.kind == SCENE))


def _relabelled(grid: NodeGrid, share: float, rng: Generator) -> NodeGrid:
    """Objects are taken for others, their noun and look: for those of common nouns most often."""
    named = grid.objects & (grid.noun >= 0)
    rows = named.flatten().nonzero()[:, 0]
    if not len(rows):
        return grid
    other = rows[torch.randint(len(rows), grid.noun.shape, generator=rng)]
    swapped = named & _drawn(grid, share, rng)
    noun = torch.where(swapped, grid.noun.flatten()[other], grid.noun)
    look = torch.where(swapped[..., None], grid.look.flatten(0, 1)[other], grid.look)
    return replace(grid, noun=noun, look=look)


def _drawn(grid: NodeGrid, share: float, rng: Generator) -> Tensor:
    return torch.rand(grid.present.shape, generator=rng) < share


DEGRADATIONS = {
    NODES_DROPPED: _dropped,
    MISSED: _missed,
    JITTERED: _jittered,
    FALSE_CONTACTS: _false_contacts,
    COARSE: _coarse,
    RELABELLED: _relabelled,
}


def shuffle_within_frames(column: Tensor, frame: Tensor, which: Tensor, rng: Generator) -> Tensor:
    """A column `[G, N]` whose chosen rows have swapped values at random, each with one of its own group and frame."""
    last = frame.amax() + 1
    place = torch.where(which, frame, last).double()  # what is not chosen stays behind, in its order
    plain = place.argsort(dim=1, stable=True)
    mixed = (place + which * torch.rand(frame.shape, generator=rng).double() / 2).argsort(dim=1, stable=True)
    return column.scatter(1, plain, column.gather(1, mixed))

"""Detection losses: near zero when all is right, and each higher when its part is wrong."""

import torch

from egograph.nodes.proposals import DenseProposals, patch_centres
from egograph.nodes.query import Extraction
from egograph.nodes.reader import Reading
from egograph.training.detection_loss import BoxTruth, detection_losses
from egograph.training.truth import NOTHING, UNKNOWN

HEIGHT, WIDTH = 6, 8
TRUTH = BoxTruth(
    box=torch.tensor([[[0.0, 0.5, 0.25, 1.0], [0.6, 0.5, 0.9, 0.95], [0.55, 0.3, 0.7, 0.6], [0.1, 0.1, 0.3, 0.3]]]),
    kind=torch.tensor([[0, 1, 2, 2]]),
    noun=torch.tensor([[-1, -1, 3, 1]]),
    touches=torch.tensor([[NOTHING, 2]]),
)


def perfect() -> Extraction:
    """What an extractor that sees everything would give; the third object row holds nothing."""
    heat = torch.full((1, 3, HEIGHT, WIDTH), -9.0)
    reach = torch.full((1, 3, 4, HEIGHT, WIDTH), 0.01)
    centres = patch_centres(HEIGHT, WIDTH, reach)
    for box, kind in zip(TRUTH.box[0], TRUTH.kind[0], strict=True):
        x, y = int((box[0] + box[2]) / 2 * WIDTH), int((box[1] + box[3]) / 2 * HEIGHT)
        heat[0, kind, y, x] = 9.0
        for row in range(max(0, y - 1), min(HEIGHT, y + 2)):
            for column in range(max(0, x - 1), min(WIDTH, x + 2)):
                middle = centres[row, column]
                reach[0, kind, :, row, column] = torch.cat([middle - box[:2], box[2:] - middle])
    box = torch.cat([TRUTH.box[0], torch.tensor([[0.4, 0.8, 0.45, 0.85]])])[None]
    noun = torch.full((1, 5, 4), -9.0)
    noun[0, 2, 3] = noun[0, 3, 1] = 9.0
    contact = torch.full((1, 2, 4), -9.0)
    contact[0, 0, 3] = contact[0, 1, 0] = 9.0
    score = torch.tensor([[9.0, 9.0, 9.0, 9.0, -9.0]])
    reading = Reading(torch.zeros(1, 6, 4), torch.stack([box, box], dim=1), score, noun, contact)
    return Extraction(DenseProposals(heat, reach), box, reading)


def losses(change: dict[str, torch.Tensor]) -> dict[str, float]:
    right = perfect()
    reading = Reading(**(vars(right.reading) | change))
    found = detection_losses(Extraction(right.proposals, right.proposed, reading), TRUTH)
    return {name: float(loss) for name, loss in found.items()}


def test_seeing_everything_costs_nothing() -> None:
    assert all(loss < 0.02 for loss in losses({}).values()), losses({})


def test_each_fault_costs_where_it_lies() -> None:
    reading, right = perfect().reading, losses({})
    for name, change in {
        "box": {"boxes": reading.boxes + 0.1},
        "score": {"score": -reading.score},
        "object": {"noun": reading.noun.flip(-1)},
        "contact": {"contact": reading.contact.flip(1)},
    }.items():
        wrong = losses(change)
        assert wrong[name] > right[name] + 0.3, name
        assert all(wrong[other] == right[other] for other in right if other != name), name


def test_every_layer_has_to_find_the_boxes() -> None:
    right = perfect().reading.boxes
    for layer in (0, 1):
        moved = right.clone()
        moved[:, layer] += 0.1
        assert losses({"boxes": moved})["box"] > losses({})["box"] + 0.3


def test_a_second_box_on_the_same_object_is_no_second_object() -> None:
    right = perfect()
    proposed = right.proposed.clone()
    proposed[0, 4] = proposed[0, 2] + 0.01
    twice = Reading(**(vars(right.reading) | {"score": torch.full((1, 5), 9.0)}))
    once = Reading(**(vars(right.reading) | {"score": torch.tensor([[9.0, 9.0, 9.0, 9.0, -9.0]])}))
    costs = [
        float(detection_losses(Extraction(right.proposals, proposed, reading), TRUTH)["score"])
        for reading in (once, twice)
    ]
    assert costs[0] < 0.01 < 1 < costs[1]


def test_an_unknown_contact_costs_nothing() -> None:
    right = perfect()
    unknown = BoxTruth(TRUTH.box, TRUTH.kind, TRUTH.noun, torch.full((1, 2), UNKNOWN))
    assert float(detection_losses(right, unknown)["contact"]) == 0


def test_frames_without_boxes_have_finite_losses_and_gradients() -> None:
    right = perfect()
    heat = right.proposals.heat.clone().requires_grad_()
    empty = BoxTruth(torch.zeros(1, 4, 4), torch.full((1, 4), -1), torch.full((1, 4), -1), torch.full((1, 2), UNKNOWN))
    found = detection_losses(
        Extraction(DenseProposals(heat, right.proposals.reach), right.proposed, right.reading), empty
    )
    total = torch.stack(list(found.values())).sum()
    total.backward()
    assert torch.isfinite(total)
    assert heat.grad is not None
    assert torch.isfinite(heat.grad).all()

"""Identity over time."""

import torch

from egograph.nn.state import StreamState
from egograph.nodes.nodes import Nodes
from egograph.nodes.tracker import TrackerConfig, last_rows, track
from tests.tables import frame_table, random_table


def start(streams: int, dim: int, slots: int = 12) -> StreamState:
    return StreamState.start(streams, slots, dim, 8, 1, 8, torch.device("cpu"))


def box_at(x: float, y: float) -> list[float]:
    return [x - 0.05, y - 0.05, x + 0.05, y + 0.05]


def scene(*objects: tuple[float, float]) -> torch.Tensor:
    return torch.tensor([box_at(0.2, 0.9), box_at(0.8, 0.9), *[box_at(*xy) for xy in objects], [0.0, 0.0, 1.0, 1.0]])


def tracks(nodes: Nodes, rows: int) -> list[list[int]]:
    return nodes.track.view(-1, rows).tolist()


def test_objects_that_cross_keep_their_identity() -> None:
    boxes = torch.stack([scene((0.3 + 0.05 * t, 0.5), (0.65 - 0.05 * t, 0.5)) for t in range(8)])
    found = tracks(track(frame_table(boxes), start(1, 5), TrackerConfig(slots=12)).nodes, 5)
    assert all(row == found[0] for row in found)
    assert len(set(found[0])) == 5


def test_hands_and_scene_have_the_same_track_in_every_stream() -> None:
    nodes = track(random_table(0, dim=6, streams=2), start(2, 6), TrackerConfig(slots=12)).nodes
    left, right, *_, whole = nodes.track.view(2, 8, 7).unbind(-1)
    assert left.unique().tolist() == [0]
    assert right.unique().tolist() == [1]
    assert whole.unique().tolist() == [2]


def test_identity_outlasts_the_clip_and_a_gap() -> None:
    config = TrackerConfig(slots=12)
    table = frame_table(torch.stack([scene((0.3, 0.5), (0.6, 0.5))] * 4))
    first = track(table, start(1, 5), config)
    gone = table.score.view(4, 5).clone()
    gone[:, 2] = 0
    between = track(table.with_(score=gone.flatten()), first.state, config)
    last = track(table, between.state, config)
    assert between.nodes.track.view(4, 5)[:, 2].tolist() == [-1] * 4
    assert tracks(last.nodes, 5) == tracks(first.nodes, 5)


def test_no_look_ahead() -> None:
    config, table = TrackerConfig(slots=12), random_table(1, dim=6)
    later = table.frame >= 5
    changed = table.with_(
        box=torch.where(later[:, None], table.box.flip(0), table.box),
        feature=torch.where(later[:, None], -table.feature, table.feature),
    )
    before = track(table, start(1, 6), config).nodes.track[~later]
    assert torch.equal(before, track(changed, start(1, 6), config).nodes.track[~later])


def test_slots_are_bounded_and_the_longest_unseen_makes_room() -> None:
    config, state = TrackerConfig(slots=6), start(1, 40, slots=6)
    for look in range(10):
        feature = torch.zeros(1, 5, 40)
        feature[0, 2, 4 * look], feature[0, 3, 4 * look + 1] = 1, 1
        boxes = scene((0.1, 0.1 + 0.08 * look), (0.9, 0.1 + 0.08 * look))[None]
        tracked = track(frame_table(boxes, feature=feature), state, config)
        state = tracked.state
        assert state.track.shape == (1, 6)
        assert set(tracked.nodes.track[2:4].tolist()) <= set(state.track[0].tolist())
    assert int(state.next_track) == 3 + 20


def test_streams_do_not_mix() -> None:
    config, both = TrackerConfig(slots=12), random_table(2, dim=6, streams=2)
    together = track(both, start(2, 6), config)
    for stream in (0, 1):
        alone = track(both.clip(stream), start(1, 6), config)
        assert torch.equal(alone.nodes.track, together.nodes.clip(stream).track)


def test_motion_is_the_way_since_the_last_frame() -> None:
    boxes = torch.stack([scene((0.3 + 0.02 * t, 0.5)) for t in range(3)])
    motion = track(frame_table(boxes), start(1, 4), TrackerConfig(slots=12)).motion.view(3, 4, 4)
    assert torch.equal(motion[0], torch.zeros(4, 4))
    assert torch.allclose(motion[1:, 2], torch.tensor([0.02, 0, 0.02, 0]), atol=1e-6)


def test_a_padded_frame_changes_no_slot() -> None:
    config, table = TrackerConfig(slots=12), random_table(3, dim=6)
    first = track(table, start(1, 6), config).state
    after = track(table.with_(score=torch.zeros(len(table))), first, config).state
    for name, tensor in first.tensors().items():
        assert torch.equal(tensor, after.tensors()[name]), name


def test_last_rows() -> None:
    slot = torch.tensor([[[0, 2, -1], [0, -1, 2]]])
    assert last_rows(slot, 4).tolist() == [[3, -1, 5, -1]]

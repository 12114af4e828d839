"""A procedural first-person kitchen: videos whose actions, hands, objects and contacts are all known exactly."""

from egograph.data.toy_kitchen.splits import SPLITS
from egograph.data.toy_kitchen.truth import Truth
from egograph.data.toy_kitchen.video import ToyVideo, render_video
from egograph.data.toy_kitchen.write import write_split

__all__ = ["SPLITS", "ToyVideo", "Truth", "render_video", "write_split"]

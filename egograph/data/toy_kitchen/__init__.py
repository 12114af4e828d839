"""A procedural first-person kitchen: videos with action labels, hands, objects and contacts, all of them known exactly."""

from egograph.data.toy_kitchen.splits import SPLITS
from egograph.data.toy_kitchen.video import ToyVideo, Truth, render_video
from egograph.data.toy_kitchen.write import write_split

__all__ = ["SPLITS", "ToyVideo", "Truth", "render_video", "write_split"]

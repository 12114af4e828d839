"""The recogniser actor: labels the clips of all streams, each stream with a state of its own."""

import torch

from egograph.label import ActionLabel
from egograph.model import EgoGraph
from egograph.pipeline import ObservedClip, StreamLabeller


class Recogniser:
    """Labels clips; those of one stream have to come in their order.

    Args:
        model: of which all but the encoder and the node extractor is used.
    """

    def __init__(self, model: EgoGraph) -> None:
        torch.set_num_threads(1)
        self.model = model.eval()
        self.model.warm_up()
        self._labellers: dict[str, StreamLabeller] = {}

    def label(self, clip: ObservedClip) -> ActionLabel:
        """Label a stream's next clip."""
        stream = clip.span.stream
        if stream not in self._labellers:
            self._labellers[stream] = StreamLabeller(self.model)
        return self._labellers[stream].label(clip).label

    def finish(self, stream: str) -> None:
        """Forget a stream."""
        self._labellers.pop(stream, None)

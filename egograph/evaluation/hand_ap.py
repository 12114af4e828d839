"""AP50 of hand boxes, by COCO's own code."""

import contextlib
import io
from typing import Any

from torch import Tensor

from egograph.nodes.nodes import LEFT_HAND, RIGHT_HAND
from egograph.training.detection_loss import BoxTruth

_HANDS = (LEFT_HAND, RIGHT_HAND)
_SIDE = 1000.0  # COCO counts in pixels; boxes in 0..1 are scaled so that all count as large


class HandAP:
    """Collects read hand boxes and annotated ones; `ap50` is the mean AP of left and right hand at an IoU of 0.5."""

    def __init__(self) -> None:
        self._images: list[dict[str, Any]] = []
        self._truths: list[dict[str, Any]] = []
        self._found: list[dict[str, Any]] = []

    def add(self, box: Tensor, score: Tensor, truth: BoxTruth) -> None:
        """Add annotated frames: read boxes `[F, 2 + K, 4]` and their presence `[F, 2 + K]`, against the truth."""
        for frame in range(len(box)):
            image = len(self._images) + 1
            self._images.append({"id": image, "width": _SIDE, "height": _SIDE})
            for hand in _HANDS:
                for row in (truth.kind[frame] == hand).nonzero().flatten().tolist():
                    self._truths.append(
                        _row(image, hand, truth.box[frame, row]) | {"id": len(self._truths) + 1, "iscrowd": 0}
                    )
                self._found.append(_row(image, hand, box[frame, hand]) | {"score": float(score[frame, hand])})

    def ap50(self) -> float:
        """The mean AP50, 0 to 1; NaN where no hand was annotated."""
        if not self._truths:
            return float("nan")
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
            truth = COCO()
            truth.dataset = {
                "info": {},
                "images": self._images,
                "annotations": self._truths,
                "categories": [{"id": hand + 1} for hand in _HANDS],
            }
            truth.createIndex()
            scoring = COCOeval(truth, truth.loadRes(self._found), "bbox")
            scoring.params.iouThrs = scoring.params.iouThrs[:1]
            scoring.params.areaRng, scoring.params.areaRngLbl = [[0, _SIDE**2 * 10]], ["all"]
            scoring.evaluate()
            scoring.accumulate()
        precision = scoring.eval["precision"][0, :, :, 0, -1]
        return float(precision[precision > -1].mean())


def _row(image: int, hand: int, box: Tensor) -> dict[str, Any]:
    x1, y1, x2, y2 = (box * _SIDE).tolist()
    width, height = max(0.0, x2 - x1), max(0.0, y2 - y1)
    return {
        "image_id": image,
        "category_id": hand + 1,
        "bbox": [x1, y1, width, height],
        "area": width * height,
    }

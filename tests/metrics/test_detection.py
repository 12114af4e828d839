"""Average precision of temporal detections."""

import numpy as np
import pytest

from egograph.metrics.detection import Detection, average_precision, mean_average_precision, temporal_iou

THRESHOLDS = (0.1, 0.5)


def stretches(*spans: tuple[float, float], video: str = "a", label: str = "cut") -> list[Detection]:
    return [Detection(video, *span, label) for span in spans]


def predictions(*rows: tuple[float, float, float], video: str = "a", label: str = "cut") -> list[Detection]:
    return [Detection(video, start, stop, label, score) for score, start, stop in rows]


def test_overlap_is_what_is_shared_over_what_is_covered():
    spans = np.array([(0.0, 10.0), (5.0, 15.0), (10.0, 12.0), (2.0, 4.0)])
    assert temporal_iou(0, 10, spans).tolist() == [1, 5 / 15, 0, 2 / 10]
    assert temporal_iou(3, 3, np.array([(3.0, 3.0)])).tolist() == [0]


def test_a_stretch_counts_once():
    predicted = predictions((0.9, 0, 10), (0.8, 1, 9), (0.7, 20, 30))
    # Right, wrong, right: precision 1 at recall 1/2, 2/3 at recall 1.
    found = average_precision(stretches((0, 10), (20, 30)), predicted, THRESHOLDS)
    assert found.tolist() == pytest.approx([(1 + 2 / 3) / 2] * 2)


def test_where_the_best_stretch_is_taken_the_next_is_tried():
    predicted = predictions((0.9, 0, 10), (0.8, 1, 11))
    # The second overlaps the first stretch 9/11 and the second 7/13.
    assert average_precision(stretches((0, 10), (4, 14)), predicted, (0.5, 0.6)).tolist() == [1, 0.5]


def test_an_overlap_of_the_threshold_is_enough():
    assert average_precision(stretches((0, 2)), predictions((1, 0, 1)), (0.5, 0.51)).tolist() == [1, 0]


def test_precision_is_the_best_at_that_recall_or_higher():
    predicted = predictions((0.9, 50, 60), (0.8, 0, 10), (0.7, 20, 30), (0.6, 70, 80))
    # Wrong, right, right, wrong: precision 1/2 and then 2/3, of which the second counts for both.
    found = average_precision(stretches((0, 10), (20, 30), (90, 99)), predicted, THRESHOLDS)
    assert found.tolist() == pytest.approx([2 * (2 / 3) / 3] * 2)


def test_another_video_is_another_place():
    assert average_precision(stretches((0, 10)), predictions((1, 0, 10), video="b"), THRESHOLDS).tolist() == [0, 0]


def test_the_mean_is_over_the_classes_in_the_truth():
    truth = stretches((0, 10)) + stretches((0, 10), label="mix")
    predicted = predictions((0.1, 0, 10)) + predictions((0.9, 0, 10), label="peel")
    assert mean_average_precision(truth, predicted, THRESHOLDS).tolist() == [0.5, 0.5]  # mix: 0, peel: dropped


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(0)

    def some(count: int) -> list[Detection]:
        rows = zip(
            rng.choice(list("ab"), count), rng.uniform(0, 50, count), rng.choice(list("xyz"), count), strict=True
        )
        return [Detection(video, at, at + rng.uniform(1, 9), label, rng.uniform()) for video, at, label in rows]

    truth, predicted = some(30), some(200)
    found = mean_average_precision(truth, predicted, THRESHOLDS)
    assert 0 < found[1] < found[0] < 1
    for _ in range(3):
        shuffled = [predicted[i] for i in rng.permutation(len(predicted))]
        turned = [truth[i] for i in rng.permutation(len(truth))]
        assert mean_average_precision(turned, shuffled, THRESHOLDS).tolist() == pytest.approx(found.tolist(), abs=1e-12)
    assert mean_average_precision(truth, truth, THRESHOLDS).tolist() == [1, 1]

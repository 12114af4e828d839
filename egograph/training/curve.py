"""The picture of a training run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from egograph.figure import save_figure

_SMOOTHED_OVER = 25


def draw_curve(history: Mapping[str, Sequence[dict[str, float]]], path: Path) -> None:
    """Draw the losses of every step of every stage, as running means over 25 steps, one panel a stage."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(1, len(history), figsize=(5 * len(history), 3.6), layout="constrained", squeeze=False)
    for axis, (stage, rows) in zip(axes[0], history.items(), strict=True):
        width = min(_SMOOTHED_OVER, len(rows))
        for name in rows[0]:
            mean = np.convolve([row[name] for row in rows], np.ones(width) / width, mode="valid")
            axis.plot(np.arange(width, len(rows) + 1), mean, label=name, linewidth=1.6)
        axis.set(title=stage, xlabel="step", ylabel="loss")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.legend(frameon=False)
    save_figure(figure, path)

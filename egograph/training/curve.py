"""The picture of a training run."""

from collections.abc import Sequence
from pathlib import Path

_SMOOTHED_OVER = 25
_PANELS = {
    "boxes": ("heat", "reach", "box", "score"),
    "meaning": ("object", "contact"),
    "actions": ("verb", "noun", "acting"),
}


def draw_curve(history: Sequence[dict[str, float]], path: Path) -> None:
    """Draw the losses of every step, as running means over 25 steps, one panel a group."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import numpy as np

    panels = {title: [name for name in names if name in history[0]] for title, names in _PANELS.items()}
    panels = {title: names for title, names in panels.items() if names}
    figure, axes = plt.subplots(1, len(panels), figsize=(4.2 * len(panels), 3.4), layout="constrained", squeeze=False)
    width = min(_SMOOTHED_OVER, len(history))
    for axis, (title, names) in zip(axes[0], panels.items(), strict=True):
        for name in names:
            values = np.array([row[name] for row in history])
            mean = np.convolve(values, np.ones(width) / width, mode="valid")
            axis.plot(np.arange(width, len(history) + 1), mean, label=name, linewidth=1.6)
        axis.set(title=title, xlabel="step", ylabel="loss")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.legend(frameon=False)
    partial = path.with_name(f"{path.stem}.part.png")
    figure.savefig(partial, dpi=130)
    plt.close(figure)
    partial.replace(path)

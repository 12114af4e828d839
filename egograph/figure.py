"""Pictures of figures: drawn without a display, written whole or not at all."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure as a PNG and close it."""
    import matplotlib.pyplot as plt

    partial = path.with_name(f"{path.stem}.part.png")
    figure.savefig(partial, dpi=130)
    plt.close(figure)
    partial.replace(path)

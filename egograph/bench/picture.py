"""The picture of a benchmark: how many times as long each peer takes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from egograph.bench.contestants import OURS
from egograph.figure import save_figure

_COMPILED = ", compiled"
_PANELS = (("forward_ratio", "forward"), ("both_ratio", "forward and backward"))


def draw_ratios(record: Mapping[str, Any], path: Path) -> None:
    """Draw one row for each shape and size, one mark for each peer, at its time over ours."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    shapes: Sequence[Mapping[str, Any]] = record["shapes"]
    names = {row["name"] for shape in shapes for row in shape["times"] if row["name"] != OURS}
    peers = sorted({name.removesuffix(_COMPILED) for name in names})
    height = 1.8 + 0.34 * len(shapes)
    figure, axes = plt.subplots(1, 2, figsize=(11, height), layout="constrained", sharey=True, sharex=True)
    for axis, (key, title) in zip(axes, _PANELS, strict=True):
        for name in (peer + how for peer in peers for how in ("", _COMPILED) if peer + how in names):
            marks = [
                (row[key], place) for place, shape in enumerate(shapes) for row in shape["times"] if row["name"] == name
            ]
            colour = plt.get_cmap("tab10")(peers.index(name.removesuffix(_COMPILED)))
            style = {"marker": "D", "s": 30, "facecolors": "none"} if name.endswith(_COMPILED) else {"marker": "o"}
            axis.scatter(*zip(*marks, strict=True), edgecolors=colour, label=name, **{"s": 34, "color": colour} | style)
        for place, shape in enumerate(shapes):
            if all(row["name"] == OURS for row in shape["times"]):
                axis.text(1.1, place, "no peer fits into the memory", va="center", fontsize=9, color="dimgray")
        axis.axvline(1, color="black", linewidth=1)
        axis.set(xscale="log", title=title, xlabel="time over egograph's; left of 1 the peer is faster")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.grid(axis="x", alpha=0.25, which="both")
        axis.set_ylim(-0.6, len(shapes) - 0.4)
    axes[0].set_yticks(range(len(shapes)), [_title(shape) for shape in shapes])
    axes[0].invert_yaxis()
    legend = {"ncols": len(peers), "frameon": False, "fontsize": 8, "columnspacing": 1.2, "handletextpad": 0.2}
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", **legend)
    where = record["machine"]["device"]
    figure.suptitle(f"Attention over graphs: graphs x nodes x edges a node, or nodes-edges · {where}", fontsize=10)
    save_figure(figure, path)


def _title(shape: Mapping[str, Any]) -> str:
    return f"{shape['shape']}   H={shape['heads']} D={shape['dim']}   {shape['form']}"

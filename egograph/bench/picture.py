"""The picture of a benchmark: how many times as long each peer takes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from egograph.bench.contestants import OURS

_PANELS = (("forward_ratio", "forward"), ("both_ratio", "forward and backward"))


def draw_ratios(record: Mapping[str, Any], path: Path) -> None:
    """Draw one row for each shape and size, one mark for each peer, at its time over ours."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    shapes: Sequence[Mapping[str, Any]] = record["shapes"]
    peers = list(dict.fromkeys(row["name"] for shape in shapes for row in shape["times"] if row["name"] != OURS))
    colours = {peer: plt.get_cmap("tab10")(number) for number, peer in enumerate(peers)}
    height = 1.6 + 0.34 * len(shapes)
    figure, axes = plt.subplots(1, 2, figsize=(11, height), layout="constrained", sharey=True, sharex=True)
    for axis, (key, title) in zip(axes, _PANELS, strict=True):
        for peer in peers:
            marks = [
                (row[key], place) for place, shape in enumerate(shapes) for row in shape["times"] if row["name"] == peer
            ]
            style = {"marker": "D" if "compiled" in peer else "o", "s": 34, "alpha": 0.9, "linewidths": 0}
            axis.scatter(*zip(*marks, strict=True), color=colours[peer], label=peer, **style)
        axis.axvline(1, color="black", linewidth=1)
        axis.set(xscale="log", title=title, xlabel="time over egograph's")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.grid(axis="x", alpha=0.25, which="both")
    axes[0].set_yticks(range(len(shapes)), [_title(shape) for shape in shapes])
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    where = record["machine"]["device"]
    figure.suptitle(f"Attention over graphs: graphs x nodes x edges a node, or nodes-edges · {where}", fontsize=10)
    partial = path.with_name(f"{path.stem}.part.png")
    figure.savefig(partial, dpi=130)
    plt.close(figure)
    partial.replace(path)


def _title(shape: Mapping[str, Any]) -> str:
    return f"{shape['shape']}   H={shape['heads']} D={shape['dim']}   {shape['form']}"

"""`egograph bench`: speed as ratios to named peers, correctness first."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.errors import UsageError

log = logging.getLogger("egograph")


@dataclass(frozen=True, kw_only=True)
class BenchConfig:
    """What `egograph bench` needs to know.

    Attributes:
        name: what is measured: kernels is attention over graphs, against PyG's layers and dense attention.
        output: the folder for results.json and kernels.png, a dated one unless it is given.
        device: auto takes the GPU where there is one.
        dtype: of what is attended over; auto takes bfloat16 on a GPU and float32 elsewhere.
        threads: of the CPU.
        seconds: how long each shape is measured in each direction and comparison.
        compiled: measure PyG's layers under torch.compile as well, which takes minutes to compile.
        shapes: which graphs, all that suit the device if empty.
    """

    name: Literal["kernels"]
    output: Path
    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    threads: int = 2
    seconds: float = 4.0
    compiled: bool = True
    shapes: tuple[str, ...] = ()


def run(config: BenchConfig) -> Outcome:
    """Check, measure, and write the results.

    Raises:
        EgographError: a result is wrong: then no speed is told.
        UsageError: an unknown shape, or no GPU where one was asked for.
    """
    import torch

    from egograph.bench.kernels import bench_kernels, machine
    from egograph.bench.picture import draw_ratios
    from egograph.bench.shapes import SHAPES
    from egograph.bench.streaming import measure_streaming

    known = [shape.name for shape in SHAPES]
    for name in config.shapes:
        if name not in known:
            raise UsageError(f"shapes: no {name}; there are {', '.join(known)}")
    if config.device == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: there is no GPU here; leave device out")
    device = torch.device("cuda" if config.device != "cpu" and torch.cuda.is_available() else "cpu")
    chosen = {"cuda": "bfloat16", "cpu": "float32"}[device.type] if config.dtype == "auto" else config.dtype
    torch.set_num_threads(config.threads)
    record: dict[str, Any] = {"machine": machine(device), "dtype": chosen, "shapes": []}
    dtype = getattr(torch, chosen)
    with run_folder(config.output):
        for shape in bench_kernels(device, dtype, config.shapes, config.seconds, config.compiled):
            print("\n".join(_lines(shape)), flush=True)
            record["shapes"].append(shape)
            _keep(record, config.output)  # what was measured stays, should a later shape fail
        if device.type == "cuda" and not config.shapes:
            record["streaming"] = step = measure_streaming(dtype, device, config.seconds)
            print("\n".join(_step_lines(step)), flush=True)
            _keep(record, config.output)
        draw_ratios(record, config.output / "kernels.png")
    print(f"{config.output}/  results.json, kernels.png")
    return Outcome(DONE, {"output": str(config.output), **record})


def _keep(record: dict[str, Any], folder: Path) -> None:
    partial = folder / "results.part.json"
    partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    partial.replace(folder / "results.json")


def _lines(shape: dict[str, Any]) -> list[str]:
    size = f"{shape['shape']}  H={shape['heads']} D={shape['dim']}"
    title = f"{size}  {shape['form']}, error {shape['relative_error']:.0e}, laid out in {shape['layout_ms']:.3f} ms"
    floor = f"  {shape['over_floor'][0]}× and {shape['over_floor'][1]}× the roofline" if "over_floor" in shape else ""
    rows = [
        f"  {row['against']:17} {row['name']:32} {row['forward_ms']:10.3f} ms ×{row['forward_ratio']:<7.4g}"
        f" {row['both_ms']:10.3f} ms ×{row['both_ratio']:<7.4g}"
        for row in shape["times"]
    ]
    return [title + floor, *rows]


def _step_lines(record: dict[str, Any]) -> list[str]:
    title = f"streaming step  {record['launches']} launches, error {record['relative_error']:.0e}"
    rows = [f"  {row['name']:32} {row['step_ms']:10.4f} ms ×{row['ratio']:<7.4g}" for row in record["times"]]
    return [title, *rows]

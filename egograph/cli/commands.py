"""The commands by name: what each is for and what its words are. Light to import: `egograph --help` reads no more."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Positional:
    """What a command's words without `=` are.

    Attributes:
        key: the config's key that they set.
        metavar: how usage calls one.
        meaning: what one is.
        many: whether there can be several.
        needed: whether there has to be one.
    """

    key: str
    metavar: str
    meaning: str
    many: bool = False
    needed: bool = True

    @property
    def usage(self) -> str:
        """How usage writes them."""
        shown = self.metavar + ("…" if self.many else "")
        return shown if self.needed else f"[{shown}]"


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: the word after `egograph`; the root config and the module in `egograph.cli` are called the same.
        summary: what it does, in one line.
        config: the dataclass in the command's module, or what gives it for each experiment.
        positionals: its words without `=`, in their order; of the last there can be many.
        examples: lines to copy.
        options: keys that can also be given as `--key VALUE`.
        switches: keys that `--key` alone makes true.
    """

    name: str
    summary: str
    config: str
    positionals: tuple[Positional, ...] = ()
    examples: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()


_SOURCE = "a video file, a folder, a glob, rtsp://, http(s)://, or /dev/videoN"

COMMANDS = {
    command.name: command
    for command in (
        Command(
            "demo",
            "the whole path in one process: labels, an overlay video and a report",
            "DemoConfig",
            (Positional("video", "VIDEO", "a video file; without one the toy kitchen renders one", needed=False),),
            ("egograph demo", "egograph demo kitchen.mp4 output=kitchen"),
        ),
        Command(
            "stream",
            "label many videos or live streams at once, on Ray",
            "StreamConfig",
            (Positional("sources", "SOURCE", _SOURCE, many=True),),
            ("egograph stream videos/*.mp4", "egograph stream encoder=dinov2 stream.fps=4 rtsp://192.0.2.7/kitchen"),
        ),
        Command(
            "webcam",
            "the live demo: a window where there is a display, else a page on this machine",
            "WebcamConfig",
            (Positional("source", "SOURCE", "a camera's number, a file, or an address", needed=False),),
            ("egograph webcam", "egograph webcam --source kitchen.mp4"),
            options=("source",),
        ),
        Command(
            "replay",
            "label streams again from the cache, without video and encoder",
            "ReplayConfig",
            (Positional("streams", "STREAM", "a name in the cache; without one, all", many=True, needed=False),),
            ("egograph replay cache=outputs/stream/2026-01-31_12-00-00", "egograph replay P01_01 cache=kitchen"),
        ),
        Command(
            "train",
            "train a model: experiment=…",
            "CONFIGS",
            examples=("egograph train experiment=toy_kitchen", "egograph train experiment=epic100_visor seed=1"),
        ),
        Command(
            "evaluate",
            "score a model on a dataset: experiment=… split=…",
            "CONFIGS",
            examples=(
                "egograph evaluate experiment=toy_kitchen split=val",
                "egograph evaluate experiment=epic100_visor split=validation --competence --json",
            ),
            switches=("competence",),
        ),
        Command(
            "score",
            "a predictions file in a benchmark's own format, with the official metrics",
            "ScoreConfig",
            (
                Positional("benchmark", "BENCHMARK", "epic100-recognition, ego4d-lta, …; an unknown one lists them"),
                Positional("file", "FILE", "the predictions"),
            ),
            (
                "egograph score epic100-recognition predictions.json --annotations epic-kitchens-100-annotations",
                "egograph score ego4d-lta outputs.json --annotations ego4d/v2/annotations --observed 8",
            ),
            options=("annotations", "observed"),
        ),
        Command(
            "graph",
            "the scene graph over time, as JSON triplets, one line a frame",
            "GraphConfig",
            (Positional("source", "SOURCE", _SOURCE),),
            ("egograph graph kitchen.mp4 > graph.jsonl",),
        ),
        Command(
            "cache",
            "what is cached, by whom it was made, whether it is whole",
            "CacheConfig",
            (
                Positional(
                    "action",
                    "ls|verify|gc",
                    "list, check every chunk, or drop what is damaged (with model=, also what it cannot replay)",
                ),
            ),
            ("egograph cache ls cache=outputs/demo/2026-01-31_12-00-00",),
        ),
        Command(
            "bench",
            "speed as ratios to named peers, correctness first",
            "BenchConfig",
            (Positional("name", "kernels", "what to measure: attention over graphs"),),
            ("egograph bench kernels", "egograph bench kernels compiled=false shapes=[1x32x12]"),
        ),
        Command(
            "doctor",
            "what works on this machine, and a self-test of the input path",
            "DoctorConfig",
        ),
    )
}

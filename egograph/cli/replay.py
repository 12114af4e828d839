"""`egograph replay`: label streams again from the cache."""

from dataclasses import dataclass
from pathlib import Path

from egograph.cache import replay
from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.output import run_folder
from egograph.cli.run_report import outcome_of, tell, tell_files


@dataclass(frozen=True, kw_only=True)
class ReplayConfig(ModelKeys):
    """What `egograph replay` needs to know.

    Attributes:
        streams: names of streams in the cache; none for all.
        cache: the output folder of a run, or the cache folder in it.
        output: the folder for labels.jsonl and summary.json, a dated one unless it is given.
    """

    streams: tuple[str, ...] = ()
    cache: Path
    output: Path


def run(config: ReplayConfig) -> Outcome:
    """Label the streams from their cached nodes; one that cannot be replayed is told, and the others go on.

    Raises:
        EgographError: no model, no cache, or nothing in it.
        UsageError: the output cannot be written.
    """
    config.own_nodes("egograph replay takes the nodes that are cached")
    with run_folder(config.output) as folder:
        work = replay.ReplayConfig(cache=config.cache, output=folder.path, streams=config.streams)
        summary = replay.replay(work, config.load())
    tell(summary)
    if summary.clips:
        tell_files(folder)
    return outcome_of(summary)

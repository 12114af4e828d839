"""`egograph stream`: label many sources at once, on Ray."""

from dataclasses import dataclass

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.output import run_folder
from egograph.cli.run_report import outcome_of, tell, tell_files
from egograph.streaming import job


@dataclass(frozen=True, kw_only=True)
class StreamConfig(job.StreamConfig, ModelKeys):
    """What `egograph stream` needs to know.

    Attributes:
        output: the folder for labels.jsonl, summary.json and the cache, a dated one unless it is given.
    """


def run(config: StreamConfig) -> Outcome:
    """Label every source; a stream that fails is told, and the others go on.

    Raises:
        EgographError: no source, no model, or Ray cannot be reached.
        UsageError: the output cannot be written.
    """
    config.own_nodes("egograph stream finds nodes itself, egograph demo takes annotated ones")
    with run_folder(config.output) as folder:
        summary = job.run_stream(config, config.load())
    tell(summary)
    if summary.clips:
        tell_files(folder)
    return outcome_of(summary)

"""What a run that labelled streams says at its end."""

from collections.abc import Mapping
from itertools import groupby

from egograph.cli.outcome import DONE, SOME_FAILED, Outcome
from egograph.label import ActionLabel
from egograph.run_folder import RunFolder, read_labels
from egograph.summary import RunSummary, StreamOutcome

_MOSTLY = 0.5
_SPELLS = 12


def outcome_of(summary: RunSummary) -> Outcome:
    """The end of a run: it failed where one of its streams did."""
    return Outcome(SOME_FAILED if summary.failed else DONE, summary.to_json())


def tell(summary: RunSummary) -> None:
    """Print what became of each stream."""
    for stream in summary.streams:
        print(_line(stream))


def tell_files(folder: RunFolder, others: Mapping[str, str] | None = None) -> None:
    """Print where the results are: labels, summary, and `others`, name and content."""
    print(f"{folder.path}/")
    files = {"labels.jsonl": "one line a clip", **(others or {}), "summary.json": "what became of each stream"}
    for name, content in files.items():
        print(f"  {name:15}  {content}")


def tell_actions(folder: RunFolder) -> None:
    """Print the actions of a short run, each with when and how sure."""
    spells = [list(clips) for _, clips in groupby(read_labels(folder.labels), _said)]
    for spell in spells[:_SPELLS]:
        surest = max(spell, key=lambda label: label.confidence)
        sure = "" if surest.abstain else f"{surest.confidence:.2f}"
        print(f"  {spell[0].start:6.1f} s to {spell[-1].stop:5.1f} s  {_said(surest):24} {sure}".rstrip())
    if len(spells) > _SPELLS:
        print(f"  and {len(spells) - _SPELLS} more")


def _said(label: ActionLabel) -> str:
    return "unsure" if label.abstain else label.action


def _line(stream: StreamOutcome) -> str:
    if not stream.clips:
        return f"{stream.stream}: no label"
    parts = [
        f"{stream.clips} clip{'s' * (stream.clips > 1)}",
        f"{stream.seconds:.1f} s",
        f"unsure on {stream.abstained}",
    ]
    if stream.dropped:
        parts.append(f"{stream.dropped} dropped to keep up")
    if stream.fault:
        parts.append("cut short")
    text = f"{stream.stream}: {', '.join(parts)}"
    if stream.abstained > _MOSTLY * stream.clips:
        text += " (the model is not sure enough of what it sees here)"
    return text

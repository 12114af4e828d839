"""`egograph doctor`: what works on this machine, and a self-test of the input path."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from egograph.cli.checks.built_in_model import model_checks
from egograph.cli.checks.check import Check
from egograph.cli.checks.input_path import input_path_checks
from egograph.cli.checks.machine import machine_checks
from egograph.cli.outcome import DONE, SOME_FAILED, Outcome


@dataclass(frozen=True)
class DoctorConfig:
    """What `egograph doctor` needs to know.

    Attributes:
        output: the folder that results are to go under.
    """

    output: Path = Path("outputs")


def run(config: DoctorConfig) -> Outcome:
    """Look at everything, and tell it line by line; it fails where the built-in path cannot work."""
    checks = [_tell(check) for checks in _all(config) for check in checks]
    broken = [check.name for check in checks if check.needed and not check.works]
    print(f"broken: {', '.join(broken)}" if broken else "the built-in path works here")
    record = {"works": not broken, "checks": [asdict(check) for check in checks]}
    return Outcome(SOME_FAILED if broken else DONE, record)


def _all(config: DoctorConfig) -> Iterable[Iterable[Check]]:
    return machine_checks(config.output), model_checks(), input_path_checks()


def _tell(check: Check) -> Check:
    mark = "ok" if check.works else "BROKEN" if check.needed else "no"
    print(f"{mark:6}  {check.name:12}  {check.detail}", flush=True)
    return check

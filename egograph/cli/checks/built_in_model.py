"""The model that comes with the package: are its files whole, does it load?"""

import hashlib
from collections.abc import Iterator

from egograph.cli.checks.check import Check, look

SUMS = "SHA256SUMS"  # as `sha256sum` writes it


def model_checks() -> Iterator[Check]:
    """Compare the files with their sums, then load them."""
    yield look("model files", _compare)
    yield look("model", _load)


def _compare() -> str:
    from egograph.checkpoint import built_in_folder

    folder = built_in_folder()
    if not (folder / SUMS).is_file():
        raise RuntimeError(f"{folder}: no {SUMS}; install egograph again")
    files = [line.split(maxsplit=1) for line in (folder / SUMS).read_text().splitlines()]
    for digest, name in files:
        path = folder / name.lstrip("*")
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise RuntimeError(f"{path}: missing or damaged; install egograph again")
    return f"{len(files)} files whole in {folder}"


def _load() -> str:
    from egograph.checkpoint import load_model

    model = load_model()
    if not all(tensor.isfinite().all() for tensor in model.state_dict().values() if tensor.is_floating_point()):
        raise RuntimeError("weights that are not finite; install egograph again")
    vocabulary = model.vocabulary
    size = sum(weight.numel() for weight in model.parameters())
    return f"{size / 1e6:.1f} M weights, {len(vocabulary.verbs)} verbs, {len(vocabulary.nouns)} nouns"

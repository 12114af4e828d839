"""What a table of nodes has to be: columns of one length."""

from torch import Tensor


def check_table(
    box: Tensor, kind: Tensor, track: Tensor, feature: Tensor, frame: Tensor, contact: Tensor, score: Tensor
) -> None:
    """Raises ValueError where a column does not fit the others."""
    nodes = kind.shape[0]
    one = [nodes]
    wanted = (("box", box, [nodes, 4]), ("contact", contact, [nodes, 2]), ("score", score, one))
    for name, tensor, shape in (*wanted, ("track", track, one), ("frame", frame, one)):
        if list(tensor.shape) != shape:
            raise ValueError(f"{name}: shape {list(tensor.shape)}; give {shape} for {nodes} nodes")
    if feature.ndim != 2 or feature.shape[0] != nodes:
        raise ValueError(f"feature: shape {list(feature.shape)}; give [{nodes}, D] for {nodes} nodes")

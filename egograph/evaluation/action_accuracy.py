"""Top-1 accuracy of verb, noun and action over clips inside actions."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class ActionAccuracy:
    """Shares in 0..1 of `clips` clips.

    Attributes:
        verb: of clips whose verb is right.
        noun: of clips whose noun is right.
        action: of clips whose verb and noun are right.
        clips: the clips inside actions.
    """

    verb: float
    noun: float
    action: float
    clips: int


def action_accuracy(verb: Tensor, noun: Tensor, true_verb: Tensor, true_noun: Tensor) -> ActionAccuracy:
    """Compare class indices int64 `[N]`; a clip with a true index below 0 is not inside an action and not counted.

    Where no clip is counted, the shares are NaN.
    """
    inside = (true_verb >= 0) & (true_noun >= 0)
    right_verb = (verb == true_verb)[inside]
    right_noun = (noun == true_noun)[inside]

    def share(right: Tensor) -> float:
        return float(right.float().mean())

    return ActionAccuracy(share(right_verb), share(right_noun), share(right_verb & right_noun), int(inside.sum()))

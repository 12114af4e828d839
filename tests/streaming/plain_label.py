"""A label that says nothing."""

from egograph.label import ActionLabel


def plain_label(stream: str, clip: int) -> ActionLabel:
    """The label of a clip of one second."""
    return ActionLabel(
        stream=stream,
        clip=clip,
        start=float(clip),
        stop=clip + 1.0,
        verb="cut",
        verb_p=0.5,
        noun="onion",
        noun_p=0.5,
        action="cut onion",
        action_p=0.25,
        top5={"verb": (("cut", 0.5),), "noun": (("onion", 0.5),), "action": (("cut onion", 0.25),)},
        confidence=0.2,
        abstain=False,
        age_ms=0,
        triplets=(),
    )

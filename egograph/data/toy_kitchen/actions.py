"""The verb–noun pairs of the toy kitchen, in EPIC-100 class names, and those that train never shows."""

Pair = tuple[str, str]

_MOVABLE = (
    "spoon", "plate", "knife", "bowl", "sponge", "cup", "bottle", "pan", "lid", "onion", "carrot", "tomato", "box",
    "board:chopping", "kettle",
)  # fmt: skip

# All but a handful of these pairs occur in EPIC_100_train.csv; a test counts.
NOUNS_OF: dict[str, tuple[str, ...]] = {
    "take": _MOVABLE,
    "put": _MOVABLE,
    "move": ("pan", "bowl", "plate", "cup", "bottle", "box", "board:chopping", "onion", "kettle", "lid"),
    "remove": ("lid", "spoon", "onion", "carrot", "tomato", "knife"),
    "insert": ("spoon", "knife", "onion", "carrot", "tomato", "lid", "cup"),
    "open": ("cupboard", "drawer", "fridge", "bin"),
    "close": ("cupboard", "drawer", "fridge", "bin"),
    "turn-on": ("tap", "hob"),
    "turn-off": ("tap", "hob"),
    "wash": ("plate", "spoon", "knife", "pan", "bowl", "cup", "lid", "carrot", "tomato"),
    "cut": ("onion", "carrot", "tomato"),
    "peel": ("onion", "carrot"),
    "pour": ("water", "oil", "milk"),
    "mix": ("pan", "bowl", "cup"),
    "shake": ("bottle", "box", "spoon", "pan", "cup"),
    "throw": ("box", "bottle", "onion", "carrot", "tomato", "sponge"),
    "squeeze": ("sponge", "bottle", "tomato"),
}

# Verb and noun of each are in train with other partners.
HELD_OUT: frozenset[Pair] = frozenset(
    {
        ("take", "sponge"),
        ("take", "cup"),
        ("put", "bowl"),
        ("put", "tomato"),
        ("move", "bottle"),
        ("move", "plate"),
        ("remove", "carrot"),
        ("insert", "tomato"),
        ("wash", "pan"),
        ("wash", "carrot"),
        ("shake", "spoon"),
        ("throw", "onion"),
        ("squeeze", "bottle"),
        ("mix", "bowl"),
    }
)

PAIRS: tuple[Pair, ...] = tuple((verb, noun) for verb, nouns in NOUNS_OF.items() for noun in nouns)
TRAIN_PAIRS: tuple[Pair, ...] = tuple(pair for pair in PAIRS if pair not in HELD_OUT)

# What each vessel holds, and which vessel each liquid is in.
LIQUIDS: dict[str, str] = {"kettle": "water", "bottle": "oil", "box": "milk"}
VESSELS: dict[str, str] = {liquid: vessel for vessel, liquid in LIQUIDS.items()}
CONTAINERS: tuple[str, ...] = ("bowl", "pan", "cup")
FOOD: tuple[str, ...] = ("onion", "carrot", "tomato")


def spoken(name: str) -> str:
    """A class name as a person would say it: "board:chopping" is a chopping board."""
    return " ".join(reversed(name.split(":"))).replace("-", " ")

"""Checks that configs make of their values."""


def at_least(config: object, least: int, *names: str) -> None:
    """Raise a ValueError that names the first of the fields whose value is less than `least`."""
    for name in names:
        if getattr(config, name) < least:
            raise ValueError(f"{name}={getattr(config, name)}: has to be {least} or more")

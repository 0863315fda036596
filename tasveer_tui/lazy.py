"""Names of a room that are imported when they are first asked for, and found at once afterwards."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def names(room: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Make `__getattr__` of a package (PEP 562).

    `room` is its `__name__`; `homes` has, by module of the package, the names that it gives.
    """
    modules = {name: module for module, given in homes.items() for name in given}

    def find(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(f"{room}.{modules[name]}"), name)
        setattr(sys.modules[room], name, value)  # images are read by the thousand: found once
        return value

    return find

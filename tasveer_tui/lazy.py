"""Names of a package that are imported when they are first used."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def names(package: str, names_by_module: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Make the `__getattr__` of a package (PEP 562).

    `package` is its `__name__`; `names_by_module` has the names that each module exports.
    """
    modules = {name: module for module, given in names_by_module.items() for name in given}

    def find(name: str) -> Any:  # noqa: ANN401 - any exported value
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)  # the next access finds it without this function
        return value

    return find

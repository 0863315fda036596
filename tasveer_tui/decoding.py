"""Decodes JSON into values of a type, from any thread.

msgspec inspects a type when it first decodes it, and caches it before it has inspected all of it.
If another thread decodes the same type meanwhile, the process crashes (SIGSEGV in 0.22). So a lock
guards the first use of each type.
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

Value = TypeVar("Value")

_lock: Final = threading.Lock()
_decoders: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}


def decoder(kind: type[Value]) -> msgspec.json.Decoder[Value]:
    """The decoder for `kind`. Once it exists, any function of msgspec may use the type."""
    made = _decoders.get(kind)
    if made is None:
        with _lock:
            made = _decoders.get(kind) or msgspec.json.Decoder(kind)
            _decoders[kind] = made
    return made


def decode(text: bytes | str | msgspec.Raw, kind: type[Value]) -> Value:
    """Decode a value of `kind`. Raises msgspec.MsgspecError."""
    return decoder(kind).decode(text)

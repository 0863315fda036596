"""JSON into values of a type, from any thread.

msgspec looks at a type when it first decodes one, and remembers it before it has seen the whole:
another thread that comes in between ends the process (SIGSEGV in 0.22). So one thread at a time
looks, and nobody decodes what is not known.
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

Value = TypeVar("Value")

_lock: Final = threading.Lock()
_decoders: Final[dict[Any, msgspec.json.Decoder[Any]]] = {}


def decoder(kind: type[Value]) -> msgspec.json.Decoder[Value]:
    """What decodes JSON into `kind`; once it is there, msgspec's other ways know the type too."""
    made = _decoders.get(kind)
    if made is None:
        with _lock:
            made = _decoders.get(kind) or msgspec.json.Decoder(kind)
            _decoders[kind] = made
    return made


def decode(text: bytes | str | msgspec.Raw, kind: type[Value]) -> Value:
    """A value of `kind`. Raises msgspec.MsgspecError where the text is none."""
    return decoder(kind).decode(text)

"""Makes untrusted text safe to show.

Keys, tag values and error messages are untrusted. A terminal obeys escape sequences, C1 controls
and bidirectional overrides anywhere in a text, so everything that is shown passes `clean`.
"""

import unicodedata

_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _visible_form(char: str) -> str:
    code = ord(char)
    if code in _CONTROL_PICTURES:
        return _CONTROL_PICTURES[code]
    if unicodedata.category(char) in _INVISIBLE_CATEGORIES:
        return f"‹{code:04X}›"
    return char


def clean(text: object, limit: int = 0) -> str:
    """Replace every character that a terminal would obey or hide.

    C0 controls become Unicode control pictures, other invisible characters `‹XXXX›`. With
    `limit`, the result has at most that many characters and ends in `…` if it was cut.
    """
    whole = str(text)
    shown = whole[: limit + 1] if limit else whole
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_visible_form, shown))
    return shown[: limit - 1] + "…" if limit and len(shown) > limit else shown

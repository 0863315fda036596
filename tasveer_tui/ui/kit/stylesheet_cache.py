"""A style sheet that is parsed once, where Textual would parse it two or three times."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class OnceStylesheet(Stylesheet):
    """Parses everything again only if a variable has another value than before.

    Textual does so whenever a theme or a screen may have changed one, which at the start is
    twice: a tenth of the first frame's CPU.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._said = dict(variables or {})
        self._is_other = False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the values of a theme."""
        if variables != self._said:
            self._said = dict(variables)
            self._is_other = True
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse everything again, if that could make a difference."""
        if self._is_other:
            self._is_other = False
            super().reparse()

"""Find out what is in a bucket of photographs, from a terminal, without downloading them."""

__version__ = "0.1.0"

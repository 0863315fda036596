"""The door: `tasveer-tui` and `python -m tasveer_tui`."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    from tasveer_tui.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

"""``python -m ipattr``."""

import sys


def main() -> int:
    """Run the command line; an interrupt while it is still loading ends as quietly as one later."""
    try:
        from ipattr.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

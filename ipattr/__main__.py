"""``python -m ipattr``."""

import gc
import sys


def main() -> int:
    """Run the command line; an interrupt while it is still loading ends as quietly as one later."""
    try:
        from ipattr.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130
    finally:
        # The process ends: what is left need not be searched for cycles first.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())

"""``python -m mldebug`` is the command ``mldebug``."""

from __future__ import annotations

import sys

from mldebug.cli import main

if __name__ == "__main__":
    sys.exit(main())

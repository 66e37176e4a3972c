"""`python -m audit` is `scf-audit`."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # `-m` puts the working folder first on the path. It may be the project under audit, whose
    # modules must never be taken for ours or for our dependencies'.
    if sys.path[0] == os.getcwd():  # noqa: PTH109 - pathlib would be loaded from there too
        del sys.path[0]
    from audit.cli import main

    sys.exit(main())

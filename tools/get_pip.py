# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the get-pip script that ansible-test would download: pip from the wheel Python itself carries.

`tools/sanity.py` copies this file under the cache name that ansible-test expects, so that a sanity run needs no
other host than the package index that pip is set up for.
"""

from __future__ import annotations

import pathlib
import runpy
import sys


def bundled_wheel() -> str:
    """Return the path of the pip wheel that `ensurepip` carries."""
    import ensurepip

    bundled = pathlib.Path(ensurepip.__file__).parent / "_bundled"
    folders = [bundled, pathlib.Path("/usr/share/python-wheels")]
    for folder in folders:
        wheels = sorted(folder.glob("pip-*.whl"))
        if wheels:
            return str(wheels[-1])
    raise ImportError("ensurepip carries no pip wheel; install this Python's venv package")


def main() -> None:
    """Run `pip install` with the arguments meant for get-pip."""
    wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
    sys.path.insert(0, bundled_wheel())
    sys.argv = ["pip", "install", "--upgrade", *wanted]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

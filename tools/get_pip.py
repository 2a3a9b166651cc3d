# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the get-pip script that ansible-test would download: the pip that Python itself carries.

`tools/sanity.py` copies this file under the cache name that ansible-test expects, so that a sanity run needs no
other host than the package index that pip is set up for. ansible-test makes about ten environments, and removes pip
from each of them when its packages are installed: pip is unpacked once for each Python and the environments share it.
"""

from __future__ import annotations

import os
import pathlib
import sys
import sysconfig
import zipfile


def bundled_wheel() -> pathlib.Path:
    """Return the path of the pip wheel that `ensurepip` carries."""
    import ensurepip

    bundled = pathlib.Path(ensurepip.__file__).parent / "_bundled"
    folders = [bundled, pathlib.Path("/usr/share/python-wheels")]
    for folder in folders:
        wheels = sorted(folder.glob("pip-*.whl"))
        if wheels:
            return wheels[-1]
    raise ImportError("ensurepip carries no pip wheel; install this Python's venv package")


def unpacked(wheel: pathlib.Path, cache: pathlib.Path) -> pathlib.Path:
    """Return the folder below `cache` that the wheel is unpacked in, for this Python alone: it compiles pip there."""
    folder = cache / f"{wheel.stem}-{sys.version_info[0]}.{sys.version_info[1]}"
    if not folder.is_dir():
        half = cache / f"{folder.name}.{os.getpid()}"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(half)
        try:
            half.rename(folder)
        except OSError:
            # Another process was quicker.
            if not folder.is_dir():
                raise
    return folder


def link(source: pathlib.Path, target: pathlib.Path) -> None:
    """Let the environment whose packages are in `target` use the unpacked pip, until `pip uninstall pip`."""
    info = next(source.glob("pip-*.dist-info"))
    own = target / info.name
    own.mkdir()
    (own / "METADATA").write_bytes((info / "METADATA").read_bytes())
    # What an uninstallation removes: the link, not the files that it leads to.
    (own / "RECORD").write_text(
        "".join(f"{name},,\n" for name in ("pip", f"{own.name}/METADATA", f"{own.name}/RECORD"))
    )
    (target / "pip").symlink_to(source / "pip")


def main() -> None:
    """Put pip into the environment of this Python, which has none; the version that is asked for does not matter."""
    source = unpacked(bundled_wheel(), pathlib.Path(__file__).resolve().parent)
    link(source, pathlib.Path(sysconfig.get_path("purelib")))


if __name__ == "__main__":
    main()

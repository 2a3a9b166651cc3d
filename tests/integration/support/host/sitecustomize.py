# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python imports at its start in modules of tests: it keeps what it compiles of the zip files that Ansible sends.

Python itself keeps the compiled code of files in folders, but not of those in zip files. To compile them takes nearly
half of the processor time of a module. What is kept of a file is used only for exactly the same source.
"""

from __future__ import annotations

import _imp
import marshal
import os
import sys
import zipimport
from types import CodeType

# .cache/ansible/compiled of the checkout.
KEPT = os.path.join(os.path.abspath(f"{__file__}/../../../../.."), ".cache", "ansible", "compiled")
_HASH_KEY = 0
_HASH_BYTES = 8

_compile = zipimport._compile_source  # type: ignore[attr-defined]


def _compile_once(path: str, source: bytes) -> CodeType:
    """Return the code of a file in a zip file, compiled now or earlier."""
    name = path.rpartition(".zip")[2].strip(os.sep).replace(os.sep, ".")
    kept = os.path.join(KEPT, f"{name}.{sys.implementation.cache_tag}")
    digest = _imp.source_hash(_HASH_KEY, source)
    try:
        with open(kept, "rb") as file:
            data = file.read()
    except OSError:
        data = b""
    if data[:_HASH_BYTES] == digest:
        code: CodeType = marshal.loads(data[_HASH_BYTES:])
        # The zip file is in another folder each time.
        _imp._fix_co_filename(code, path)
        return code
    code = _compile(path, source)
    _keep(kept, digest + marshal.dumps(code))
    return code


def _keep(kept: str, data: bytes) -> None:
    """Write a file as a whole: other modules may read it, or write it, at this moment."""
    own = f"{kept}.{os.getpid()}"
    try:
        os.makedirs(KEPT, exist_ok=True)
        with open(own, "wb") as file:
            file.write(data)
        os.replace(own, kept)
    except OSError:
        # A module may run as a user who cannot write here, or with a full file system: that is what a test is about.
        pass


zipimport._compile_source = _compile_once  # type: ignore[attr-defined]

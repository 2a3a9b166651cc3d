# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The start of a module: each file of the zip file that Ansible sends is compiled once instead of twice.

Before Python imports a file, it asks the importer for its path. For files in a zip file ``zipimporter.get_filename``
compiles the file to return that, and the import compiles it again. This was a third of the time that the module
`backup` took more than `ping` (docs/benchmarks.md).
"""

from __future__ import annotations

import os
import sys
from zipimport import zipimporter


class _PayloadImporter(zipimporter):
    """Imports from a zip file of sources, and knows the path of a file without compiling it."""

    def get_filename(self, fullname: str) -> str:
        """Return the path of a module or package: ``ZIP/FOLDER/NAME.py`` or ``ZIP/FOLDER/NAME/__init__.py``.

        Raises:
            zipimport.ZipImportError: the zip file does not hold it.
        """
        path = os.path.join(self.archive, self.prefix, fullname.rpartition(".")[2])
        return os.path.join(path, "__init__.py") if self.is_package(fullname) else f"{path}.py"


def compile_once() -> None:
    """Import files of a zip file this way from now on, in this process; files in folders are imported as usual."""
    sys.path_hooks.insert(0, _PayloadImporter)

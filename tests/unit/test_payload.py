# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The import of a module's files from the zip file that Ansible sends."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from ansible_collections.pxops.px_backup.plugins.module_utils import payload

FILES = {
    "package/__init__.py": "",
    "package/inner/__init__.py": "from . import first",
    "package/inner/first.py": "from .second import VALUE",
    "package/inner/second.py": "VALUE = 1",
}
# Counts how often each file is compiled, and says where Python believes each to be.
CODE = """
import json, runpy, sys
compiled = []
sys.addaudithook(lambda event, args: compiled.append(args[1]) if event == "compile" else None)
runpy.run_path(sys.argv[1])["compile_once"]()
del compiled[:]
sys.path.insert(0, sys.argv[2])
import package.inner
files = {name: module.__file__ for name, module in sys.modules.items() if name.startswith("package")}
paths = [package.__path__, package.inner.__path__]
try:
    import package.other
except ModuleNotFoundError as error:
    missing = error.name
print(json.dumps([compiled, files, paths, missing]))
"""


def imported(source: Path) -> list[object]:
    """Import the package from a zip file or a folder in a new process."""
    command = [sys.executable, "-B", "-c", CODE, payload.__file__, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def places(source: Path) -> tuple[dict[str, str], list[list[str]]]:
    files = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): f"{source}/{name}" for name in FILES}
    return files, [[f"{source}/package"], [f"{source}/package/inner"]]


def test_each_file_of_a_zip_file_is_compiled_once(tmp_path: Path) -> None:
    archive = tmp_path / "payload.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, text in FILES.items():
            file.writestr(name, text)
    compiled, files, paths, missing = imported(archive)
    assert sorted(compiled) == sorted(f"{archive}/{name}" for name in FILES)  # type: ignore[type-var, call-overload]
    assert (files, paths) == places(archive)
    assert missing == "package.other"


def test_files_in_folders_are_imported_as_usual(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _compiled, files, paths, missing = imported(tmp_path)
    assert (files, paths) == places(tmp_path)
    assert missing == "package.other"

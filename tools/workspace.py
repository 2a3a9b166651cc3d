# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tools work: the checkout, its ignored work folder, and the copied tree outside of it."""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache"
LOGS = WORK / "logs"
BUILD = WORK / "build"
INSTALLED = WORK / "collections"
ANSIBLE_HOME = WORK / "ansible"
SIMULATOR = ROOT / "simulator"
CONTRACT = ROOT.parent / "shared" / "contract"
NAMESPACE, NAME = "pxops", "px_backup"
FULL_NAME = f"{NAMESPACE}.{NAME}"

# Folders outside the collection: in none of the copied trees.
OUTSIDE = ("simulator/", "bench/", "tools/", "requirements/", ".ci/", ".codespell/", ".github/")
# Tests do not belong to the collection, and ruff checks them: not in the tree that ansible-test sees; it reads the
# rest, tests/config.yml.
FOLDERS_OF_TESTS = ("unit", "properties", "simulator", "integration", "eda", "users", "data")
OWN_TESTS = (*(f"tests/{name}/" for name in FOLDERS_OF_TESTS), "tests/conftest.py")
# Variables of the caller's shell that would change what a test sees.
FOREIGN_PREFIXES = ("ANSIBLE_", "PX_BACKUP_", "PYTEST_", "GALAXY_")
FOREIGN_NAMES = ("PYTHONPATH", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", "VIRTUAL_ENV")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class StepError(Exception):
    """A step failed; the text says which and why."""


def integration_path() -> str:
    """Return the PYTHONPATH of integration tests.

    The samples of other tests come from the copied tree; what is installed wins over it.
    """
    return os.pathsep.join((str(INSTALLED), str(tree_root())))


def work_path() -> str:
    """Return the PYTHONPATH of tests in the copied tree, where the collection can be imported, and the simulator."""
    return os.pathsep.join((str(tree_root()), str(SIMULATOR)))


def tree_root(kind: str = "work") -> Path:
    """Return the folder outside the checkout that holds a copied tree (its PYTHONPATH)."""
    mark = hashlib.sha256(f"{os.getuid()}:{ROOT}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"{FULL_NAME}-{mark}" / kind


def tree_collection(kind: str = "work") -> Path:
    """Return the collection's folder in a copied tree, with the path ansible-test insists on."""
    return tree_root(kind) / "ansible_collections" / NAMESPACE / NAME


def tracked_files() -> list[str]:
    """Return the checkout's files, tracked or new, but none that git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted({name for name in listing.split("\0") if name and (ROOT / name).is_file()})


def _copy_changed(source: Path, target: Path) -> None:
    """Copy one file unless the target has the same content and mode already."""
    same = target.is_file() and not target.is_symlink() and filecmp.cmp(source, target, shallow=False)
    if same and source.stat().st_mode == target.stat().st_mode:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _remove_stale(folder: Path, wanted: set[Path]) -> None:
    """Delete the files below `folder` that are not wanted, and the folders left empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()


def copy_tree(kind: str = "work", without: tuple[str, ...] = ()) -> Path:
    """Bring a copied tree up to date and return the collection's folder in it."""
    target = tree_collection(kind)
    target.mkdir(parents=True, exist_ok=True)
    names = [name for name in tracked_files() if not name.startswith(OUTSIDE + without)]
    if not names:
        raise StepError("git lists no files: is this a checkout?")
    for name in names:
        _copy_changed(ROOT / name, target / name)
    _remove_stale(target, {target / name for name in names})
    return target


def clean_environment(bin_folder: Path, *, proxies: bool = True) -> dict[str, str]:
    """Return the caller's environment without what would change a test, `bin_folder` first on PATH."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN_PREFIXES)
        and name not in FOREIGN_NAMES
        and (proxies or name.lower() not in PROXIES)
    }
    folders = [str(bin_folder), *real_python_folders(), os.environ.get("PATH", os.defpath)]
    return environment | {
        "PATH": os.pathsep.join(folders),
        "ANSIBLE_HOME": str(ANSIBLE_HOME),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "PYTHONUNBUFFERED": "1",
        "LC_ALL": "C.UTF-8",
    }


def real_python_folders() -> list[str]:
    """Return the bin folders of Pythons from a version manager: ansible-test cannot use its shims."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for path in versions.glob("3.*") if (path / "bin" / "python3").exists()]
    return [str(path / "bin") for path in sorted(found, key=lambda path: _version_key(path.name))]


def _version_key(name: str) -> tuple[int, ...]:
    """Return a sort key for a name like 3.11.7."""
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def clean() -> None:
    """Remove the work folder, the copied trees and the tools' caches."""
    folders = [WORK, tree_root().parent, ROOT / "tests" / "output"]
    folders += [ROOT / name for name in (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ansible")]
    for folder in [*folders, *(path for path in ROOT.rglob("__pycache__") if ".venv" not in path.parts)]:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    clean()

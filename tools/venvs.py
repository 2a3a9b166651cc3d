# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments in the work folder, created again only when their pins or their Python change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workspace import ROOT, SIMULATOR, WORK, StepError, real_python_folders

VENVS = WORK / "venvs"
REQUIREMENTS = ROOT / "requirements"


def bin_of(name: str) -> Path:
    """Return the folder of an environment's commands."""
    return VENVS / name / "bin"


def _run(command: list[str], what: str) -> None:
    """Run a set-up command; its output is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise StepError(f"{what} failed with status {done.returncode}:\n{done.stdout[-3000:]}")


def _stamp(pins: Path, python: str) -> str:
    """Return what the environment is created from: the pins' hash and the Python."""
    return f"{hashlib.sha256(pins.read_bytes()).hexdigest()} {python}\n"


def ensure(name: str, python: str = sys.executable, pins_of: str | None = None) -> Path:
    """Create the environment `name` from requirements/NAME.txt, or another one's, if needed; return its bin folder."""
    # The environment itself may be what runs this: its Python goes with it.
    python = os.path.realpath(python)
    pins, folder = REQUIREMENTS / f"{pins_of or name}.txt", VENVS / name
    stamp, wanted = folder / "stamp", _stamp(pins, os.path.realpath(python))
    if stamp.is_file() and stamp.read_text() == wanted:
        return folder / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run([python, "-m", "venv", str(folder)], f"creating the environment {name}")
    _install(folder / "bin" / "python", pins)
    stamp.write_text(wanted)
    return folder / "bin"


def _install(python: Path, pins: Path) -> None:
    """Install the pins into the environment of a Python.

    uv takes a third of pip's time. It is used where the environment `lock` has it, and pip where uv fails: pip may be
    set up for another index.
    """
    uv, which = bin_of("lock") / "uv", ["--quiet", "--require-hashes", "--requirement", str(pins)]
    if uv.is_file() and uv.parent != python.parent:
        command = [str(uv), "pip", "install", "--python", str(python), "--compile-bytecode", *which]
        if subprocess.run(command, capture_output=True, cwd=ROOT, check=False).returncode == 0:
            return
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install"]
    _run([*pip, *which], f"installing {pins.name}")


def _source_hash(folder: Path) -> str:
    """Return the hash of a Python package's sources."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        skip = {"build", "__pycache__"} & set(path.relative_to(folder).parts) or ".egg-info" in str(path)
        if path.is_file() and not skip:
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def install_simulator(name: str) -> None:
    """Install the simulator's package from the checkout into an environment, without a network."""
    stamp, wanted = VENVS / name / "simulator-stamp", _source_hash(SIMULATOR)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    if not (SIMULATOR / "pyproject.toml").is_file():
        raise StepError("simulator/pyproject.toml is missing")
    copy = WORK / "simulator-source" / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SIMULATOR, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    pip = [str(bin_of(name) / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--force-reinstall"]
    _run([*pip, *options, str(copy)], "installing the simulator")
    stamp.write_text(wanted)


def interpreter(version: str) -> str | None:
    """Return the path of a Python of this version (like 3.12), or None when the machine has none."""
    folders = [*real_python_folders(), *os.environ.get("PATH", os.defpath).split(os.pathsep)]
    for folder in folders:
        candidate = Path(folder) / f"python{version}"
        if candidate.is_file() and "shims" not in candidate.parts and _works(candidate, version):
            return str(candidate)
    return None


def main() -> int:
    """Create the named environments."""
    try:
        for name in sys.argv[1:]:
            ensure(name)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _works(candidate: Path, version: str) -> bool:
    """Tell whether the interpreter starts and says it is of this version."""
    command = [str(candidate), "-c", "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the test run: what each starts, and how its result is counted."""

from __future__ import annotations

import os
import re
import shutil
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docs_site
import package
import venvs
from processes import Command, run_logged, tail
from sanity import run_sanity
from workspace import (
    ANSIBLE_HOME,
    BUILD,
    CONTRACT,
    FULL_NAME,
    INSTALLED,
    LOGS,
    ROOT,
    SIMULATOR,
    WORK,
    StepError,
    clean_environment,
    copy_tree,
    tree_collection,
    tree_root,
)

CORES = os.cpu_count() or 1
# Test processes of the integration tests, more than cores: playbooks spend half of their time waiting.
WORKERS = 2 * CORES


@dataclass
class Result:
    """The result of a part; a part without counts counts as one."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    log: Path | None = None

    @property
    def ok(self) -> bool:
        """Tell whether the part ran something and nothing failed."""
        return self.failed == 0 and self.passed > 0


class Toolbox:
    """One environment, its log folder, and the ways to run a part with it."""

    def __init__(self, venv: str, logs: Path = LOGS) -> None:
        """Take the name of the environment, which must be there already."""
        self.venv, self.logs = venv, logs
        self.bin = venvs.bin_of(venv)
        self.environment = clean_environment(self.bin) | {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED)}

    def new_log(self, name: str) -> Path:
        """Return the empty log file of a part."""
        log = self.logs / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        return log

    def tool(self, name: str, cwd: Path, *commands: Command, extra: Mapping[str, str] | None = None) -> Result:
        """Run commands of the environment that count as one part."""
        log = self.new_log(name)
        for first, *rest in commands:
            command = [self.bin / first, *rest]
            if run_logged(command, cwd=cwd, env=self.environment | dict(extra or {}), log=log):
                return Result(name, failed=1, log=log)
        return Result(name, passed=1, log=log)

    def pytest(
        self, suite: str, cwd: Path, extra: Mapping[str, str] | None = None, *options: str, name: str = ""
    ) -> Result:
        """Run the tests of one folder or file below tests/ and count them."""
        name, path = name or suite, f"tests/{suite}"
        log, report = self.new_log(name), self.logs / f"{name}.xml"
        report.unlink(missing_ok=True)
        if not (cwd / path).exists():
            return Result(name, failed=1, notes=[f"{path} is missing"])
        environment = clean_environment(self.bin, proxies=False)
        (WORK / "tmp").mkdir(exist_ok=True)
        environment |= {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED), "PYTEST_DEBUG_TEMPROOT": str(WORK / "tmp")}
        environment |= {"HYPOTHESIS_STORAGE_DIRECTORY": str(WORK / "hypothesis")} | dict(extra or {})
        options = ("-q", "-o", f"cache_dir={WORK / 'pytest'}", f"--junitxml={report}", *options)
        command: Command = [self.bin / "python", "-m", "pytest", path, *options]
        status = run_logged(command, cwd=cwd, env=environment, log=log, seconds=3600)
        return _counted(Result(name, log=log), report, status)


def _counted(result: Result, report: Path, status: int) -> Result:
    """Fill in the counts of a pytest report; no test, or a failure that no test shows, is one failure."""
    if report.is_file():
        root = ET.parse(report).getroot()
        reasons = Counter(skip.get("message", "without a reason") for skip in root.iter("skipped"))
        result.notes += [f"{count} skipped: {reason}" for reason, count in sorted(reasons.items())]
        for suite in root.iter("testsuite"):
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            result.failed += bad
            result.skipped += skipped
            result.passed += max(total - skipped - bad, 0)
    if result.passed + result.failed == 0:
        result.notes.append("ran no test")
    if result.failed == 0 and (status or result.passed == 0):
        result.failed = 1
        result.notes.append(f"pytest ended with status {status}")
    return result


def build(box: Toolbox) -> Result:
    """Build the collection, install it offline, and read each module's documentation from there."""
    log = box.new_log("build")
    try:
        package.build_and_install(box.bin, log)
    except StepError as error:
        return Result("build", failed=1, log=log, notes=[str(error).splitlines()[0]])
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
    names = [f"{FULL_NAME}.{module}" for module in modules]
    command: Command = [box.bin / "ansible-doc", "-t", "module", *names]
    if not names or run_logged(command, cwd=BUILD, env=box.environment, log=log):
        return Result("build", failed=1, log=log, notes=["no modules" if not names else "ansible-doc failed"])
    return Result("build", passed=1, log=log)


def importer(box: Toolbox) -> Result:
    """Check the tarball as Galaxy does on an upload."""
    tarballs = list(BUILD.glob("*.tar.gz"))
    if not tarballs:
        return Result("galaxy-importer", failed=1, notes=["there is no tarball"])
    command: Command = ["python", "-m", "galaxy_importer.main", tarballs[0]]
    result = box.tool("galaxy-importer", BUILD, command, extra={"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true"})
    text = result.log.read_text(errors="replace") if result.log else ""
    result.notes += re.findall(r"^WARNING: .*$", text, re.MULTILINE)
    return result


def sanity(box: Toolbox) -> Result:
    """Run ansible-test's sanity tests and note what it skipped."""
    log = box.new_log("sanity")
    passed, skipped = run_sanity(box.venv, box.bin, log)
    return Result("sanity", passed=int(passed), failed=int(not passed), log=log, notes=skipped)


def _mypy(box: Toolbox) -> Result:
    """Check the types of the library, the simulator and the tools."""
    sources = [path.parent for path in (ROOT / "simulator").glob("**/px_backup_simulator/__init__.py")]
    packages = [path for path in sources if ".cache" not in path.parts and "build" not in path.parts]
    if len(packages) != 1:
        return Result("mypy", failed=1, notes=["simulator/**/px_backup_simulator is missing"])
    sources = sorted((ROOT / "extensions" / "eda" / "plugins" / "event_source").glob("*.py"))
    targets = [ROOT / "plugins" / "module_utils" / "pxbackup", packages[0], ROOT / "tools", *sources]
    commands: list[Command] = [["mypy", "--strict", target] for target in targets]
    return box.tool("mypy", ROOT, *commands)


def _ansible_lint(box: Toolbox) -> Result:
    """Lint in a separate copy: ansible-lint leaves files behind."""
    tree = copy_tree("lint")
    home = box.logs.parent / "ansible-lint-home"
    return box.tool(
        "ansible-lint",
        tree,
        ["ansible-lint", "--offline", "--strict", "--profile", "production", "--nocolor", "--project-dir", "."],
        extra={"ANSIBLE_HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(INSTALLED)},
    )


def _plugin_docs(box: Toolbox) -> Result:
    """Check the documentation of the plugins as the docs site would."""
    options = ["--plugin-docs", "--validate-collection-refs", "self", "--disallow-unknown-collection-refs"]
    return box.tool("plugin-docs", copy_tree("docs"), ["antsibull-docs", "lint-collection-docs", *options, "."])


def _site(box: Toolbox) -> Result:
    """Build the documentation site, without a warning."""
    log = box.new_log("site")
    try:
        docs_site.build("html", log)
    except StepError as error:
        return Result("site", failed=1, log=log, notes=[str(error).splitlines()[0]])
    return Result("site", passed=1, log=log)


def _generated(box: Toolbox) -> Result:
    """Check that what is generated from the library's tables is up to date."""
    pages = (
        "generate_returns",
        "generate_options",
        "compatibility",
        "retention_picture",
        "event_fields",
        "python_api",
        "error_guide",
    )
    scripts = tuple(f"{page}.py" for page in pages)
    commands: list[Command] = [["python", ROOT / "tools" / script, "--check"] for script in scripts]
    return box.tool("generated", ROOT, *commands, extra={"PYTHONDONTWRITEBYTECODE": "1"})


def _changelog(box: Toolbox) -> Result:
    """Check the changelog's fragments."""
    return box.tool("changelog", copy_tree("docs"), ["antsibull-changelog", "lint"])


def _vermin(box: Toolbox) -> Result:
    """Check that the plugins run on Python 3.9."""
    return box.tool("vermin", ROOT, ["vermin", "--no-tips", "--violations", "-t=3.9-", "plugins", "extensions"])


def _work_tree_pytest(name: str, *options: str) -> Callable[[Toolbox], Result]:
    """Return a part that runs tests in the copied tree, where ansible_collections can be imported."""

    def run(box: Toolbox) -> Result:
        # The facts of the API, which may lie beside the checkout; a test compares the tables with them.
        contract = {"PX_BACKUP_CONTRACT": str(CONTRACT)} if CONTRACT.is_dir() else {}
        folders = os.pathsep.join((str(tree_root()), str(SIMULATOR)))
        return box.pytest(name, tree_collection(), {"PYTHONPATH": folders} | contract, *options)

    return run


def smoke(box: Toolbox) -> Result:
    """Run one playbook with the checkout's own collection and simulator, neither built nor installed."""
    return box.pytest("integration/test_registry.py", ROOT, None, "-m", "smoke", name="smoke")


def integration(box: Toolbox, **extra: str) -> Result:
    """Run real playbooks with the installed collection against simulators."""
    workers = ("-n", str(WORKERS), "--dist", "worksteal")
    # The samples of other tests come from the copied tree; whatever is installed wins over it.
    folders = os.pathsep.join((str(INSTALLED), str(tree_root())))
    # Other releases of Ansible are started as users start them.
    start = {} if box.venv == "dev" else {"PX_BACKUP_TEST_START": "command"}
    result = box.pytest("integration", ROOT, {"PYTHONPATH": folders} | start | extra, *workers, "-m", "not slow")
    result.notes.append("not run: tests marked slow (pytest tests/integration -m slow)")
    return result


def eda(_box: Toolbox) -> Result:
    """Run rulebooks in a real ansible-rulebook, and the certification's linters on the event sources."""
    venvs.ensure("eda")
    venvs.install_simulator("eda")
    return Toolbox("eda").pytest("eda", ROOT, {"PYTHONPATH": str(INSTALLED)}, "-n", "2")


def users(box: Toolbox) -> Result:
    """Run the tools of users on the installed collection: ansible-builder, ansible-lint, mypy."""
    builder = venvs.ensure("environments") / "ansible-builder"
    extra = {"PYTHONPATH": str(INSTALLED), "PX_BACKUP_TEST_BUILDER": str(builder)}
    result = box.pytest("users", ROOT, extra, "-m", "not slow")
    result.notes.append("not run: images of the sample environments (pytest tests/users -m slow)")
    return result


def as_modules(box: Toolbox) -> Result:
    """Run the same playbooks with every task as a module."""
    return integration(box, PX_BACKUP_TEST_PATH="module")


PARTS: dict[str, Callable[[Toolbox], Result]] = {
    "build": build,
    "ruff": lambda box: box.tool("ruff", ROOT, ["ruff", "check", "."], ["ruff", "format", "--check", "."]),
    "mypy": _mypy,
    "vermin": _vermin,
    "yamllint": lambda box: box.tool("yamllint", ROOT, ["yamllint", "--strict", "."]),
    "ansible-lint": _ansible_lint,
    "codespell": lambda box: box.tool("codespell", ROOT, ["codespell"]),
    "words": lambda box: box.tool("words", ROOT, ["python", ROOT / "tools" / "words.py"]),
    "changelog": _changelog,
    "plugin-docs": _plugin_docs,
    "generated": _generated,
    "site": _site,
    "galaxy-importer": importer,
    "sanity": sanity,
    "unit": _work_tree_pytest("unit", "-n", str(CORES)),
    "properties": _work_tree_pytest("properties", "-n", str(CORES)),
    "simulator": lambda box: box.pytest("simulator", ROOT, None, "-n", str(CORES)),
    "smoke": smoke,
    "integration": integration,
    "eda": eda,
    "users": users,
    "as-modules": as_modules,
}
# Run when they are asked for.
ON_REQUEST = ("smoke", "as-modules")
# What is tried after every few lines of a change.
CHECK = ("ruff", "mypy", "unit", "smoke")
LINT = (
    "ruff",
    "mypy",
    "vermin",
    "yamllint",
    "ansible-lint",
    "codespell",
    "words",
    "changelog",
    "plugin-docs",
    "generated",
)
# Parts that take the tarball or the installed collection.
NEED_BUILD = ("ansible-lint", "galaxy-importer", "integration", "eda", "users", "as-modules")
# Parts that take the installed simulator; the others run it from the checkout.
NEED_SIMULATOR = ("integration", "as-modules")


def run_part(name: str, box: Toolbox) -> Result:
    """Run one part and time it; a part that cannot start has failed."""
    return run_timed(name, lambda: PARTS[name](box))


def run_timed(name: str, work: Callable[[], Result]) -> Result:
    """Do the work of a part and time it; a part that cannot start has failed."""
    started = time.monotonic()
    try:
        result = work()
    except StepError as error:
        result = Result(name, failed=1, notes=[str(error)])
    result.name, result.seconds = name, time.monotonic() - started
    return result


def prepare(venv: str, names: Sequence[str], python: str) -> Toolbox:
    """Create the environment, install the simulator into it where a part needs that, and copy the tree."""
    venvs.ensure(venv, python)
    if any(name in NEED_SIMULATOR for name in names):
        venvs.install_simulator(venv)
    copy_tree()
    ANSIBLE_HOME.mkdir(parents=True, exist_ok=True)
    return Toolbox(venv)


def explain(result: Result) -> str:
    """Return the end of the log of a failed part; all findings about words; of ansible-test's log only its errors."""
    if not result.log:
        return ""
    if result.name in ("codespell", "words"):
        return result.log.read_text(errors="replace").rstrip()
    text = result.log.read_text(errors="replace") if result.name == "sanity" else ""
    errors = re.findall(r"^(?:ERROR|FATAL): .*$", text, re.MULTILINE)
    return "\n".join(errors[-40:]) or tail(result.log)


def clear_logs(logs: Path = LOGS) -> None:
    """Remove the logs of an earlier run."""
    shutil.rmtree(logs, ignore_errors=True)

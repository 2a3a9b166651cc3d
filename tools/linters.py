# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the test run that read the sources, and the build that other parts need."""

from __future__ import annotations

import re

import docs_site
import package
from processes import Command, run_logged
from sanity import run_sanity
from toolbox import Result, Toolbox
from workspace import BUILD, FULL_NAME, INSTALLED, ROOT, StepError, copy_tree


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


def mypy(box: Toolbox) -> Result:
    """Check the types of the library, the simulator and the tools."""
    sources = [path.parent for path in (ROOT / "simulator").glob("**/px_backup_simulator/__init__.py")]
    packages = [path for path in sources if ".cache" not in path.parts and "build" not in path.parts]
    if len(packages) != 1:
        return Result("mypy", failed=1, notes=["simulator/**/px_backup_simulator is missing"])
    sources = sorted((ROOT / "extensions" / "eda" / "plugins" / "event_source").glob("*.py"))
    targets = [ROOT / "plugins" / "module_utils" / "pxbackup", packages[0], ROOT / "tools", *sources]
    commands: list[Command] = [["mypy", "--strict", target] for target in targets]
    return box.tool("mypy", ROOT, *commands)


def ansible_lint(box: Toolbox) -> Result:
    """Lint in a separate copy: ansible-lint leaves files behind."""
    tree = copy_tree("lint")
    home = box.logs.parent / "ansible-lint-home"
    return box.tool(
        "ansible-lint",
        tree,
        ["ansible-lint", "--offline", "--strict", "--profile", "production", "--nocolor", "--project-dir", "."],
        extra={"ANSIBLE_HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(INSTALLED)},
    )


def plugin_docs(box: Toolbox) -> Result:
    """Check the documentation of the plugins as the docs site would."""
    options = ["--plugin-docs", "--validate-collection-refs", "self", "--disallow-unknown-collection-refs"]
    return box.tool("plugin-docs", copy_tree("docs"), ["antsibull-docs", "lint-collection-docs", *options, "."])


def site(box: Toolbox) -> Result:
    """Build the documentation site, without a warning."""
    log = box.new_log("site")
    try:
        docs_site.build("html", log)
    except StepError as error:
        return Result("site", failed=1, log=log, notes=[str(error).splitlines()[0]])
    return Result("site", passed=1, log=log)


def generated(box: Toolbox) -> Result:
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


def changelog(box: Toolbox) -> Result:
    """Check the changelog's fragments."""
    return box.tool("changelog", copy_tree("docs"), ["antsibull-changelog", "lint"])


def vermin(box: Toolbox) -> Result:
    """Check that the plugins run on Python 3.9."""
    return box.tool("vermin", ROOT, ["vermin", "--no-tips", "--violations", "-t=3.9-", "plugins", "extensions"])

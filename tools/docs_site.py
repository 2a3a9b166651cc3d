# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site below .cache/site/html, or check its external links.

Usage: docs_site.py [links]

Every warning is an error. Nothing is downloaded but the environment; `links` asks the servers that the pages link to.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import venvs
from processes import Command, interrupt_on_term, run_logged, stop_all, tail
from workspace import FULL_NAME, LOGS, ROOT, WORK, StepError, clean_environment, copy_tree, tree_root

SITE = WORK / "site"
HTML = SITE / "html"
REFERENCE = ("--use-current", "--fail-on-error", "--squash-hierarchy", "--no-add-antsibull-docs-version")


def build(builder: str, log: Path) -> None:
    """Collect the pages and run a builder of Sphinx: `html`, or `linkcheck`.

    Raises:
        StepError: when a step fails or warns; the log says why.
    """
    bin_folder = venvs.ensure("docs")
    copy_tree("site")
    source = SITE / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.rmtree(SITE / builder, ignore_errors=True)
    # antsibull-docs refuses a folder that others can write to.
    (source / "reference").mkdir(mode=0o755, parents=True)
    commands: list[Command] = [
        [bin_folder / "antsibull-docs", "collection", *REFERENCE, "--dest-dir", source / "reference", FULL_NAME],
        [bin_folder / "python", ROOT / "tools" / "site_pages.py", source],
        [bin_folder / "sphinx-build", "-W", "--keep-going", "-q", "-b", builder, source, SITE / builder],
    ]
    environment = clean_environment(bin_folder) | {"ANSIBLE_COLLECTIONS_PATH": str(tree_root("site"))}
    for command in commands:
        if run_logged(command, cwd=ROOT, env=environment | {"PYTHONDONTWRITEBYTECODE": "1"}, log=log):
            raise StepError(f"{Path(command[0]).name} failed")


def main() -> int:
    """Build what the command line names, and say where it is."""
    interrupt_on_term()
    builder = "linkcheck" if sys.argv[1:] == ["links"] else "html"
    log = LOGS / "site.log"
    log.unlink(missing_ok=True)
    try:
        build(builder, log)
    except StepError as error:
        print(f"{error}:\n{tail(log)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        stop_all()
        return 130
    print("every external link leads somewhere" if builder == "linkcheck" else f"the site is {HTML / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

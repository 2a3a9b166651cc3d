# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links between pages, and references from the code to the facts about the server, have a target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://github.com/pxops/px_backup/blob/main/"
PAGES = sorted([ROOT / "README.md", ROOT / "simulator" / "README.md", *(ROOT / "docs").rglob("*.md")])
CODE = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "simulator").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
CODE += (ROOT / "tests").rglob("*.py")
FACTS = "docs/server-behaviour.md"
# Numbers of sections, each with what it says in parentheses: 2.1 (states), 2.2 and 3.
NUMBER = r"\d+(?:\.\d+)?"
SECTIONS = rf"{NUMBER}(?: \([^()]*\))?(?:(?:, | and | to ){NUMBER}(?: \([^()]*\))?)*"
REFERENCE = rf"{re.escape(FACTS)}, sections? {NUMBER}"
LINK = re.compile(r"\]\(([^)\s]+)\)|link: (\S+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield file and anchor of each link to this project."""
    for found in LINK.finditer(text):
        target = (found[1] or found[2]).removeprefix(SITE)
        if "://" not in target:
            file, _mark, anchor = target.partition("#")
            yield ("" if not file else f"/{file}" if SITE in found[0] else file), anchor


def anchors_of(path: Path) -> set[str]:
    """Return what a link can point to in a page: explicit anchors, and the headings."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).replace(" ", "-").lower() for line in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "plugins/modules").glob("*.py"))], ids=name_of)
def test_link_has_a_target(page: Path) -> None:
    for file, anchor in links_of(page.read_text(encoding="utf-8")):
        target = ROOT / file[1:] if file.startswith("/") else page.parent / file if file else page
        assert target.exists(), file
        assert not anchor or anchor in anchors_of(target), f"{file}#{anchor}"


def test_the_readme_has_full_links() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(file.startswith("/") for file, _anchor in links_of(text))


@pytest.mark.parametrize("path", sorted(path for path in CODE if ".cache" not in path.parts), ids=name_of)
def test_referenced_section_exists(path: Path) -> None:
    text = re.sub(r"\s*\n\s*#?\s*", " ", path.read_text(encoding="utf-8"))
    known = anchors_of(ROOT / FACTS)
    for sections in re.findall(rf"{re.escape(FACTS)}, sections? ({SECTIONS})", text):
        numbers = re.findall(NUMBER, re.sub(r"\([^()]*\)", "", sections))
        assert {f"section-{number}" for number in numbers} <= known, sections


@pytest.mark.parametrize("path", sorted(path for path in CODE if ".cache" not in path.parts), ids=name_of)
def test_facts_are_referred_to_by_section(path: Path) -> None:
    text = re.sub(r"\s*\n\s*#?\s*", " ", path.read_text(encoding="utf-8"))
    assert path == Path(__file__) or len(re.findall(re.escape(FACTS), text)) == len(re.findall(REFERENCE, text))

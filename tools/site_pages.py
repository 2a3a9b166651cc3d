# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the pages of the documentation site: the checkout's own pages, with links that lead to each other.

Usage: site_pages.py FOLDER, with the Python of the environment `docs`. The reference of the modules and roles is
written by antsibull-docs; this tool writes that of the event sources, from their documentation.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml
from antsibull_docs_parser.md import to_md
from antsibull_docs_parser.parser import Context, parse

from workspace import FULL_NAME, ROOT

BLOB = "https://github.com/pxops/px_backup/blob/main/"
RAW = "https://raw.githubusercontent.com/pxops/px_backup/main/"
INDEX = "docs/README.md"
# A fenced block, whose content stays as it is, or a link.
FENCE_OR_LINK = re.compile(r"(?ms)(?P<fence>^ *```.*?^ *```$)|(?P<open>\]\()(?P<target>[^)\s]+)\)")
ANCHOR = re.compile(r'^<a id="([^"]+)"></a>$', re.MULTILINE)
# Kinds of generated pages, by the ending of their names.
KINDS = {"module": "Modules", "role": "Roles", "event_source": "Event sources", "filter": "Filters"}
EVENT_SOURCES = ROOT / "extensions" / "eda" / "plugins" / "event_source"


def list_pages() -> dict[str, str]:
    """Return each page of the checkout, relative to it, with its place in the site."""
    pages = {"README.md": "overview.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "vulnerabilities.md"}
    pages |= {"CHANGELOG.rst": "changelog.rst", "simulator/README.md": "simulator.md", INDEX: "index.md"}
    pages |= {f"roles/{path.parent.name}/README.md": f"roles/{path.parent.name}.md" for path in _glob("roles/*/*.md")}
    docs = [path.relative_to(ROOT).as_posix() for path in _glob("docs/**/*.md")]
    return pages | {name: name.removeprefix("docs/") for name in docs if name != INDEX}


def _glob(pattern: str) -> list[Path]:
    return sorted(ROOT.glob(pattern))


def resolve_link(page: str, link: str, pages: dict[str, str]) -> tuple[str, str]:
    """Return where a link of a page leads: a place in the site and a picture's or no source, else the link itself.

    Args:
        page: the page, relative to the checkout.
        link: the target as it stands in the page.
        pages: all pages, as `list_pages` returns them.
    """
    address, mark, anchor = link.partition("#")
    for prefix in (BLOB, RAW):
        if address.startswith(prefix):
            file = address.removeprefix(prefix)
            break
    else:
        if not address or "://" in address or address.startswith("mailto:"):
            return link, ""
        file = posixpath.normpath(posixpath.join(posixpath.dirname(page), address))
    if file in pages:
        return _between(pages[page], pages[file]) + mark + anchor, ""
    if file.endswith((".svg", ".png")):
        return _between(pages[page], file.removeprefix("docs/")), file
    return BLOB + file + mark + anchor, ""


def _between(page: str, target: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def place_page(page: str, pages: dict[str, str], folder: Path) -> None:
    """Write a page into the site, and the pictures that it shows."""

    def replace(found: re.Match[str]) -> str:
        if found["fence"]:
            return found[0]
        target, picture = resolve_link(page, found["target"], pages)
        if picture:
            copy = folder / picture.removeprefix("docs/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / picture, copy)
        return f"{found['open']}{target})"

    text = (ROOT / page).read_text(encoding="utf-8")
    if page.endswith(".md"):
        text = ANCHOR.sub(r"(\1)=", FENCE_OR_LINK.sub(replace, text))
    if page == INDEX:
        text += f"\n{write_navigation(text, pages)}"
    place = folder / pages[page]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def write_navigation(index: str, pages: dict[str, str]) -> str:
    """Return the tables of contents of the index: a chapter for each of its sections, with the pages it links to."""
    parts = re.split(r"^## (.+)$", index, flags=re.MULTILINE)
    chapters = {
        title: [name for name in re.findall(r"\]\(([^)#\s]+)\)", text) if name in pages.values()]
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    listed = {name for names in chapters.values() for name in names}
    # A guide that the index does not name yet is shown after those that it names.
    chapters["Guides"] += [name for name in pages.values() if name.startswith("guides/") and name not in listed]
    chapters["Reference"].insert(0, "reference/index.md")
    return "\n".join(_toctree(names, title) for title, names in chapters.items())


def _toctree(names: list[str], caption: str = "") -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["```{toctree}", *options, "", *names, "```", ""])


def write_reference_index(folder: Path) -> None:
    """Write the list of the generated pages, instead of the one by antsibull-docs, which has no event sources."""
    for name in ("index.rst", "environment_variables.rst"):
        (folder / name).unlink()
    lines = [f"(plugins_in_{FULL_NAME})=", "# Modules, roles and event sources", ""]
    lines += [f"What `ansible-doc` shows for the collection {FULL_NAME}.", ""]
    for ending, title in KINDS.items():
        pages = {path: _title(path) for path in sorted(folder.glob(f"*_{ending}.*"))}
        lines += [f"## {title}", "", "| name | purpose |", "| --- | --- |"]
        lines += [f"| [{name}]({path.name}) | {purpose} |" for path, (name, purpose) in pages.items()]
        lines += ["", _toctree([f"{name} <{path.stem}>" for path, (name, _purpose) in pages.items()])]
    (folder / "index.md").write_text("\n".join(lines), encoding="utf-8")


def _title(page: Path) -> tuple[str, str]:
    """Return name and purpose from the title of a page: `COLLECTION.NAME KIND -- PURPOSE`."""
    title = next(line for line in page.read_text(encoding="utf-8").splitlines() if " -- " in line)
    name, purpose = title.lstrip("# ").replace("\\", "").split(" -- ", 1)
    return name.split(" ")[0].removeprefix(f"{FULL_NAME}."), purpose


def remove_local_contents(folder: Path) -> None:
    """Remove the table of contents from each page: the theme has its own beside the page."""
    for page in folder.glob("*.rst"):
        text = re.sub(r"^\.\. contents::\n(?:   :.*\n)+", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        page.write_text(text, encoding="utf-8")


def write_event_source(source: Path, folder: Path) -> None:
    """Write the page of an event source, from the documentation in its file."""
    documentation = yaml.safe_load(_constant(source, "DOCUMENTATION"))
    lines = [f"# {FULL_NAME}.{source.stem} event source -- {documentation['short_description']}", ""]
    lines += [f"{_markdown(text)}\n" for text in _texts(documentation["description"])]
    lines += ["## Options", "", "| option | type | default | description |", "| --- | --- | --- | --- |"]
    for name, option in documentation["options"].items():
        kind = option["type"] + (f" of {option['elements']}" if "elements" in option else "")
        default = "required" if option.get("required") else f"`{option['default']}`" if "default" in option else ""
        text = " ".join(_markdown(each) for each in _texts(option["description"]))
        choices = f" One of {', '.join(f'`{choice}`' for choice in option['choices'])}." if "choices" in option else ""
        lines.append(f"| `{name}` | {kind} | {default} | {text}{choices} |")
    lines += ["", "## Examples", "", "```yaml", _constant(source, "EXAMPLES").strip(), "```", ""]
    (folder / f"{source.stem}_event_source.md").write_text("\n".join(lines), encoding="utf-8")


def _constant(source: Path, name: str) -> str:
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == name for each in node.targets
        ):
            return str(ast.literal_eval(node.value))
    raise SystemExit(f"{source.name} has no {name}")


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _markdown(text: str) -> str:
    return str(to_md(parse(text, Context()))).replace("|", "\\|")


def main() -> int:
    """Write all pages below the folder, which holds the reference already."""
    folder = Path(sys.argv[1])
    for source in sorted(EVENT_SOURCES.glob("[!_]*.py")):
        write_event_source(source, folder / "reference")
    write_reference_index(folder / "reference")
    remove_local_contents(folder / "reference")
    pages = list_pages()
    for page in pages:
        place_page(page, pages, folder)
    static = folder / "_static"
    static.mkdir(exist_ok=True)
    settings = Path(__file__).parent / "docsite"
    shutil.copyfile(settings / "site.css", static / "site.css")
    shutil.copyfile(settings / "conf.py", folder / "conf.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())

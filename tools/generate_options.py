# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation of what one backup of `backup_batch` takes, from the documentation of `backup`.

Usage: python tools/generate_options.py [--check]

Which options those are is said by ``plugins/module_utils/pxbackup/backups/batch_options.py``. ``--check`` writes
nothing and fails when the documentation fragment is not up to date.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import yaml

import library
from workspace import FULL_NAME, ROOT

TARGET = ROOT / "plugins/doc_fragments/batch.py"

# Sentences of the other module that say nothing of a batch.
ELSEWHERE = re.compile(r"For V\((?!DELETE)\w+\)|With O\(uid\) alone")

HEAD = '''\
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one backup of a batch takes. Written by tools/generate_options.py; change what it reads, not this."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the backups of a task and of what they share."""

    DOCUMENTATION = r"""
'''


def main() -> int:
    """Write or check the fragment; return the exit status."""
    text = HEAD + documentation() + '"""\n'
    now = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
    elif text != now:
        print(f"{TARGET.relative_to(ROOT)} is not up to date: run python tools/generate_options.py")
        return 1
    return 0


def documentation() -> str:
    """Return the fragment's YAML."""
    source = (ROOT / "plugins/modules/backup.py").read_text(encoding="utf-8")
    options = yaml.safe_load(source.partition('DOCUMENTATION = r"""')[2].partition('"""')[0])["options"]
    batch = library.load("backups.batch_options")
    wanted = dict.fromkeys(name for state in batch.STATES for name in batch.item_options(state))
    items = {name: _of_an_item(options[name]) for name in wanted}
    shared = {name: items[name] for name in batch.item_options("present") if name != "name"}
    fragment = {
        "options": {
            "backups": {
                "description": [
                    "The backups. With O(state=present) each takes what C(CREATE) of M(pxops.px_backup.backup) takes "
                    "and needs O(backups[].name), O(backups[].backup_location_ref) and O(backups[].cluster_ref), "
                    "unless O(defaults) says it.",
                    "With O(state=absent) each needs O(backups[].name) or O(backups[].uid).",
                ],
                "type": "list",
                "elements": "dict",
                "suboptions": items,
            },
            "defaults": {
                "description": [
                    "What all O(backups) share with O(state=present). What a backup says itself takes the place of "
                    "what stands here, as a whole.",
                ],
                "type": "dict",
                "suboptions": shared,
            },
        }
    }
    return yaml.safe_dump(fragment, sort_keys=False, width=50, allow_unicode=True)


def _of_an_item(option: dict[str, Any]) -> dict[str, Any]:
    """Return the documentation of an option as one backup of a batch has it."""
    told = option["description"]
    sentences = [_reworded(text) for text in ([told] if isinstance(told, str) else told) if not ELSEWHERE.match(text)]
    rest = {key: value for key, value in option.items() if key != "description"}
    if "suboptions" in rest:
        rest["suboptions"] = {name: _of_an_item(part) for name, part in rest["suboptions"].items()}
    return {"description": sentences, **rest}


def _linked(found: re.Match[str]) -> str:
    """Return a reference to an option or a returned value as it is seen from another module."""
    kind, name, value = found.groups(default="")
    return found[0] if kind == "V" else f"{kind}({FULL_NAME}.backup#module:{name}{value})"


def _reworded(text: str) -> str:
    """Return a sentence with its references to other options as they are seen from here."""
    text = re.sub(r"\b(R?V|O)\((\w+)(=\w+)?\)", _linked, text)
    return text.replace("For V(DELETE)", "With O(state=absent)").replace("V(CREATE)", "O(state=present)")


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""Write tests/data/scenarios.json: what recorded tasks return and send now. Read its difference before a commit."""

from __future__ import annotations

import shutil
import sys

import tree_module
from workspace import ROOT, tree_collection

RECORD = "tests/data/scenarios.json"


def main() -> int:
    """Run the tasks in the copied tree, and take the file from there."""
    status = tree_module.run("scenarios")
    if status == 0:
        shutil.copyfile(tree_collection() / RECORD, ROOT / RECORD)
        print(RECORD)
    return status


if __name__ == "__main__":
    sys.exit(main())

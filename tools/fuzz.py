# SPDX-License-Identifier: GPL-3.0-or-later
"""Run random tasks against a server with damaged responses, longer than the tests do.

Usage: fuzz.py [--cases N] [--first N] [--seed N] [--seconds S]

Without a seed a random one is used; it is printed, and the same seed and number make the same case again.
"""

from __future__ import annotations

import sys

import tree_module

if __name__ == "__main__":
    sys.exit(tree_module.run("fuzz", *sys.argv[1:]))

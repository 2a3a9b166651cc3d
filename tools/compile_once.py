# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles a source once in a process, for the environments in which ansible-test's import test runs.

The test imports each file of the collection in a fresh state, and Ansible's loader of collections compiles what a
file imports every time: 7,000 compilations of 190 files on each Python. `tools/sanity.py` puts this module into the
environments of that test. A source that does not compile, or that compiles with a warning, is never kept: the test
turns warnings into errors, and finds it in each file that imports it as before.
"""

# No __future__ import here: what is compiled without `dont_inherit` would inherit it.
import builtins

_COMPILE = vars(builtins)["compile"]
_KEPT: "dict[object, object]" = {}


def compile_once(
    source: object,
    filename: object,
    mode: str,
    flags: int = 0,
    dont_inherit: bool = False,
    optimize: int = -1,
    **others: object,
) -> object:
    """Do what compile() does; what Ansible's loader compiles is the same code object every time."""
    if not dont_inherit or others or not isinstance(source, (str, bytes)):
        return _COMPILE(source, filename, mode, flags, dont_inherit, optimize, **others)
    key = (source, filename, mode, flags, optimize)
    if key not in _KEPT:
        _KEPT[key] = _COMPILE(source, filename, mode, flags, dont_inherit, optimize)
    return _KEPT[key]


builtins.compile = compile_once  # type: ignore[assignment]

# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of single values that a task sets; each raises one sentence that names the parameter."""

from __future__ import annotations

import os
import stat

from .errors import PXBackupError, ValidationError
from .text import quoted


def check_number(
    parameter: str, value: float, least: float, most: float, unit: str = "", exclusive: bool = False
) -> None:
    """Raise ``ValidationError`` where a number is not in its range; NaN and infinity never are.

    Args:
        least, most: the range; both ends belong to it.
        unit: the unit of the number for the sentence, such as ``seconds``.
        exclusive: the lower end does not belong to the range.
    """
    if least <= value <= most and not (exclusive and value == least):
        return
    lower = f"more than {least:.15g}" if exclusive else f"at least {least:.15g}"
    raise ValidationError(
        f"{parameter} is {quoted(value)}", hint=f"set it to {lower} and at most {most:.15g} {unit}".rstrip()
    )


def check_unicode(parameter: str, value: str) -> None:
    """Raise ``ValidationError`` where a text cannot be encoded as UTF-8. The value is not shown, it may be a secret."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(
            f"{parameter} contains a character that is not valid Unicode", hint="check the encoding of its source"
        ) from None


def is_shown(path: str) -> bool:
    """Whether a path may be shown: a secret given in the place of a path must not.

    A path that begins with ``/``, ``./`` or ``../`` and is one line is taken for a path. A token never begins so.
    """
    return path.startswith(("/", "./", "../")) and path.isprintable() and len(path) < 4096


def check_file(parameter: str, path: str, most_bytes: int, kind: type[PXBackupError] = ValidationError) -> None:
    """Raise an error where a path does not name a regular file of acceptable size.

    A pipe or a device would block or never end. A value that does not look like a path is not shown; the error
    carries it in ``secrets``.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError) as exc:
        reason = (getattr(exc, "strerror", None) or "not a valid path").lower()
        raise file_error(parameter, path, reason, kind) from None
    if not stat.S_ISREG(found.st_mode):
        raise file_error(parameter, path, "not a regular file", kind)
    if found.st_size > most_bytes:
        raise file_error(parameter, path, f"larger than {most_bytes} bytes", kind)


def file_error(parameter: str, path: str, reason: str, kind: type[PXBackupError] = ValidationError) -> PXBackupError:
    """Return the error for a file that cannot be used."""
    hint = "set it to the path of a readable file on the managed host"
    if is_shown(path):
        return kind(f"{parameter} {quoted(path)} cannot be used ({reason})", hint=hint)
    error = kind(
        f"the value of {parameter} is not the path of a file ({reason}) and is not shown because it may be a secret",
        hint=f"{hint}; begin a relative path with ./",
    )
    error.secrets = [path]
    return error

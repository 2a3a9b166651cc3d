# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is seen of a behaviour: a small dictionary of words, numbers and booleans.

It never holds a name, a label, a uid or a text of the server, so that it can be published and compared with that of
another server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

Seen = Mapping[str, Union[str, int, bool]]


class NotSeenError(Exception):
    """The behaviour could not be seen; the text says why, without a name of the server's data."""

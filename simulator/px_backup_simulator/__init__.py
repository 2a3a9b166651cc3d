# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the PX-Backup REST API."""

__version__ = "1.0.0"

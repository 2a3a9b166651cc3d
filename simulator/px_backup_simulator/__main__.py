# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m px_backup_simulator`."""

import sys

from px_backup_simulator.cli import main

sys.exit(main())

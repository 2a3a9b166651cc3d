# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the user: YAML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from px_backup_simulator.errors import ControlError


def read_data_file(path: str) -> Any:
    """Read a file: JSON by the ending of its name, else YAML.

    Raises:
        ControlError: in one line, when it is neither.
        OSError: when it cannot be opened.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        return json.loads(text) if path.endswith(".json") else yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ControlError(f"{path} is not valid YAML: {error.problem or error.context}{place}") from error
    except RecursionError as error:
        raise ControlError(f"{path} is nested too deeply") from error
    except (ValueError, yaml.YAMLError) as error:
        text = " ".join(str(error).split())
        raise ControlError(f"{path} is not valid {'JSON' if path.endswith('.json') else 'YAML'}: {text}") from error

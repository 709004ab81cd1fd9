"""What an agent's stream does after the agent has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_comes_after_a_failure_is_drained_and_not_acknowledged(tmp_path: Path) -> None:
    """Faust reads on for a failed agent until its process has ended, which may take seconds."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("failed_stream.py")), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stdout == "drained, acknowledging: False\n", done.stderr

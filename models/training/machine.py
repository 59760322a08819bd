"""What a figure was measured on: every report and benchmark says it."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path
from typing import Any

import cv2

from thaiid_detect.weights import NETWORKS, find_weights


def environment() -> dict[str, Any]:
    """CPU, its cores, Python, OpenCV and the commit. Source of the first two: `proc(5)`, /proc/cpuinfo."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "machine": names[0] if names else platform.processor(),
        "cores": len(names),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "commit": commit.stdout.strip(),
    }


def machine_line() -> str:
    """The same in one line."""
    facts = environment()
    return f"{facts['machine']}, {facts['cores']} cores, Python {facts['python']}, commit {facts['commit']}"


def weights_here() -> dict[str, str]:
    """The hash of every network in models/: what figures are of."""
    return {name: find_weights(name).sha256 for name in NETWORKS}

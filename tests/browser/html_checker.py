"""The Nu HTML Checker on pages as they were sent: `make html-checker` fetches it, Java runs it."""

import json
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JAR = ROOT / ".cache/node/vnu-jar/node_modules/vnu-jar/build/dist/vnu.jar"


def find_html_errors(pages: Mapping[str, bytes]) -> list[str]:
    """What is not valid in the pages, by name; without the checker a warning, in CI a failure."""
    if not JAR.exists() or shutil.which("java") is None:
        missing = "HTML is not checked: run `make html-checker` and have Java installed."
        if os.environ.get("CI"):
            pytest.fail(missing)
        warnings.warn(missing, stacklevel=2)
        return []
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, source) in enumerate(pages.items()):
            path = Path(folder) / f"{number}.html"
            path.write_bytes(source)
            names[path.name] = name
        done = subprocess.run(
            [
                "java",
                "-jar",
                str(JAR),
                "--stdout",
                "--format",
                "json",
                "--exit-zero-always",
                folder,
            ],
            capture_output=True,
            check=True,
        )
    return [
        f"{names[Path(each['url']).name]}, line {each.get('lastLine')}: {each['message']}"
        for each in json.loads(done.stdout)["messages"]
        if each["type"] != "info"
    ]

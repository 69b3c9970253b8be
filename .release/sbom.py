"""Print what `pip install` of a wheel brings, as an SBOM in CycloneDX's JSON: python .release/sbom.py WHEEL"""

import subprocess
import sys
import tempfile
from pathlib import Path


def sbom(wheel: str) -> str:
    """Return the SBOM of an environment in which the wheel, and what it needs, is installed."""
    with tempfile.TemporaryDirectory() as folder:
        _run("uv", "venv", "--quiet", "--python", sys.executable, folder)
        python = str(Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
        _run("uv", "pip", "install", "--quiet", "--python", python, wheel)
        return _run(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", python)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    print(sbom(sys.argv[1]), end="")

"""Runs scripts in the virtual machine for the tests outside.

A script comes as a line of JSON, and so goes its exit code with its output. What a script leaves running
goes on, and holds up nothing: the output goes to a file.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PORT = Path("/dev/virtio-ports/kgctl")
TIMED_OUT = 124


def run(script: str, seconds: float) -> dict[str, Any]:
    """Return the exit code and the output of a script of bash."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ("bash", "-euo", "pipefail", "-c", script), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = TIMED_OUT
        output.seek(0)
        return {"code": code, "output": output.read().decode(errors="replace")}


def serve() -> None:
    """Answer one script after the other; the first line tells that the machine is ready."""
    with PORT.open("r+b", buffering=0) as port:
        port.write(b'{"ready": true}\n')
        waiting = b""
        while True:
            waiting += port.read(65536)
            while b"\n" in waiting:
                line, _, waiting = waiting.partition(b"\n")
                answer = json.dumps(run(**json.loads(line))).encode() + b"\n"
                while answer:
                    answer = answer[port.write(answer) :]


if __name__ == "__main__":
    serve()

"""A Debian machine under QEMU: booted once, then scripts run in it as root, one after the other."""

import contextlib
import dataclasses
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

VARIABLE = "KGCTL_VM"
"""Names the folder that build.sh has filled."""
USUAL = Path("/var/cache/kgctl-vm")
HOST = "10.0.2.2"
"""The address by which the machine reaches what listens on the loopback of the host (QEMU's user network)."""

_FILES = ("vmlinuz", "initrd", "root.ext4")
_BOOT_SECONDS = 420
"""An emulated machine boots in 20 s where nothing else runs."""
_KERNEL = (
    "console=ttyS0 quiet panic=-1 root=/dev/vda rw net.ifnames=0 mitigations=off nowatchdog random.trust_cpu=on"
    " no_timer_check"  # on a busy host an emulated timer seems broken, and the clock goes wrong afterwards
)


def why_not() -> str:
    """Return the reason why there can be no machine here, or nothing."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "the virtual machine is for Linux on x86-64"
    missing = [tool for tool in ("qemu-system-x86_64", "mke2fs", "uv") if not shutil.which(tool)]
    if missing:
        return f"the virtual machine needs {', '.join(missing)}"
    if not all((image() / name).is_file() for name in _FILES):
        return f"there is no virtual machine in {image()}: tests/vm/build.sh {image()}"
    return ""


def image() -> Path:
    """Return the folder that holds the machine."""
    return Path(os.environ.get(VARIABLE) or USUAL)


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What a script did."""

    code: int
    output: str


class Machine:
    """A machine that runs; `run` runs a script of bash in it."""

    def __init__(
        self, folder: Path, port: socket.socket, lines: IO[bytes], process: subprocess.Popen[bytes]
    ) -> None:
        self._console, self._port, self._lines, self._process = folder / "console", port, lines, process

    def run(self, script: str, *, check: bool = True, seconds: float = 120) -> str:
        """Run a script and return what it printed; what a script that fails has printed is in the error."""
        done = self.attempt(script, seconds=seconds)
        if check and done.code:
            raise AssertionError(f"exit {done.code} in the virtual machine: {script}\n{done.output}")
        return done.output

    def attempt(self, script: str, *, seconds: float = 120) -> Done:
        """Run a script and return its exit code (124 after `seconds`) and what it printed."""
        self._port.settimeout(seconds + 60)
        self._port.sendall(json.dumps({"script": script, "seconds": seconds}).encode() + b"\n")
        return Done(**json.loads(self._line()))

    def comes_true(self, script: str, *, within: float = 60) -> bool:
        """Run a script again and again until it succeeds; tell whether it did in time."""
        done = self.attempt(
            f"end=$((SECONDS + {within:.0f}))\nuntil {{\n{script}\n}} >/dev/null 2>&1; do"
            " ((SECONDS < end)) || exit 1; sleep 0.5; done",
            seconds=within + 60,
        )
        return done.code == 0

    def write(self, path: str, text: str, *, mode: str = "0644", group: str = "root") -> None:
        """Write a file in the machine."""
        options = f"-D --mode={mode} --group={group}"
        self.run(f"install {options} /dev/stdin {shlex.quote(path)} <<< {shlex.quote(text.removesuffix(chr(10)))}")

    def await_ready(self, seconds: float) -> None:
        """Wait for the end of the boot; raise AssertionError with the console when it does not come."""
        self._port.settimeout(seconds)
        self._line()

    def _line(self) -> bytes:
        try:
            line = self._lines.readline()
        except TimeoutError:
            line = b""
        if not line:
            text = self._console.read_text(errors="replace")[-3000:]
            raise AssertionError(f"the virtual machine does not answer (QEMU: {self._process.poll()})\n{text}")
        return line


@contextlib.contextmanager
def booted(folder: Path, disk: Path, *, megabytes: int = 1024) -> Iterator[Machine]:
    """Boot the machine with `disk` as its second one; nothing that is written in it is kept."""
    path = folder / "port"
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "qemu.log").open("wb"))
        command = ("setpriv", "--pdeathsig", "KILL", *_qemu(folder, disk, path, megabytes))
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
        stack.callback(process.wait)
        stack.callback(process.kill)
        port = stack.enter_context(_connected(path, process, folder / "qemu.log"))
        lines = stack.enter_context(port.makefile("rb"))
        machine = Machine(folder, port, lines, process)
        machine.await_ready(_BOOT_SECONDS)
        yield machine


def _qemu(folder: Path, disk: Path, port: Path, megabytes: int) -> Iterator[str]:
    yield from ("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot")
    yield from ("-machine", "q35,hpet=off", *_processor(), "-smp", "2", "-m", str(megabytes))
    yield from ("-kernel", str(image() / "vmlinuz"), "-initrd", str(image() / "initrd"), "-append", _KERNEL)
    yield from ("-serial", f"file:{folder / 'console'}")
    yield from ("-drive", f"if=virtio,format=raw,snapshot=on,file={image() / 'root.ext4'}")
    yield from ("-drive", f"if=virtio,format=raw,readonly=on,file={disk}")
    yield from ("-nic", "user,model=virtio-net-pci", "-device", "virtio-rng-pci", "-device", "virtio-serial-pci")
    yield from ("-chardev", f"socket,id=port,path={port},server=on,wait=off")
    yield from ("-device", "virtserialport,chardev=port,name=kgctl")


def _processor() -> tuple[str, ...]:
    """Return the processor: this host's where it has virtualization, else an emulated one."""
    if is_emulated():
        return ("-accel", "tcg,thread=multi,tb-size=256", "-cpu", "qemu64,+rdrand")
    return ("-accel", "kvm", "-cpu", "host")


def is_emulated() -> bool:
    """Return whether the processor of the machine is emulated.

    A /dev/kvm alone says little: in some virtual machines it is there and starts no ordinary kernel.
    """
    flags = Path("/proc/cpuinfo").read_text().split()
    return not (os.access("/dev/kvm", os.R_OK | os.W_OK) and {"vmx", "svm"} & set(flags))


def _connected(path: Path, process: subprocess.Popen[bytes], log: Path) -> socket.socket:
    deadline = time.monotonic() + 60
    while True:
        port = socket.socket(socket.AF_UNIX)
        try:
            port.connect(str(path))
        except OSError:
            port.close()
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"QEMU did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
        else:
            return port

"""The tests of tests/tunnel in the virtual machine, whose kernel has WireGuard.

`python -m tests.vm.lab_tests [ARGUMENT...]` runs pytest there with these arguments, by default with all of
tests/tunnel, which takes long where the processor is emulated.
"""

import shlex
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.api import binaries
from tests.slowness import VARIABLE
from tests.vm.disk import make_disk
from tests.vm.machine import Machine, booted, is_emulated, why_not

_MEGABYTES = 4096
"""Two kube-apiservers, their files, and the tests need more than kgctl."""
_PAUSE = 5.0
CODE = "/run/lab-tests.code"
"""The file of the machine that gets the exit code of pytest."""
_SLOWNESS = 8
_OPTIONS = ("-p", "no:cacheprovider", "-p", "no:timeout", "-o", "addopts=", "-o", "filterwarnings=", "-q", "-ra")
_SCRIPT = """
modprobe --all wireguard veth bridge
mkdir -p /opt/openresolv
if [[ -e /mnt/openresolv ]]; then
    cp -r /mnt/openresolv/resolvconf /lib/
    cp /mnt/openresolv/bin/resolvconf /opt/openresolv/
fi
cat >/run/lab-tests <<'END'
export PATH=/opt/openresolv:$PATH PYTHONPATH=/mnt/site:/mnt/test-site:/mnt/repository \
    PYTHONPYCACHEPREFIX=/var/tmp/bytecode KUBEBUILDER_ASSETS=/mnt/bin {variable}={slowness}
cd /mnt/repository
python3 -m pytest {arguments}
echo $? >{code}
END
rm -f {code}
: >/run/lab-tests.output
setsid bash /run/lab-tests >/run/lab-tests.output 2>&1 &
"""
_ROOM = """
mount -t tmpfs -o size=2g tmpfs /tmp
ip link add outside type dummy
ip link set outside up
ip address add 192.0.2.99/24 dev outside
ip route add default via 192.0.2.1
rm /etc/resolv.conf
touch /etc/resolv.conf
"""
"""An API server needs more space than the disk has, and a default route, whose address it advertises.

The hosts of the lab must not have the folder of systemd-resolved, into which a link would lead.
"""
_ENDED = 3
_OUTPUT = "code=0; [[ ! -e {code} ]] || code={ended}; tail -c +{start} /run/lab-tests.output; exit $code"


def run_tests(machine: Machine, arguments: Iterable[str]) -> Iterator[str]:
    """Run pytest in the machine with arguments, and yield its output; a test waits longer if it is emulated."""
    words = " ".join(map(shlex.quote, (*_OPTIONS, *arguments)))
    slowness = _SLOWNESS if is_emulated() else 1
    machine.run(_SCRIPT.format(variable=VARIABLE, slowness=slowness, arguments=words, code=CODE))
    start, runs = 1, True
    while runs:
        time.sleep(_PAUSE)
        done = machine.attempt(_OUTPUT.format(start=start, code=CODE, ended=_ENDED))
        runs, start = done.code != _ENDED, start + len(done.output.encode())
        yield done.output


def main() -> int:
    """Boot a machine, run the tests, and print their output."""
    reason = why_not()
    if reason:
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = [binaries.folder() / program for program in binaries.NAMES]
        with booted(folder, make_disk(folder, programs), megabytes=_MEGABYTES) as machine:
            machine.run(_ROOM)
            for text in run_tests(machine, sys.argv[1:] or ["tests/tunnel"]):
                print(text, end="", flush=True)
            return int(machine.run(f"cat {CODE}"))


if __name__ == "__main__":
    sys.exit(main())

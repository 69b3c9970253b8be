"""The script of a probe, which a pod runs with BusyBox, and the report that it writes."""

import re
from collections.abc import Mapping

from kgctl_py.value import Value

SCRIPT = """\
domain=$1 dns=$2 api=$3 out=${OUT:-/dev/termination-log} log=${LOG:-/tmp/answer} number=0
shift 3
for ip; do
  (
    small=0 large=0
    ping -c 4 -W 2 -s 56 "$ip" > /dev/null 2>&1 && small=1
    [ $small = 0 ] || { ping -c 4 -W 2 -s 1372 "$ip" > /dev/null 2>&1 && large=1; }
    echo "$number $small $large" >> "$out"
  ) &
  number=$((number + 1))
done
if [ -n "$dns" ]; then
  (
    answered=0
    timeout 12 nslookup "kubernetes.default.svc.$domain" "$dns" 2>&1 |
      grep -q -e Name: -e "server can't find" && answered=1
    echo "dns $answered" >> "$out"
  ) &
fi
ask() {
  timeout 12 wget -q -O /dev/null "$@" > "$log" 2>&1
  status=$?
  [ $status = 0 ] || grep -q "server returned error: HTTP/" "$log"
}
timed_out() {
  [ $status = 143 ] || [ $status = 124 ]
}
if [ -n "$api" ]; then
  answered=0
  if ask --no-check-certificate "https://$api/livez"; then
    answered=1
  elif ! timed_out && ask "http://$api/livez"; then
    answered=1
  fi
  echo "api $answered" >> "$out"
fi
wait
"""
"""Calls each address with small and large packets, and asks the DNS server and the API server.

Linux does not fragment the packets. The image of Kilo has BusyBox, whose nslookup "can't find" a name if the
server responds with an error, and whose wget prints the status of a refused request, which is also a response.
If wget has no TLS that the server accepts, it asks without TLS, and an API server responds with status 400.
It does not do this after a timeout, because the small response would hide that large packets of the handshake
are lost.
wget prints to a file: its helper for TLS can run longer than wget, and would keep a pipe open.
"""

_CALLED = re.compile(r"(\d{1,4}) ([01]) ([01])")
_ASKED = re.compile(r"(dns|api) ([01])")


class Call(Value, frozen=True):
    """Whether an address responds to small packets, and to large ones."""

    small: bool
    large: bool


class Report(Value, frozen=True, kw_only=True):
    """The report of a pod: its calls by the number of the address, and whether each tested Service responds."""

    calls: Mapping[int, Call]
    dns: bool | None = None
    api_server: bool | None = None


def parse_report(text: str) -> Report:
    """Return the report of a pod; lines in another form are ignored."""
    calls = {
        int(found[1]): Call(found[2] == "1", found[3] == "1")
        for found in map(_CALLED.fullmatch, text.splitlines())
        if found
    }
    answers = {found[1]: found[2] == "1" for found in map(_ASKED.fullmatch, text.splitlines()) if found}
    return Report(calls=calls, dns=answers.get("dns"), api_server=answers.get("api"))

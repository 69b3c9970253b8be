"""One hint followed: a fault on an API server, its hint, what it changes, and what is found afterwards."""

import dataclasses
import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgctl_py.findings import Code
from tests.api.server import ADMIN, ApiServerProcess
from tests.cli.kgctl import kgctl, kgctl_program
from tests.findings.cases import File, Served
from tests.hints.cases import BY_HAND, EDITOR, NOT_RUN, REVEALS
from tests.hints.live_mesh import put, state

SHOWS_MORE = "It only shows more."
BY_COMMAND = "yes"
IN_WORDS = "yes, done by hand"
_READ_ONLY = re.compile(r"kubectl (?:--kubeconfig \S+ )?(?:-n \S+ )?(?:get|logs) |ip route get ")
_PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")
_COMMAND = re.compile(r"\b(?:kubectl|sudo|wg-quick up|ping|ip route|kgctl (?:peer )?[a-z]+ (?:peer )?[A-Z-])")

_REVEALED: set[Code] = {Code.PEER_UNSEEN}
"""What is found of a peer that was not part of the mesh and now is."""

Found = set[tuple[str, str, str]]


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of the table: what a finding advises, and whether that heals it."""

    code: Code
    hint: str
    healed: str


@dataclasses.dataclass(frozen=True)
class User:
    """Somebody with a shell, kubectl, and kgctl, who chooses the server with --kubeconfig."""

    server: ApiServerProcess
    folder: Path

    def run(self, command: str, *, is_typed: bool = False) -> None:
        """Paste a command into the shell, which chooses no cluster unless it is typed; it must succeed."""
        programs = {
            "kgctl": f'#!/bin/sh\nexec {" ".join(kgctl_program())} "$@"\n',
            "sudo": '#!/bin/sh\nexec "$@"\n',
            "editor": EDITOR,
        }
        for name, text in programs.items():
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o755)
        environment = os.environ | {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.server.kubeconfig()) if is_typed else "/missing",
            "KUBE_EDITOR": str(self.folder / "editor"),
        }
        shell = ["bash", "-e", "-o", "pipefail", "-c", command]
        done = subprocess.run(
            shell, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"

    def check(self, *options: str, user: str = ADMIN) -> list[dict[str, Any]]:
        """Return the findings of `kgctl check`."""
        kubeconfig = str(self.server.kubeconfig(user))
        return findings_in(json.loads(kgctl("--kubeconfig", kubeconfig, "check", "-o", "json", *options).stdout))

    def reached(self, *options: str) -> set[tuple[str, str]]:
        """Return the pairs of members that reach each other."""
        args = ("--kubeconfig", str(self.server.kubeconfig()), "reach", "-o", "json", "--no-resolve", *options)
        run = kgctl(*args)
        if run.exit_code:
            return set()
        connections = json.loads(run.stdout)["connections"]
        return {(one["from"]["name"], one["to"]["name"]) for one in connections if one["verdict"] == "yes"}


def findings_in(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all findings of a report."""
    checks = (check for section in report["sections"] for check in section["checks"])
    return [finding for check in checks for finding in check["findings"]]


def check_words(finding: Mapping[str, Any]) -> None:
    """A command can be pasted as it is, and words do not look like a command."""
    hint, command = finding["hint"], finding["command"]
    assert hint, finding
    assert not _PLACEHOLDER.search(command), command
    assert not _COMMAND.search(hint.removesuffix(command)), hint


def healing(user: User, code: Code, number: int, trigger: File | Served) -> Row:
    """Put the fault of a case on the server, and do what the hint of its finding says."""
    options = trigger.options if isinstance(trigger, File) else ()
    resolve = () if code is Code.DNS_FAIL else ("--no-resolve",)
    before = user.check(*options, *resolve) if put(user.server, trigger.objects) else []
    if code not in {one["code"] for one in before}:  # this server refuses it, or drops it
        finding = next(one for one in findings_in(trigger.check(user.folder)) if one["code"] == code)
        return row(user, code, finding, NOT_RUN[code])
    finding = next(one for one in before if one["code"] == code)
    check_words(finding)
    if finding["hint"].startswith("add --"):
        options = (*options, *finding["hint"].removeprefix("add ").split())
        assert _all(user.check(*options, *resolve)) == _all(before) - {_one(finding)}
        return row(user, code, finding, IN_WORDS)
    not_run = NOT_RUN.get((code, number)) or NOT_RUN.get(code, "")
    by_hand = BY_HAND.get((code, number), BY_HAND.get(code, "")) if not finding["command"] else ""
    if code is Code.KG_POD or not (by_hand or finding["command"]):
        assert not_run, finding
        return row(user, code, finding, not_run)
    return _followed(user, code, finding, by_hand, (*options, *resolve), _all(before))


def _followed(
    user: User, code: Code, finding: Mapping[str, Any], by_hand: str, options: tuple[str, ...], before: Found
) -> Row:
    old_state, old_reach = state(user.server), user.reached()
    user.run(finding["command"] or by_hand, is_typed=not finding["command"])
    after, new_state = _all(user.check(*options)), state(user.server)
    if _READ_ONLY.match(finding["command"]):
        assert new_state == old_state
        return row(user, code, finding, SHOWS_MORE)
    news = {one for one in after - before if one[0] not in _REVEALED | REVEALS.get(code, set())}
    assert not news, (finding["hint"], news)
    assert _one(finding) not in after, finding
    assert old_reach <= user.reached(), (finding["hint"], old_reach - user.reached())
    if finding["command"]:
        changed = {one for one in old_state.keys() | new_state if old_state.get(one) != new_state.get(one)}
        assert changed == {(finding["subject"]["kind"], finding["subject"]["name"])}, changed
    return row(user, code, finding, BY_COMMAND if finding["command"] else IN_WORDS)


def row(user: User, code: Code, finding: Mapping[str, Any], healed: str) -> Row:
    """Return a row with the hint for somebody who needs no --kubeconfig."""
    chosen = re.compile(rf" --(?:kubeconfig|from-file) {re.escape(str(user.folder))}\S*")
    return Row(
        code,
        chosen.sub("", finding["hint"]).replace(", in the live cluster", "").replace(" in the live cluster:", ":"),
        healed,
    )


def _all(findings: list[dict[str, Any]]) -> Found:
    return {_one(finding) for finding in findings}


def _one(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    return finding["code"], finding["subject"]["kind"], finding["subject"]["name"]

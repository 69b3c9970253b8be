"""Find passwords in command lines: the options of each program that have a password as their value."""

import re
from collections.abc import Iterator

from kgctl_py.redacted_text.argument_lists import as_command_lines
from kgctl_py.redacted_text.secret_names import MARK as _MARK

_WORD = r"""(?:"[^"\n]*+"?|'[^'\n]*+'?|[^\s"'|;&])++"""
_QUOTED = r"""(?:"[^"\n]*+"|'[^'\n]*+')"""
_START = r"(?<!\S)"
_READS = r"(?:\bchpasswd\b|\bsudo\b[^|;&]{0,40}?[ \t]-[a-zA-Z]{0,5}S\b|--password-stdin\b)"
"""What reads a password from the command before it."""
_PASSWORDS = (
    (r"mysql\w*|mariadb[\w-]*|percona\w*", rf"{_START}-p(?=\S)"),
    (r"mongo\w*|cqlsh|sqlcmd|influx|ipmitool|(?:un)?zip|mosquitto_\w+", rf"{_START}-[pP][ \t]*+"),
    (r"7z\w?|rar|unrar|sshpass", rf"{_START}-p[ \t]*+"),
    (
        r"(?:docker|podman|nerdctl|helm|oras|buildah|skopeo|az|oc|argocd)\b[^|;&]{0,80}?\blogin",
        rf"{_START}-p[ \t]*+",
    ),
    (r"nodetool|plink|pscp|winscp", rf"{_START}-pw[ \t]++"),
    (r"jmxterm|psexec\w*", rf"{_START}-p[ \t]++"),
    (r"keytool|jarsigner|java\w*", rf"{_START}-\w{{0,20}}(?:store|key)pass[ \t]++"),
    (r"redis-cli|valkey-cli", rf"{_START}-a[ \t]*+"),
    (r"ldap\w+", rf"{_START}-w[ \t]*+"),
    (r"snmp\w+", rf"{_START}-[AXc][ \t]*+"),
    (r"curl|wget", rf"{_START}(?:-[a-zA-Z]{{0,9}}u|-U|--user|--proxy-user|-b|--cookie)[ \t=]*+"),
    (r"crictl|skopeo|oras|podman|buildah|ctr", rf"{_START}--(?:src-|dest-)?creds[ \t=]++"),
    (r"crictl|skopeo|oras|podman|buildah|ctr", rf"{_START}(?:--user|-u)[ \t=]++(?=[^\s:]++:)(?!\d++:\d++(?!\S))"),
    (r"etcdctl", rf"{_START}--user[ \t=]++"),
    (r"smb\w+|rpcclient|net", rf"{_START}-U[ \t]*+[^\s%]++%"),
    (r"(?i:net)", rf"{_START}(?i:/user):\S++[ \t]++(?=[^\s/])"),
    (r"(?i:net)", r"\b(?i:use)[ \t]++(?:(?:[a-zA-Z]:|\*)[ \t]++)?+\\\\\S++[ \t]++(?=[^\s/])"),
    (
        r"(?i:net)",
        rf"\b(?i:net(?:\.exe)? ++user)[ \t]++[^\s/]\S*+[ \t]++(?=(?:{_QUOTED}|[^\s/]\S*+)(?:[ \t]++/|[ \t]*+$))",
    ),
    (r"htpasswd", rf"{_START}-\w{{0,4}}b\w{{0,4}}[ \t]++(?:[^\s-]\S*+[ \t]++){{1,2}}(?=\S)"),
    (r"rabbitmqctl|rabbitmqadmin", r"\b(?:add_user|change_password)[ \t]++\S++[ \t]++"),
    (r"wpa_passphrase", r"\bwpa_passphrase[ \t]++\S++[ \t]++"),
    (r"vault|bao", r"\blogin[ \t]++(?:-\S++[ \t]++){0,4}"),
    (r"kubectl|k3s|oc|create", r"--from-literal[ =][^\s=]++="),
    (r"openssl", r"\bpass:"),
    (r"echo", rf"\becho[ \t]++(?:-\S++[ \t]++){{0,2}}(?={_WORD}[^|;&]{{0,200}}+\|[^|;&]{{0,200}}?{_READS})"),
)
"""The programs, and the text before a password in their command lines."""
_BEFORE = r"(?<![\w.-])"
"""The start of a command, its folder, or a program that runs another."""
_END = re.compile(r"""(?:[^|;&"'\\]|\\.?|"(?:[^"\\]|\\.)*+"?|'[^']*+'?|(?<=[<>])[&|]|&(?=[^\s&]))*+""")

_RULES = tuple(
    (re.compile(rf"{_BEFORE}(?P<program>{programs})(?![\w-])"), re.compile(f"({before}){_WORD}"))
    for programs, before in _PASSWORDS
)
_PARTS = (
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "cqlsh",
    "sqlcmd",
    "influx",
    "ipmitool",
    "zip",
    "mosquitto_",
    "7z",
    "rar",
    "sshpass",
    "nodetool",
    "jmxterm",
    "psexec",
    "plink",
    "pscp",
    "winscp",
    "keytool",
    "jarsigner",
    "java",
    "login",
    "redis-cli",
    "valkey-cli",
    "ldap",
    "snmp",
    "curl",
    "wget",
    "crictl",
    "skopeo",
    "oras",
    "podman",
    "buildah",
    "ctr ",
    "etcdctl",
    "smb",
    "rpcclient",
    "net ",
    "net.exe ",
    "NET ",
    "NET.EXE ",
    "Net ",
    "Net.exe ",
    "htpasswd",
    "rabbitmq",
    "wpa_passphrase",
    "--from-literal",
    "openssl",
    "echo ",
)
"""A part of each of these programs, which is found quickly."""


def without_passwords(text: str) -> str:
    """Return a text with a marker in place of each password in a command line."""
    if not any(part in text for part in _PARTS):
        return text
    parts, done, start = [], 0, 0
    for line in as_command_lines(text).split("\n"):
        if any(part in line for part in _PARTS):
            for secret, end in sorted(
                span for program, password in _RULES for span in _passwords(line, program, password)
            ):
                parts += [text[done : start + secret], _MARK] if start + secret >= done else []
                done = max(done, start + end)
        start += len(line) + 1
    return "".join((*parts, text[done:]))


def _passwords(line: str, program: re.Pattern[str], password: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each password that follows a program in the same command."""
    done = 0
    command, secret = program.search(line), password.search(line)
    while command and secret:
        start, end = command.start("program"), _end(line, command.end())
        if secret.start() < start:
            secret = password.search(line, start)
        while secret and secret.start() < end:
            done = secret.end()
            yield secret.end(1), done
            end = end if done <= end else _end(line, done)  # a separator in quotes ends no command
            secret = password.search(line, done)
        command = program.search(line, end)


def _end(line: str, start: int) -> int:
    separator = _END.match(line, start)
    return separator.end() if separator else len(line)

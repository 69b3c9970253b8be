"""Passwords in command lines, by the options of the programs that take them."""

import re

_MARK = "(redacted)"
_WORD = r"""(?:"[^"\n]*+"?|'[^'\n]*+'?|[^\s"'|;&]++)"""
_START = r"(?<!\S)"
_PASSWORDS = (
    (r"mysql\w*|mariadb[\w-]*|percona\w*", rf"{_START}-p(?=\S)"),
    (r"mongo\w*|cqlsh|sqlcmd|influx|ipmitool|(?:un)?zip|mosquitto_\w+", rf"{_START}-[pP][ \t]*+"),
    (r"7z\w?|rar|unrar|sshpass", rf"{_START}-p[ \t]*+"),
    (r"(?:docker|podman|nerdctl|helm|oras|buildah|skopeo|az|oc|argocd)\b.{0,80}?\blogin", rf"{_START}-p[ \t]*+"),
    (r"redis-cli|valkey-cli", rf"{_START}-a[ \t]*+"),
    (r"ldap\w+", rf"{_START}-w[ \t]*+"),
    (r"snmp\w+", rf"{_START}-[AXc][ \t]*+"),
    (r"curl|wget|http", rf"{_START}(?:-[a-zA-Z]{{0,9}}u|-U|--proxy-user|-b|--cookie)[ \t=]*+"),
    (r"crictl|skopeo|oras|podman|buildah|ctr", rf"{_START}(?:--(?:src-|dest-)?creds|--user|-u)[ \t=]++"),
    (r"etcdctl", rf"{_START}--user[ \t=]++"),
    (r"smb\w+|rpcclient|net", rf"{_START}-U[ \t]*+[^\s%]++%"),
    (r"net", rf"{_START}/user:\S++[ \t]++"),
    (r"htpasswd", rf"{_START}-\w{{0,4}}b\w{{0,4}}[ \t]++(?:[^\s-]\S*+[ \t]++){{1,2}}(?=\S)"),
    (r"rabbitmqctl|rabbitmqadmin", r"\b(?:add_user|change_password)[ \t]++\S++[ \t]++"),
    (r"wpa_passphrase", r"\bwpa_passphrase[ \t]++\S++[ \t]++"),
    (r"vault|bao", r"\blogin[ \t]++(?:-\S++[ \t]++){0,4}"),
    (r"secret", r"--from-literal[ =][^\s=]++="),
    (r"openssl", r"\bpass:"),
    (r"chpasswd|sudo|--password-stdin", r"\becho[ \t]++(?:-\S++[ \t]++){0,2}"),
)
"""The programs, and what stands before a password in a command line of theirs."""

_RULES = tuple(
    (re.compile(rf"(?<![\w-])(?:{programs})(?![\w-])"), re.compile(f"({before}){_WORD}"))
    for programs, before in _PASSWORDS
)
_PARTS = (
    *(
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
    ),
    *(
        "sshpass",
        "login",
        "redis-cli",
        "valkey-cli",
        "ldap",
        "snmp",
        "curl",
        "wget",
        "http ",
        "crictl",
        "skopeo",
        "oras",
    ),
    *(
        "podman",
        "buildah",
        "ctr ",
        "etcdctl",
        "smb",
        "rpcclient",
        "net ",
        "htpasswd",
        "rabbitmq",
        "wpa_passphrase",
    ),
    *("secret", "openssl", "chpasswd", "sudo", "--password-stdin"),
)
"""A part of each of these programs, which is found quickly."""


def without_passwords(text: str) -> str:
    """Return a text with a marker in place of each password in a command line."""
    parts = [part for part in _PARTS if part in text]
    if not parts:
        return text
    return "\n".join(
        _without_passwords(line) if any(part in line for part in parts) else line for line in text.split("\n")
    )


def _without_passwords(line: str) -> str:
    for program, password in _RULES:
        if program.search(line):
            line = password.sub(rf"\1{_MARK}", line)
    return line

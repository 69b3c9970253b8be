"""What main commands show on terminals, recorded in files: `python -m tests.docs.made` records them again."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cli.in_terminal import Shown, kgctl_program_in_terminal

RECORDED = Path(__file__).parent / "recorded"
FILE = ("--from-file", "docs/example-cluster.yaml")
SCREENS: Mapping[str, tuple[str, ...]] = {
    "help": ("--help",),
    "get-all": (*FILE, "get", "all"),
    "get-all-wide": (*FILE, "get", "all", "-o", "wide"),
    "tree": (*FILE, "get", "locations", "--tree"),
    "check": (*FILE, "check"),
    "check-short": (*FILE, "check", "-o", "short"),
    "check-verbose": (*FILE, "check", "--verbose"),
    "info": (*FILE, "info"),
    "trace": (*FILE, "trace", "laptop", "berlin-2"),
    "trace-no": (*FILE, "trace", "laptop", "phone"),
    "reach": (*FILE, "reach"),
    "whois": (*FILE, "whois", "10.42.2.17"),
    "showconf": (*FILE, "showconf", "peer", "laptop", "-o", "wg-quick"),
    "lint": ("lint", "docs/example-cluster.yaml"),
    "peer-add": (*FILE, "peer", "add", "zed", "--dry-run", "client"),
    "unknown-name": (*FILE, "showconf", "peer", "lapto"),
    "unknown-command": (*FILE, "showconf", "laptop"),
    "custom-columns": (*FILE, "get", "peers", "-o", "custom-columns=NAME:.metadata.name,KEY:.status.publicKey"),
}
PLAIN = {"COLUMNS": "", "LINES": ""}
VARIANTS: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    ("80 columns", 80, PLAIN),
    ("200 columns", 200, PLAIN),
)


def text_of(arguments: tuple[str, ...]) -> str:
    """Give what a command shows in each variant, escape sequences made visible; what is the same stands once."""
    seen: dict[str, str] = {}
    return "".join(_sections(arguments, seen))


def _sections(arguments: tuple[str, ...], seen: dict[str, str]) -> Iterator[str]:
    for title, columns, env in VARIANTS:
        text = _text(kgctl_program_in_terminal(*arguments, columns=columns, env=env))
        same = seen.setdefault(text, title)
        yield f"==> {title} <==\n" + (text if same == title else f"(as {same})\n") + "\n"


def _text(shown: Shown) -> str:
    stderr = "".join(f"stderr: {line}\n" for line in shown.stderr.splitlines())
    code = f"exit code: {shown.exit_code}\n" if shown.exit_code else ""
    return shown.stdout.replace("\033", "␛") + stderr + code


def record() -> None:
    """Record all screens, two at a time."""
    RECORDED.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        texts = pool.map(text_of, SCREENS.values())
    for name, text in zip(SCREENS, texts, strict=True):
        (RECORDED / f"{name}.txt").write_text(text, encoding="utf-8")

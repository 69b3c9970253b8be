"""The combinations on the page about installing are those of `kgctl manifests`."""

import re

from kgctl_py.kilo.install.installation import Cni, Distribution, WireGuard
from kgctl_py.kilo.install.peer_schema import MAX_ADDRESS, MAX_ALLOWED_IPS
from kgctl_py.kilo.install.supported_choices import SHIPPED
from tests.docs.pages import DOCS

PAGE = (DOCS / "install.md").read_text()


def test_its_table_names_the_combinations_that_kilo_ships() -> None:
    header, *rows = re.findall(r"^\| .*? \|.*$", PAGE, re.MULTILINE)
    cnis = [Cni(cni) for cni in re.findall(r"--cni (\w+)", header)]
    told = set()
    for row in rows:
        distribution, *cells = (cell.strip(" `") for cell in row.strip("|").split("|"))
        for cni, cell in zip(cnis, cells, strict=True):
            told |= {(Distribution(distribution), cni, WireGuard(word)) for word in cell.split(", ") if word}
    assert told == SHIPPED.keys()


def test_it_states_the_limits_that_are_stricter_than_kilo() -> None:
    assert f"at most {MAX_ALLOWED_IPS:,} allowed IPs of at most {MAX_ADDRESS} characters" in PAGE

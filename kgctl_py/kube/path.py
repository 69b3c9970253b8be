"""Paths in the API of Kubernetes, built from names that can come from a server."""

from urllib.parse import quote

from kgctl_py.errors import KgctlError


def path_segment(name: str) -> str:
    """Return a name as one segment of a path; raise KgctlError if it would change the path."""
    if name in ("", ".", "..") or set("/%") & set(name):  # Kubernetes' own rule, "Path Segment Names"
        raise KgctlError(f'"{name}" cannot be the name of an object')
    return quote(name, safe="", errors="surrogatepass")

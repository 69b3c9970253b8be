"""Plain data as YAML or JSON text, for other programs to read."""

import json
from collections.abc import Mapping
from typing import Any


def as_json(value: Mapping[str, Any]) -> str:
    """Give JSON indented by two spaces, keys in the order given, and a final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_yaml(value: Mapping[str, Any]) -> str:
    """Give YAML in block style with its keys sorted, as Kubernetes' tools print it."""
    import yaml

    return yaml.safe_dump(value, sort_keys=True, allow_unicode=True, default_flow_style=False)

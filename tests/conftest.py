"""What holds for all tests: in CI a skip is a failure, and the number skipped is always printed.

Hypothesis tries the same cases in every run, few by default and more in CI; `pytest --hypothesis-profile=thorough`
looks for new ones.
"""

import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import kgctl_py
from kgctl_py.kube.auth import credentials

# A busy machine takes long for anything, so no example is too slow.
_PATIENT: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("quick", derandomize=True, max_examples=10, **_PATIENT)
hypothesis.settings.register_profile("ci", derandomize=True, max_examples=100, **_PATIENT)
hypothesis.settings.register_profile("thorough", max_examples=2000, **_PATIENT)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "quick")

# Modules and collected tests are 300,000 objects that stay; by default, Python looks at all of them very often.
# They are not frozen: on Python 3.14, Hypothesis does not see frozen objects, and a first test fails.
gc.set_threshold(10_000, 20, 20)

if sys.dont_write_bytecode:  # a fifth of a run would be compiling: each kgctl that a test starts begins with it
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": sys.pycache_prefix}

# jsonschema imports it for the format "iri", which no test checks; in each worker, that would take 3 s.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment] # "not installed"


def pytest_xdist_auto_num_workers() -> int:
    """Start two workers for each core, at most 16: many tests wait for programs and servers.

    In CI, one more than there are cores: with 100 examples of each property, the tests compute most of the time.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1 if os.environ.get("CI") == "true" else min(2 * cores, 16)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the benchmarks out unless they are asked for; to pytest-benchmark they would be skipped tests."""
    if not config.getoption("benchmark_only"):
        benchmarks = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in benchmarks]
        config.hook.pytest_deselected(items=benchmarks)


def pytest_collection_finish() -> None:
    """Load all of kgctl: Hypothesis takes constants from what is loaded, which else depends on earlier tests."""
    for module in pkgutil.walk_packages(kgctl_py.__path__, "kgctl_py."):
        importlib.import_module(module.name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"skipped: {len(terminalreporter.stats.get('skipped', ()))}")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a failure of a skip where CI=true: there nothing may be missing."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"CI skips nothing: {reason}"


@pytest.fixture(params=["direct", "negotiated"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ask API servers by kgctl's own client, and by the package `kubernetes`, which is for proxies alone."""
    if request.param == "negotiated":
        monkeypatch.setattr(credentials, "may_need_proxy", lambda _: True)
    return str(request.param)

import pytest

from kgctl_py.peers.parse_expiry import parse_expiry

NOW = 1_767_258_000  # 2026-01-01 09:00 UTC


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("30m", "2026-01-01T09:30:00Z"),
        ("12h", "2026-01-01T21:00:00Z"),
        ("7d", "2026-01-08T09:00:00Z"),
        ("2w", "2026-01-15T09:00:00Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("2026-01-02T03:04+01:00", "2026-01-02T02:04:00Z"),
        ("2026-01-01T09:00:01Z", "2026-01-01T09:00:01Z"),
    ],
)
def test_a_duration_a_date_and_a_time_are_read(text: str, time: str) -> None:
    assert parse_expiry(text, NOW) == time


@pytest.mark.parametrize("text", ["", "7", "0d", "7y", "-1d", "soon", "2026-13-01", "99999999d", "7d ", "\u0667d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration, a date, or never"):
        parse_expiry(text, NOW)


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T09:00Z", "1999-01-01"])
def test_a_time_that_is_over_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is in the past"):
        parse_expiry(text, NOW)

"""Parse the time at which a Peer expires, or an age: a duration such as 7d, a date, or a time."""

import datetime
import re

_DURATION = re.compile(r"([1-9]\d{0,4})([mhdw])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_expiry(text: str, now: float) -> str:
    """Return the time of a duration such as `7d`, a date, or a time, in UTC as in RFC 3339; raise ValueError.

    A date without a time means its first second in UTC. The result must be after the Unix time `now`.
    """
    seconds = parse_duration(text)
    if seconds is not None:
        return _rfc3339(datetime.datetime.fromtimestamp(now + seconds, datetime.UTC))
    try:
        time = _parse(text)
    except (ValueError, OverflowError):
        raise ValueError("is not a duration, a date, or never") from None
    if time.timestamp() <= now:
        raise ValueError("is in the past")
    return _rfc3339(time)


def parse_duration(text: str) -> int | None:
    """Return the seconds of a duration such as `7d`; None for any other text."""
    match = _DURATION.fullmatch(text)
    return int(match[1]) * _SECONDS[match[2]] if match else None


def parse_date(text: str) -> str:
    """Return a date or a time in UTC as in RFC 3339, also one in the past; raise ValueError.

    A duration is refused, because it would end later each time that it is read.
    """
    if parse_duration(text) is not None:
        raise ValueError("is a duration, which would start again at each run; use a date")
    try:
        return _rfc3339(_parse(text))
    except (ValueError, OverflowError):
        raise ValueError("is not a date such as 2027-01-31") from None


def _parse(text: str) -> datetime.datetime:
    time = datetime.datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)


def _rfc3339(time: datetime.datetime) -> str:
    # not strftime, which writes the year 1 without zeros, and then a Peer would never expire
    return time.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

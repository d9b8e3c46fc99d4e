"""Days, weeks and months that have passed, at the midnights of the household."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


_RECENTLY = timedelta(days=14)


class Period(NamedTuple):
    """From `since` on and before `until`, aware; None where it is open."""

    since: datetime | None
    until: datetime | None


def _midnight(now: datetime, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=now.tzinfo)


def _days(now: datetime, first: date, count: int) -> Period:
    return Period(_midnight(now, first), _midnight(now, first + timedelta(days=count)))


def _months(now: datetime, back: int, count: int = 1) -> Period:
    """Return whole months, the first of them so many before this one."""
    first = now.year * 12 + now.month - 1 - back
    ends = (date(at // 12, at % 12 + 1, 1) for at in (first, first + count))
    since, until = (_midnight(now, end) for end in ends)
    return Period(since, until)


_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24)}


def part_of_day(now: datetime, day: date, part: str) -> Period:
    """Return the morning, afternoon, evening or night (until six) of a day."""
    if part == "night":
        until = datetime.combine(day + timedelta(days=1), time(6), tzinfo=now.tzinfo)
        return Period(datetime.combine(day, time(18), tzinfo=now.tzinfo), until)
    first, last = _PARTS[part]
    since = datetime.combine(day, time(first), tzinfo=now.tzinfo)
    if last == 24:
        return Period(since, _midnight(now, day + timedelta(days=1)))
    return Period(since, datetime.combine(day, time(last), tzinfo=now.tzinfo))


_DAYS_AGO = {"today": 0, "this": 0, "yesterday": 1, "day_before_yesterday": 2}


def of_key(key: str, now: datetime) -> Period | None:
    """Return the period of a key of `PastWords.times`, or a day's, with its part."""
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    match key:
        case "last_night":
            return part_of_day(now, today - timedelta(days=1), "night")
        case "this_week":
            return _days(now, monday, 7)
        case "last_week":
            return _days(now, monday - timedelta(days=7), 7)
        case "last_weekend":
            return _days(now, monday - timedelta(days=2), 2)
        case "weekend":
            back = 2 if today.weekday() < 5 else -5
            return _days(now, monday - timedelta(days=back), 2)
        case "this_month":
            return _months(now, 0)
        case "last_month":
            return _months(now, 1)
        case "this_year":
            return _months(now, now.month - 1, 12)
        case "last_year":
            return _months(now, now.month + 11, 12)
        case "earlier":
            return Period(_midnight(now, today), now)
        case "recently":
            return Period(_midnight(now, today - _RECENTLY), now)
    day, _, part = key.rpartition("_")
    if key in _DAYS_AGO and key != "this":
        return _days(now, today - timedelta(days=_DAYS_AGO[key]), 1)
    if day in _DAYS_AGO and (part in _PARTS or part == "night"):
        return part_of_day(now, today - timedelta(days=_DAYS_AGO[day]), part)
    return None


def on_weekday(now: datetime, weekday: int) -> Period:
    """Return the latest such day before today."""
    today = now.date()
    back = (today.weekday() - weekday - 1) % 7 + 1
    return _days(now, today - timedelta(days=back), 1)


def in_month(
    now: datetime, month: int, day: int | None, *, before_now: bool
) -> Period | None:
    """Return the latest such month, or day in it; `before_now`: not this one."""
    back = (now.month - month) % 12
    if day is not None:
        return _on_day(now, month, day)
    return _months(now, back or (12 if before_now else 0))


def _on_day(now: datetime, month: int, day: int) -> Period | None:
    for year in range(now.year, now.year - 8, -1):  # a 29 February may be eight away
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= now.date():
            return _days(now, found, 1)
    return None


_DURATIONS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}


def units_ago(now: datetime, unit: str, count: int) -> Period:
    """Return the day, week, month or year so many ago, or one hour or so around it."""
    today = now.date()
    if unit == "day":
        return _days(now, today - timedelta(days=count), 1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * count)
        return _days(now, monday, 7)
    if unit == "month":
        return _months(now, count)
    if unit == "year":
        return _months(now, now.month - 1 + 12 * count, 12)
    # Nobody knows the minute: half as long again on both sides.
    length = count * _DURATIONS[unit]
    zone = now.tzinfo
    since = (now.astimezone(UTC) - length * 3 / 2).astimezone(zone)
    return Period(since, (now.astimezone(UTC) - length / 2).astimezone(zone))


def last_units(now: datetime, unit: str, count: int) -> Period:
    """Return the time from so many units ago until now."""
    today = now.date()
    match unit:
        case "day":
            return Period(_midnight(now, today - timedelta(days=count)), now)
        case "week":
            return Period(_midnight(now, today - timedelta(weeks=count)), now)
        case "month":
            return Period(_months(now, count).since, now)
        case "year":
            return Period(_months(now, 12 * count).since, now)
    since = now.astimezone(UTC) - count * _DURATIONS[unit]
    return Period(since.astimezone(now.tzinfo), now)

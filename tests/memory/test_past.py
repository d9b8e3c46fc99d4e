"""Questions for earlier talks are told from others, with their topic and time."""

from datetime import UTC, datetime
import re
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.memory.past import Past, find_past, period
from custom_components.ai_memory.memory.periods import Period
from custom_components.ai_memory.memory.words import LANGUAGES
from tests.memory.ha_sentences import COMMANDS, sample
from tests.memory.past_said import NO_PAST, PAST
from tests.memory.utterances import NO_QUESTIONS, QUESTIONS, STATEMENTS, lines

ZONE = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=ZONE)  # a Wednesday


def _at(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZONE)  # type: ignore[misc,arg-type]


TIMES: dict[str, Period] = {
    "": Period(None, None),
    "today": Period(_at(2026, 11, 18), _at(2026, 11, 19)),
    "yesterday": Period(_at(2026, 11, 17), _at(2026, 11, 18)),
    "two days ago": Period(_at(2026, 11, 16), _at(2026, 11, 17)),
    "three days ago": Period(_at(2026, 11, 15), _at(2026, 11, 16)),
    "Friday": Period(_at(2026, 11, 13), _at(2026, 11, 14)),
    "this morning": Period(_at(2026, 11, 18), _at(2026, 11, 18, 12)),
    "yesterday evening": Period(_at(2026, 11, 17, 18), _at(2026, 11, 18)),
    "last week": Period(_at(2026, 11, 9), _at(2026, 11, 16)),
    "two weeks": Period(_at(2026, 11, 4), NOW),
    "October": Period(_at(2026, 10, 1), _at(2026, 11, 1)),
    "last month": Period(_at(2026, 10, 1), _at(2026, 11, 1)),
    "3 November": Period(_at(2026, 11, 3), _at(2026, 11, 4)),
}


def test_enough_is_labelled() -> None:
    assert set(PAST) == set(NO_PAST) == set(LANGUAGES)
    for table, least in ((PAST, 8), (NO_PAST, 6)):
        said = [language for language, _ in lines(table)]
        assert all(said.count(language) >= least for language in LANGUAGES)


@pytest.mark.parametrize(("language", "line"), lines(PAST))
def test_past(language: str, line: str) -> None:
    marked, _, when = (part.strip() for part in line.partition("|"))
    topic = re.search(r"\[([^]]+)\]", marked)
    text = re.sub(r"[][]", "", marked)
    expected = Past(topic[1] if topic else None, *TIMES[when])
    assert find_past(text, language, NOW) == expected
    asked = find_past(f"{text}?", language, NOW)
    assert asked == expected


@pytest.mark.parametrize(("language", "text"), lines(NO_PAST))
def test_no_past(language: str, text: str) -> None:
    assert find_past(text, language, NOW) is None


@pytest.mark.parametrize("table", [QUESTIONS, NO_QUESTIONS, STATEMENTS])
def test_other_words_ask_for_no_past(table: dict[str, str]) -> None:
    found = [text for language, text in lines(table) if find_past(text, language, NOW)]
    assert found == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_sentences_of_home_assistant_ask_for_no_past(language: str) -> None:
    intents = (*COMMANDS, "HassGetState", "HassListAddItem", "HassStartTimer")
    said = sample(language, intents, 100)
    assert len(said) >= 500
    assert [text for text in said if find_past(text, language, NOW)] == []


def test_a_language_that_is_not_known() -> None:
    assert find_past("what did I ask you yesterday", "xx", NOW) is None
    assert find_past("what did I ask you yesterday", None, NOW) is None
    assert period("yesterday", "xx", NOW) == TIMES["yesterday"]
    assert period("gestern", "xx", NOW) is None


PERIODS = {
    "today": "11-18 11-19",
    "yesterday": "11-17 11-18",
    "day_before_yesterday": "11-16 11-17",
    "this_morning": "11-18 11-18T12",
    "this_afternoon": "11-18T12 11-18T18",
    "this_evening": "11-18T18 11-19",
    "last_night": "11-17T18 11-18T06",
    "yesterday_afternoon": "11-17T12 11-17T18",
    "this_week": "11-16 11-23",
    "last_week": "11-09 11-16",
    "last_weekend": "11-14 11-16",
    "weekend": "11-14 11-16",
    "this_month": "11-01 12-01",
    "last_month": "10-01 11-01",
    "this_year": "01-01 2027-01-01",
    "last_year": "2025-01-01 01-01",
    "earlier": "11-18 11-18T14:30",
    "recently": "11-04 11-18T14:30",
    "wednesday": "11-11 11-12",
    "Thursday": "11-12 11-13",
    "last Wednesday": "11-11 11-12",
    "Tuesday evening": "11-17T18 11-18",
    "five days ago": "11-13 11-14",
    "a week ago": "11-09 11-16",
    "2 weeks ago": "11-02 11-09",
    "two months ago": "09-01 10-01",
    "a year ago": "2025-01-01 01-01",
    "two hours ago": "11-18T11:30 11-18T13:30",
    "20 minutes ago": "11-18T14 11-18T14:20",
    "in the last three days": "11-15 11-18T14:30",
    "the past two hours": "11-18T12:30 11-18T14:30",
    "in november": "11-01 12-01",
    "last november": "2025-11-01 2025-12-01",
    "december": "2025-12-01 01-01",
    "december 24th": "2025-12-24 2025-12-25",
    "on the 29th of february": "2024-02-29 2024-03-01",
}


@pytest.mark.parametrize(("words", "expected"), PERIODS.items())
def test_period(words: str, expected: str) -> None:
    since, until = (
        datetime.fromisoformat(end if end[4] == "-" else f"2026-{end}").replace(
            tzinfo=ZONE
        )
        for end in expected.split()
    )
    assert period(words, "en", NOW) == (since, until)


@pytest.mark.parametrize(
    "words",
    ["", "_", "the boiler", "it may rain", "31 february", "tomorrow", "99999 days ago"],
)
def test_no_period(words: str) -> None:
    assert period(words, "en", NOW) is None


def test_every_key_of_every_language_has_a_period() -> None:
    for language, words in LANGUAGES.items():
        for key, phrases in words.past.times.items():
            expected = period(key, language, NOW)
            assert expected is not None, key
            for phrase in phrases:
                assert period(" ".join(phrase), language, NOW) == expected, phrase


def test_a_weekend_that_goes_on() -> None:
    sunday = datetime(2026, 11, 22, 9, tzinfo=ZONE)
    assert period("this weekend", "en", sunday) == (
        _at(2026, 11, 21),
        _at(2026, 11, 23),
    )
    assert period("last weekend", "en", sunday) == (
        _at(2026, 11, 14),
        _at(2026, 11, 16),
    )


def test_days_begin_at_local_midnight_where_the_clock_changes() -> None:
    now = datetime(2026, 10, 26, 8, tzinfo=ZONE)  # the day behind the change
    day = period("yesterday", "en", now)
    assert day is not None
    since, until = (end.astimezone(UTC) for end in day if end)
    assert (since.hour, until.hour, (until - since).total_seconds()) == (
        22,
        23,
        25 * 3600,
    )
    hours = period("30 hours ago", "en", now)
    assert hours is not None
    assert hours.since
    assert hours.since.astimezone(UTC) == datetime(2026, 10, 24, 10, tzinfo=UTC)


@given(
    st.text(),
    st.sampled_from([*LANGUAGES, None]),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(ZONE)),
)
def test_any_text_is_taken(text: str, language: str | None, now: datetime) -> None:
    found = find_past(text, language, now)
    assert found is None or found.topic is None or found.topic in text
    period(text, language, now)


_SAID = re.sub(r"[][|]", "", " ".join(line for _, line in lines(PAST)))
_WORDS = st.sampled_from(sorted({*_SAID.split(), "999", "31", "29", "february"}))


@given(
    st.lists(_WORDS, max_size=12).map(" ".join),
    st.sampled_from(sorted(LANGUAGES)),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(ZONE)),
)
def test_any_likely_words_are_taken(text: str, language: str, now: datetime) -> None:
    found = find_past(text, language, now)
    when = period(text, language, now)
    assert (
        when is None
        or when.since is None
        or when.until is None
        or (when.since < when.until)
    )
    assert found is None or found.topic != ""

"""Secrets that are known by their shape: tokens, private keys, card numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
import re


class SecretKind(StrEnum):
    """What a secret is."""

    PIN = "pin"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a kind, not one
    TOKEN = "token"  # noqa: S105
    CARD = "card"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret: `text[start:end]`."""

    kind: SecretKind
    start: int
    end: int


# Repetitions are possessive, and begin only where a word does: linear in the text.
_TOKEN = re.compile(
    r"(?<![\w•-])(?:"
    r"eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?+"  # JSON web token, as Home Assistant's
    r"|sk-(?=[A-Za-z_-]{0,40}\d)[\w-]{16,}+"
    r"|(?:sk|rk|pk)_(?:live|test)_\w{12,}+"
    r"|gh[pousr]_[A-Za-z0-9]{16,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)"
    r"|AIza[\w-]{30,}+|ya29\.[\w-]{20,}+"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}+|hf_[A-Za-z0-9]{24,}+|npm_[A-Za-z0-9]{30,}+"
    r"|\d{8,10}:[\w-]{35}(?![\w-])"  # Telegram bot
    r")"
)
_URL_PASSWORD = re.compile(r"://[^\s/:@•]{1,64}+:([^\s/@•]{1,256}+)@")
_WIFI = re.compile(r"\bWIFI:[^\s•]{0,200}?\bP:([^;\s•]{1,128})")
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----")

_DIGITS = re.compile(r"\d+")
_CARD_RUN = re.compile(r"(?<![\w+•])\d(?:[ \u00a0\u202f-]?\d){12,}+")
# First digits by length, of the networks that issue cards.
_CARD_FIRST = {13: "4", 14: "3", 15: "3", 16: "23456", 17: "56", 18: "56", 19: "456"}
_CARD_GROUPS = ((4, 4, 4, 4, 3), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1))
_IBAN = re.compile(r"\b[A-Za-z]{2}\d\d(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?")


def shaped_secrets(text: str) -> Iterator[Secret]:
    """Yield what is a secret whatever stands beside it."""
    for found in _TOKEN.finditer(text):
        yield Secret(SecretKind.TOKEN, *found.span())
    if "://" in text:
        for found in _URL_PASSWORD.finditer(text):
            yield Secret(SecretKind.PASSWORD, *found.span(1))
    if "WIFI:" in text:
        for found in _WIFI.finditer(text):
            yield Secret(SecretKind.PASSWORD, *found.span(1))
    if "-----BEGIN" in text:
        yield from _private_keys(text)
    yield from _cards(text)


def _private_keys(text: str) -> Iterator[Secret]:
    """Yield each private key; one without an end goes on to the end of the text."""
    at = 0
    while begin := _KEY_BEGIN.search(text, at):
        end = _KEY_END.search(text, begin.end())
        at = end.end() if end else len(text)
        yield Secret(SecretKind.KEY, begin.start(), at)


def _cards(text: str) -> Iterator[Secret]:
    runs = list(_CARD_RUN.finditer(text))
    if not runs:
        return
    accounts = list(_ibans(text))
    for run in runs:
        groups = [found.span() for found in _DIGITS.finditer(text, *run.span())]
        if run.end() < len(text) and (text[run.end()].isalnum()):
            groups.pop()
        for start, end in _cards_of_run(text, groups):
            if not any(first < end and start < last for first, last in accounts):
                yield Secret(SecretKind.CARD, start, end)


def _cards_of_run(
    text: str, groups: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield the card numbers of a run of digits: in one piece, grouped, or all of it."""
    rest = 0
    at = 0
    while at < len(groups):
        if length := _card_at(text, groups, at):
            if _is_card(text, groups[rest:at]):
                yield groups[rest][0], groups[at - 1][1]
            yield groups[at][0], groups[at + length - 1][1]
            at = rest = at + length
        else:
            at += 1
    if _is_card(text, groups[rest:]):
        yield groups[rest][0], groups[-1][1]


def _card_at(text: str, groups: list[tuple[int, int]], at: int) -> int:
    """Return how many groups from here on are a card number as one is written."""
    first = groups[at][1] - groups[at][0]
    if first != 4:
        return 1 if first in _CARD_FIRST and _is_card(text, [groups[at]]) else 0
    for shape in _CARD_GROUPS:
        taken = groups[at : at + len(shape)]
        if tuple(end - start for start, end in taken) == shape and _is_card(
            text, taken
        ):
            return len(shape)
    return 0


def _is_card(text: str, groups: list[tuple[int, int]]) -> bool:
    if not 0 < len(groups) <= 19:
        return False
    length = sum(end - start for start, end in groups)
    if length not in _CARD_FIRST:
        return False
    digits = [int(digit) for start, end in groups for digit in text[start:end]]
    return str(digits[0]) in _CARD_FIRST[length] and _luhn(digits)


def _luhn(digits: list[int]) -> bool:
    """Return if the last digit is the check digit of ISO/IEC 7812."""
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yield bank accounts. They are no secrets: they stand on every invoice."""
    for found in _IBAN.finditer(text):
        parts = found[0].split(" ")
        ends = accumulate(len(part) + 1 for part in parts)
        for end in reversed([end - 1 for end in ends]):
            if _is_iban(found[0][:end].replace(" ", "")):
                yield found.start(), found.start() + end
                break


def _is_iban(account: str) -> bool:
    """Return if the check digits of ISO 13616 are right."""
    if not 15 <= len(account) <= 34 or not account.isascii():
        return False
    number = "".join(str(int(char, 36)) for char in account[4:] + account[:4])
    return int(number) % 97 == 1

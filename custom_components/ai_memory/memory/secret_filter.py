"""What must never be stored: PINs, codes, passwords, tokens, card numbers."""

import re
from typing import Any, Final

from ..models import JsonValue
from ..text_forms import Token, tokenize
from .secret_shapes import Secret, SecretKind, shaped_secrets
from .secret_words import vocabulary_of
from .spoken_secrets import SpokenSecrets

__all__ = ["MASK", "Secret", "SecretKind", "find_secrets", "mask", "mask_json"]

MASK: Final = "•••"

# Without the secret that stood between, a key-word may come to stand beside another
# value. Sentences take one round, nonsense a second; the bound keeps it linear.
_ROUNDS = 10
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST_KEY = 200  # characters of a key that tell what it is


def find_secrets(text: str, language: str | None) -> list[Secret]:
    """Return the secrets themselves, in order, without the words that tell of them.

    Where the language is not one of `words.LANGUAGES`, the words of all are taken.
    Bank account numbers (IBAN) and codes of discounts are none.
    """
    tokens = tokenize(text)
    spoken = SpokenSecrets(text, tokens, vocabulary_of(language))
    found = [*shaped_secrets(text), *spoken.find()]
    return _merged(tokens, found) if found else found


def _merged(tokens: list[Token], found: list[Secret]) -> list[Secret]:
    """Return the secrets in order, as whole words, those that overlap as one."""
    found = _without_overlap(sorted(found, key=lambda secret: secret.start))
    whole: list[Secret] = []
    at = 0
    for secret in found:
        start, end = secret.start, secret.end
        while at < len(tokens) and tokens[at].end <= start:
            at += 1
        if at < len(tokens):
            start = min(start, tokens[at].start)
        while at < len(tokens) and tokens[at].end < end:
            at += 1
        if at < len(tokens) and tokens[at].start < end:
            end = tokens[at].end
        whole.append(Secret(secret.kind, start, end))
    return _without_overlap(whole)


def _without_overlap(found: list[Secret]) -> list[Secret]:
    """Return the secrets, which are in order of their start, merged."""
    merged: list[Secret] = []
    for secret in found:
        if merged and secret.start < merged[-1].end:
            first = merged[-1]
            end = max(first.end, secret.end)
            merged[-1] = Secret(first.kind, first.start, end)
        else:
            merged.append(secret)
    return merged


def mask(text: str, language: str | None) -> tuple[str, list[SecretKind]]:
    """Return the text with `•••` for each secret, and what they were.

    Nothing is found in what is returned.
    """
    kinds: list[SecretKind] = []
    for _ in range(_ROUNDS):
        if not (secrets := find_secrets(text, language)):
            break
        kinds += [secret.kind for secret in secrets]
        text = _replaced(text, secrets)
    return text, kinds


def _replaced(text: str, secrets: list[Secret]) -> str:
    parts: list[str] = []
    at = 0
    for secret in secrets:
        parts += text[at : secret.start], MASK
        at = secret.end
    parts.append(text[at:])
    return "".join(parts)


def mask_json(
    value: JsonValue, language: str | None
) -> tuple[JsonValue, list[SecretKind]]:
    """Return the value with its secrets masked, at any depth, and what they were.

    What stands under a key such as `code` or `api_key` is a secret as a whole, unless
    it is empty, true or false. The same object where nothing is found.
    """
    kinds: list[SecretKind] = []
    holder: list[JsonValue] = [value]
    todo: list[tuple[Any, int | str]] = [(holder, 0)]
    while todo:
        target, place = todo.pop()
        item = target[place]
        if isinstance(item, str):
            target[place], found = mask(item, language)
            kinds += found
        elif isinstance(item, list):
            items = target[place] = list(item)
            todo += [(items, at) for at in range(len(items) - 1, -1, -1)]
        elif isinstance(item, dict):
            target[place], inner = _masked_keys(item, language, kinds)
            todo += [(target[place], name) for name in reversed(inner)]
    return (holder[0], kinds) if kinds else (value, kinds)


def _masked_keys(
    value: dict[str, JsonValue], language: str | None, kinds: list[SecretKind]
) -> tuple[dict[str, JsonValue], list[str]]:
    """Return the object with keys masked and secrets as a whole, and what is left."""
    masked: dict[str, JsonValue] = {}
    inner: list[str] = []
    for key, item in value.items():
        name, found = mask(key, language)
        kinds += found
        if name in masked:
            number = 2
            while f"{name} {number}" in masked or f"{name} {number}" in value:
                number += 1
            name = f"{name} {number}"
        kind = _kind_of_key(key, language)
        if kind and not isinstance(item, bool) and item not in (None, "", MASK, [], {}):
            kinds.append(kind)
            masked[name] = MASK
        else:
            masked[name] = item
            inner.append(name)
    return masked, inner


def _kind_of_key(key: str, language: str | None) -> SecretKind | None:
    """Return what stands under the key of an object, if that is a secret."""
    parts = tokenize(_CAMEL.sub(" ", key[:_LONGEST_KEY]).replace("_", " "))
    return vocabulary_of(language).kind_of_key([part.normal for part in parts])

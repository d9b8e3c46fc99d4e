"""Secrets that are known by the words beside them: "the alarm code is 4711"."""

from bisect import bisect_left
from collections.abc import Iterator
import re

from ..text_forms import Token
from .secret_shapes import Secret
from .secret_words import Rule, Vocabulary
from .words.language import Words

MASKED = "•"

_REACH = 8  # words from the key-word on to the verb
_REACH_BACK = 4  # words from the key-word back to the secret
_SKIPPED = 4  # words between the verb and the secret
_LONGEST_JUDGED = 256  # characters that tell what a chunk is
_LONGEST_QUOTE = 200
_LONGEST_SAID = 24  # words, as recovery phrases have

_ASSIGNED = re.compile(r"[\s\"'`*)\]”»]{0,6}(?:[:=]>?|：)[\s\"'`“„«*(]{0,8}")
_DIRECT = re.compile(r"[\s\"'`“„«(,*#?!.–—-]{0,6}")
_LEAD = re.compile(r"[\s\"'`“„«(*,:=#–—-]{0,12}")
_ENDS_SENTENCE = re.compile(r"[.!?;\n]")
_BETWEEN_DIGITS = re.compile(r"[ \t\u00a0\u202f]{0,2}[-–,/]?[ \t\u00a0\u202f]{0,2}|\.")
_BEHIND_DIGITS = re.compile(r"[#*]*+(?:[-_][\w#*]++)*+")
_BETWEEN_VALUES = re.compile(r"[\s,;/]{1,6}")
_BLANK = re.compile(r"[\s\"'`”»)]{0,4}")
_CHUNK = re.compile(r"\S+")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "«": "»"}
_TRAILING = ".,;:?)]}>\"'`*»”“’…"
_SYMBOLS = re.compile(r"(?<=\w)[@$%&*_=+^~!#|<>\\](?=\w)")
_TIME_OR_AMOUNT = re.compile(
    r"\d{1,4}(?:[:.,]\d{1,2})?(?:[a-z]{1,3}|[ap]\.?m\.?|h\d{0,2}|[°%€$£].{0,3})?",
    re.IGNORECASE,
)

type _Span = tuple[int, int]


class SpokenSecrets:
    """The words of a text, and the secrets beside them."""

    def __init__(self, text: str, tokens: list[Token], known: Vocabulary) -> None:
        """Take the text, its tokens and the words that are known."""
        self._text = text
        self._tokens = tokens
        self._normals = [token.normal for token in tokens]
        self._known = known
        self._starts: list[int] = []
        self._chunks: list[_Span] = []
        self._chunk_ends: list[int] = []

    def find(self) -> Iterator[Secret]:
        """Yield the secrets; some may overlap."""
        at = 0
        while at < len(self._tokens):
            length, rule = self._known.keyword_at(self._normals, at)
            if rule is not None and not self._is_ruled_out(at, at + length):
                if not self._starts:
                    self._index()
                behind = at + length
                for start, end in (
                    *(self._ahead(behind, rule) or self._verb_last(at, behind, rule)),
                    *self._back(at, behind, rule),
                ):
                    yield Secret(rule.kind, start, end)
            at += length

    def _index(self) -> None:
        self._starts = [token.start for token in self._tokens]
        self._chunks = [found.span() for found in _CHUNK.finditer(self._text)]
        self._chunk_ends = [end for _, end in self._chunks]

    def _is(self, index: int, words: Words) -> bool:
        return index < len(self._tokens) and self._known.has(
            self._text, self._tokens[index], words
        )

    def _gap(self, index: int) -> str:
        """Return what stands before a word, at most 40 characters from either end."""
        start = self._tokens[index - 1].end if index else 0
        end = self._tokens[index].start
        if end - start <= 80:
            return self._text[start:end]
        return self._text[start : start + 40] + self._text[end - 40 : end]

    def _is_ruled_out(self, begin: int, end: int) -> bool:
        """Return if the words beside say that it is a postal code or the like."""
        known = self._known
        if begin:
            gap = self._gap(begin)
            if MASKED in gap:
                return True
            if self._normals[begin - 1] in known.no_secret and len(gap) <= 2:
                return True
        for index in range(end, min(end + 3, len(self._tokens))):
            if self._normals[index] in known.no_secret:
                return True
            if not self._is(index, known.function_words):
                return False
        return False

    # What stands behind the key-word.

    def _ahead(self, behind: int, rule: Rule) -> list[_Span]:
        """Return the values that follow the key-word, which ends before `behind`."""
        end = self._tokens[behind - 1].end
        if assigned := _ASSIGNED.match(self._text, end):
            return self._values(assigned.end(), rule, is_assigned=True)
        direct = _DIRECT.match(self._text, end)
        if direct and (
            spans := self._digits_or_mixed(direct.end(), rule.direct, rule.direct_mixed)
        ):
            return self._and_more(spans, rule)
        return self._behind_verb(behind, rule)

    def _behind_verb(self, behind: int, rule: Rule) -> list[_Span]:
        known = self._known
        is_said = rule.is_said
        since_sentence = -1
        for index in range(behind, min(behind + _REACH, len(self._tokens))):
            gap = self._gap(index)
            if MASKED in gap or known.keyword_at(self._normals, index)[1]:
                return []
            if _ENDS_SENTENCE.search(gap):
                since_sentence, is_said = 0, False
            elif since_sentence >= 0:
                since_sentence += 1
            elif "," in gap:
                is_said = False
            if since_sentence > 1:
                return []
            token = self._tokens[index]
            if self._is(index, known.means):
                spans = self._values(token.end, rule, is_said=is_said)
                is_said = False
            elif self._is(index, known.towards):
                spans = self._values(
                    token.end, rule, is_said=is_said and self._changes(behind, index)
                )
            elif assigned := _ASSIGNED.match(self._text, token.end):
                spans = self._values(assigned.end(), rule, is_said=is_said)
            else:
                continue
            if spans:
                return spans
        return []

    def _changes(self, behind: int, end: int) -> bool:
        """Return if the key-word is given a new value: "change the password to"."""
        return any(
            self._is(index, self._known.changes)
            for index in range(max(behind - _REACH, 0), end)
        )

    def _values(
        self, at: int, rule: Rule, *, is_said: bool = False, is_assigned: bool = False
    ) -> list[_Span]:
        """Return the value behind a verb or a colon that ends at the character."""
        at = self._lead(at)
        for _ in range(_SKIPPED):
            if spans := self._digits_or_mixed(at, rule.digits, rule.mixed):
                return self._and_more(spans, rule)
            index = bisect_left(self._starts, at)
            if (
                is_assigned
                or index == len(self._tokens)
                or self._tokens[index].start != at
            ):
                break
            if not self._is(index, self._known.skipped):
                if not self._is(index, self._known.articles):
                    break
                is_said = False
            at = self._lead(self._tokens[index].end)
        if is_assigned and (rule.chunk or rule.is_said):
            return self._assigned(at, rule)
        return self._said(at) if is_said else []

    def _lead(self, at: int) -> int:
        lead = _LEAD.match(self._text, at)
        return lead.end() if lead else at

    def _assigned(self, at: int, rule: Rule) -> list[_Span]:
        """Return what stands behind the colon: all of it, or what may be said."""
        quoted = self._quoted(at)
        span = quoted or self._chunk(at)
        if span is None:
            return []
        length = span[1] - span[0]
        if rule.chunk:
            return [span] if length >= rule.chunk else []
        if quoted or self._ends_line(span[1]):
            return [span]
        return self._said(at)

    def _ends_line(self, at: int) -> bool:
        """Return if no other word follows in the line."""
        end = self._text.find("\n", at, at + _LONGEST_JUDGED)
        rest = self._text[at : end if end >= 0 else at + _LONGEST_JUDGED]
        return not any(map(str.isalnum, rest))

    def _quoted(self, at: int) -> _Span | None:
        """Return what stands in the quotes that open before the character."""
        closing = _QUOTES.get(self._text[at - 1]) if at else None
        if closing is None:
            return None
        end = self._text.find(closing, at, at + _LONGEST_QUOTE)
        inside = self._text[at : max(end, at)]
        if not inside.strip() or "\n" in inside or MASKED in inside:
            return None
        return at, end

    def _chunk(self, at: int) -> _Span | None:
        """Return what stands there without a space, and without the full stop."""
        index = bisect_left(self._chunk_ends, at + 1)
        if index == len(self._chunks) or self._chunks[index][0] > at:
            return None
        end = self._chunks[index][1]
        while end > at and self._text[end - 1] in _TRAILING:
            end -= 1
        first = self._text[at : min(end, at + _LONGEST_JUDGED)]
        if not any(map(str.isalnum, first)) or MASKED in first:
            return None
        return at, end

    def _digits_or_mixed(self, at: int, digits: int, mixed: int) -> list[_Span]:
        if digits and (span := self._digits(at, digits)):
            return [span]
        if mixed and (span := self._chunk(at)) and self._is_mixed(span, mixed):
            return [span]
        return []

    def _digits(self, at: int, least: int) -> _Span | None:
        """Return the digits that begin there, written or said, if they are enough."""
        first = bisect_left(self._starts, at)
        if first == len(self._tokens) or self._starts[first] != at:
            return None
        index, count = first, 0
        while index < len(self._tokens):
            if not (taken := self._digit_count(index)):
                break
            if index > first and not _BETWEEN_DIGITS.fullmatch(self._gap(index)):
                break
            count += taken
            index += 1
        if count < least:
            return None
        end = self._tokens[index - 1].end
        behind = _BEHIND_DIGITS.match(self._text, end)
        return at, behind.end() if behind else end

    def _digit_count(self, index: int) -> int:
        """Return for how many digits the word stands."""
        normal = self._normals[index]
        known = self._known
        if normal.isdecimal():
            return len(normal)
        if normal in known.numbers:
            return 2
        if normal in known.digits or normal in known.repeats:
            return 1
        if known.number_endings and normal.endswith(known.number_endings):
            return 2
        return 0

    def _is_mixed(self, span: _Span, least: int) -> bool:
        """Return if it looks like nothing that one says."""
        start, end = span
        if end - start < least:
            return False
        chunk = self._text[start : min(end, start + _LONGEST_JUDGED)]
        if _TIME_OR_AMOUNT.fullmatch(chunk):
            return False
        letters = sum(map(str.isalpha, chunk))
        if any(map(str.isdigit, chunk)):
            return letters > 0 or bool(_SYMBOLS.search(chunk))
        if _SYMBOLS.search(chunk):
            return "@" not in chunk or "." not in chunk.rpartition("@")[2]
        return "-" in chunk and letters >= 6 and chunk.isupper()

    def _and_more(self, spans: list[_Span], rule: Rule) -> list[_Span]:
        """Return the values with those that are listed behind them."""
        while gap := _BETWEEN_VALUES.match(self._text, spans[-1][1]):
            at = gap.end()
            index = bisect_left(self._starts, at)
            if (
                index < len(self._tokens)
                and self._starts[index] == at
                and self._is(index, self._known.joins)
            ):
                at = self._lead(self._tokens[index].end)
            more = self._digits_or_mixed(at, max(rule.direct, 4), rule.direct_mixed)
            if not more:
                break
            spans += more
        return spans

    def _said(self, at: int) -> list[_Span]:
        """Return the plain words that are the secret, up to where the clause ends."""
        known = self._known
        if quoted := self._quoted(at):
            return [quoted]
        index = bisect_left(self._starts, at)
        if (
            index == len(self._tokens)
            or self._starts[index] != at
            or self._is(index, known.no_value)
            or self._normals[index].isdecimal()
        ):
            return []
        end = at
        for following in range(index, min(index + _LONGEST_SAID, len(self._tokens))):
            if following > index:
                gap = self._gap(following)
                if _ENDS_SENTENCE.search(gap) or "," in gap or MASKED in gap:
                    break
            if (
                self._is(following, known.function_words)
                or self._is(following, known.joins)
                or known.keyword_at(self._normals, following)[1]
            ):
                break
            end = self._tokens[following].end
        if end == at:
            return []
        chunk = self._chunk(self._starts[bisect_left(self._starts, end) - 1])
        return [(at, max(end, chunk[1]) if chunk else end)]

    def _verb_last(self, begin: int, behind: int, rule: Rule) -> list[_Span]:
        """Return the value of "dass der Code vom Tor 4711 ist"."""
        known = self._known
        if not any(
            self._is(index, known.verb_last)
            for index in range(max(begin - _REACH_BACK, 0), begin)
        ):
            return []
        for index in range(behind, min(behind + _REACH, len(self._tokens))):
            gap = self._gap(index)
            if MASKED in gap or "," in gap or _ENDS_SENTENCE.search(gap):
                return []
            if self._is(index, known.means):
                return self._value_before(index, rule) or (
                    self._said_before(index, behind) if rule.is_said else []
                )
        return []

    def _said_before(self, end: int, behind: int) -> list[_Span]:
        """Return the plain words before the verb, without "of the router"."""
        known = self._known
        begin = behind
        while begin < end and self._is(begin, known.prepositions):
            begin += 1
            while begin < end and self._is(begin, known.function_words):
                begin += 1
            begin += 1
        if begin >= end or any(
            self._is(index, known.no_value) or self._is(index, known.function_words)
            for index in range(begin, end)
        ):
            return []
        return [(self._starts[begin], self._tokens[end - 1].end)]

    # What stands before the key-word.

    def _back(self, begin: int, behind: int, rule: Rule) -> list[_Span]:
        """Return the value of "4711 is the alarm code" and "is 4711 the alarm code"."""
        known = self._known
        for index in range(begin - 1, max(begin - 1 - _REACH_BACK, -1), -1):
            gap = self._gap(index + 1)
            if MASKED in gap or _ENDS_SENTENCE.search(gap) or "," in gap:
                return []
            if self._is(index, known.means) or self._is(index, known.towards):
                if index and self._gap(index).strip(" \"'`”»)") == "":
                    return self._value_before(index, rule)
                return []
            if self._digit_count(index):
                spans = self._value_before(index + 1, rule)
                first = bisect_left(self._starts, spans[0][0]) if spans else 0
                return spans if first and self._is(first - 1, known.means) else []
        return []

    def _value_before(self, end: int, rule: Rule) -> list[_Span]:
        """Return the value that ends with the word before the index."""
        index, count = end, 0
        while index and (taken := self._digit_count(index - 1)):
            if index < end and not _BETWEEN_DIGITS.fullmatch(self._gap(index)):
                break
            count += taken
            index -= 1
        if index < end and count >= max(rule.direct, 4):
            return [(self._starts[index], self._tokens[end - 1].end)]
        position = bisect_left(self._chunk_ends, self._tokens[end - 1].end)
        start = self._chunks[position][0]
        span = self._chunk(start) if rule.direct_mixed else None
        least = max(rule.direct_mixed, 5)
        return [span] if span and self._is_mixed(span, least) else []

"""Word places: where the words of a story stand, as bytes that a script of the cluster reads.

The best stories of a search are scored once more by where the words of the query stand in them. Sent as a whole, the
words of 200 stories are megabytes; so each story keeps one value for the script, which picks what is asked for. A value
is a record for each term, ascending by key:

    key        4 bytes, signed, the highest first: the CRC-32 of the marked term (relevance/term_forms.py)
    weight     in tenths, as in the field `text_forms`
    length     bytes of what follows
    positions  each as its distance from the one before

where numbers are of seven bits a byte, the lowest first, with the eighth set on all but the last byte (LEB128). Two
terms of one key are one: they add a little to a score at the worst. A script may run through a loop a million times:
of a very long story the first MOST_TERMS terms are kept, and their places below MOST_PLACES.

Positions count over all fields: each begins a passage's gap behind the one before, at a multiple of ALIGNED.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from zlib import crc32

ALIGNED = 25
MOST_TERMS = 60_000
MOST_PLACES = 60_000
_SIGN, _ALL = 1 << 31, 1 << 32
_SEVEN = 7
_LOW, _MORE = 0x7F, 0x80

_SCRIPT = """
List found = new ArrayList();
if (doc[params.field].size() == 0) { return found; }
BytesRef value = doc[params.field].value;
byte[] bytes = value.bytes;
int at = value.offset;
int end = at + value.length;
List keys = params.keys;
int number = 0;
int wanted = (int) keys.get(0);
while (at < end) {
  int key = (bytes[at] << 24) | ((bytes[at + 1] & 255) << 16) | ((bytes[at + 2] & 255) << 8) | (bytes[at + 3] & 255);
  at += 4;
  int weight = 0;
  for (int shift = 0; ; shift += 7) {
    int part = bytes[at++];
    weight |= (part & 127) << shift;
    if (part >= 0) { break; }
  }
  int length = 0;
  for (int shift = 0; ; shift += 7) {
    int part = bytes[at++];
    length |= (part & 127) << shift;
    if (part >= 0) { break; }
  }
  int next = at + length;
  while (wanted < key) {
    number++;
    if (number == keys.size()) { return found; }
    wanted = (int) keys.get(number);
  }
  if (wanted == key) {
    int head = found.size();
    found.add(number);
    found.add(weight);
    found.add(0);
    if (params.places) {
      int position = 0;
      while (at < next) {
        int step = 0;
        for (int shift = 0; ; shift += 7) {
          int part = bytes[at++];
          step |= (part & 127) << shift;
          if (part >= 0) { break; }
        }
        position += step;
        found.add(position);
      }
      found.set(head + 2, found.size() - head - 3);
    }
  }
  at = next;
}
return found;
"""


class HeldTerm(NamedTuple):
    """A term as a story holds it: its weight in tenths, and its positions, ascending."""

    weight: int
    positions: Sequence[int]


def key_of(term: str) -> int:
    """What a marked term is found by."""
    return (crc32(term.encode("utf-8", "surrogatepass")) ^ _SIGN) - _SIGN


def packed(weights: Mapping[str, int], places: Mapping[str, Sequence[int]]) -> str:
    """The value of a story: of each of its terms the weight, and its positions (ascending) where it has any."""
    of_keys: dict[int, tuple[int, Sequence[int]]] = {}
    for term, weight in islice(weights.items(), MOST_TERMS):
        key, own = key_of(term), places.get(term, ())
        if key in of_keys:
            other = of_keys[key]
            weight, own = weight + other[0], sorted({*own, *other[1]})
        of_keys[key] = weight, own
    value = bytearray()
    for key in sorted(of_keys):
        weight, own = of_keys[key]
        before, numbers = 0, bytearray()
        for position in own:
            _add_number(numbers, position - before)
            before = position
        value += (key % _ALL).to_bytes(4, "big")
        _add_number(value, weight)
        _add_number(value, len(numbers))
        value += numbers
    return base64.b64encode(value).decode("ascii")


def next_field(end: int) -> int:
    """Where a field begins behind one whose last passage's gap ends before `end`."""
    return -(-end // ALIGNED) * ALIGNED


class PlacesAsked:
    """Terms that are asked for in some stories; `field` holds their values in the cluster."""

    def __init__(self, field: str, terms: Iterable[str], *, places: bool) -> None:
        of_keys: dict[int, list[str]] = {}
        for term in dict.fromkeys(terms):
            of_keys.setdefault(key_of(term), []).append(term)
        keys = sorted(of_keys)
        self._terms = [of_keys[key] for key in keys]
        self._params = {"field": field, "keys": keys, "places": places}

    def script(self) -> dict[str, Any]:
        """What the cluster works out for each hit."""
        return {"script": {"source": _SCRIPT, "params": self._params}}

    def read(self, found: Sequence[int]) -> dict[str, HeldTerm]:
        """The terms that a story holds, of those asked for."""
        held: dict[str, HeldTerm] = {}
        at = 0
        while at < len(found):
            number, weight, count = found[at : at + 3]
            own = HeldTerm(weight, found[at + 3 : at + 3 + count])
            at += 3 + count
            for term in self._terms[number]:
                held[term] = own
        return held


def _add_number(value: bytearray, number: int) -> None:
    while number > _LOW:
        value.append(number & _LOW | _MORE)
        number >>= _SEVEN
    value.append(number)

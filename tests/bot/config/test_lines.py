"""Tests of where keys stand."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.config.lines import Path, find_lines

DOCUMENT = '''\
top = 1
# [comment]
[community]
name = "车主 # 群"   # not a table: [x]
"quoted.key" = """
[not a table]
key = 1"""
dotted.inner . deep = 2

[[chats]]
id = 1

[[chats]]
id = 2
rituals = [
    "a", # first
    "b",
]
[chats.extra]
when = 2027-01-01 10:00:00
  [[chats.extra.items]]
  ask = {a = "}", b = [1,
    2]}
'''


def test_every_key_is_found_on_its_line() -> None:
    tomllib.loads(DOCUMENT)
    lines = find_lines(DOCUMENT)
    expected: dict[Path, int] = {
        ("top",): 1,
        ("community",): 3,
        ("community", "name"): 4,
        ("community", "quoted.key"): 5,
        ("community", "dotted", "inner", "deep"): 8,
        ("chats", 0): 10,
        ("chats", 0, "id"): 11,
        ("chats", 1, "id"): 14,
        ("chats", 1, "rituals"): 15,
        ("chats", 1, "rituals", 1): 17,
        ("chats", 1, "extra", "when"): 20,
        ("chats", 1, "extra", "items", 0, "ask", "a"): 22,
        ("chats", 1, "extra", "items", 0, "ask", "b", 1): 23,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_a_quoted_key_is_the_same_key() -> None:
    assert find_lines('\n"a\\u0062" = 1')[("ab",)] == 2


@given(st.dictionaries(st.text("ab.-_ 早", min_size=1), st.text(max_size=9), max_size=5))
def test_keys_and_texts_of_any_kind_stand_one_a_line(document: dict[str, str]) -> None:
    quoted = str.maketrans({"\\": "\\\\", '"': '\\"'} | {c: f"\\u{c:04x}" for c in (*range(32), 127)})
    safe = {k: v.encode("utf-8", "replace").decode() for k, v in document.items()}
    text = "".join(f'"{k.translate(quoted)}" = "{v.translate(quoted)}"\n' for k, v in safe.items())
    assert tomllib.loads(text) == safe
    assert find_lines(text) == {(key,): number for number, key in enumerate(safe, 1)}

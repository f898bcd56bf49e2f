"""Tests over both catalogs: no text is missing, unused, defined twice or filled differently in one language."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from handlers import HANDLERS
from locales.catalog import LANGUAGES, Catalog

ROOT = Path(__file__).parents[2]
SPEAKERS = frozenset(
    {
        "say", "label", "button", "text", "plain", "UserError", "NotUnderstoodError", "wrong", "mistake", "Finding",
        "_well", "_ill", "_open", "_count",
    }
)  # fmt: skip
ID = re.compile(r"[a-z][a-z_0-9]*(?:\.[a-z_0-9]+)+")
FIELD = re.compile(r"\{(\w+)\}")


@cache
def entries(language: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return file, id and forms of every text."""
    found = []
    for path in sorted((ROOT / "locales" / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if entry.id:
                    key = entry.id if isinstance(entry.id, str) else entry.id[0]
                    forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
                    found.append((path.name, key, forms))
    return tuple(found)


def texts(language: str) -> dict[str, tuple[str, ...]]:
    return {key: forms for _, key, forms in entries(language)}


@cache
def source() -> tuple[ast.AST, ...]:
    packages = ("bot", "handlers", "rituals", "storage", "locales")
    return tuple(
        node
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def literals() -> set[str]:
    return {node.value for node in source() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _pattern(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+"


def patterns() -> list[re.Pattern[str]]:
    """Return what f-strings may make of themselves, for ids that are put together."""
    return [
        re.compile("".join(_pattern(part) for part in node.values))
        for node in source()
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and "." in node.values[0].value
    ]  # fmt: skip


def spoken() -> set[str]:
    """Return the ids that are given to whatever finds words."""
    found = set()
    for node in source():
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SPEAKERS:
            found |= {
                argument.value
                for argument in node.args[:4]
                if isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
                and ID.fullmatch(argument.value)
            }
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_said_has_words(language: str) -> None:
    assert spoken() - set(texts(language)) == set()


def test_both_languages_have_the_same_texts() -> None:
    first, second = (set(texts(language)) for language in LANGUAGES)
    assert first ^ second == set()


def pages() -> str:
    """Return what runs in a browser and asks for its words by id."""
    return "\n".join(
        path.read_text("utf-8")
        for path in sorted((ROOT / "bot").rglob("*"))
        if path.suffix in (".js", ".html")
    )


def test_every_text_is_said_somewhere() -> None:
    used, made = literals() | set(ID.findall(pages())), patterns()
    used |= {f"{handler.NAME}.example" for handler in HANDLERS}  # which /help and the README show
    for template in re.findall(r"`([a-z.]+\$\{[^`]*)`", pages()):
        made.append(re.compile(re.sub(r"\$\{[^}]*\}", "[a-z_.]+", template)))
    unused = {
        key for key in texts("en") if key not in used and not any(made_of.fullmatch(key) for made_of in made)
    }
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_there_twice_or_empty(language: str) -> None:
    keys = Counter(key for _, key, _ in entries(language))
    assert [key for key, count in keys.items() if count > 1] == []
    assert [key for _, key, forms in entries(language) if not all(forms) or not forms] == []


def test_both_languages_fill_in_the_same_things() -> None:
    chinese, english = texts("zh_CN"), texts("en")
    fields = {
        key: [set(FIELD.findall(chinese[key][-1])), set(FIELD.findall(english[key][-1]))]
        for key in chinese.keys() & english.keys()
    }
    assert {key: found for key, found in fields.items() if found[0] != found[1]} == {}


def test_english_tells_one_thing_from_several() -> None:
    several = re.compile(r"\{count\} (?!alias\b)(?:people|[a-z]+s)\b")
    assert [key for key, forms in texts("en").items() if several.search(forms[0])] == []


def test_whatever_help_lists_begins_alike() -> None:
    english = texts("en")
    about = [
        english[f"help.{handler.NAME}"][0] for handler in HANDLERS if handler.COMMANDS and handler.EXAMPLE
    ]
    assert [words for words in about if words[0].isupper()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_file_of_words_is_there_in_both_languages(language: str) -> None:
    names = {path.name for path in (ROOT / "locales" / language).glob("*.po")}
    assert names == {path.name for path in (ROOT / "locales" / LANGUAGES[0]).glob("*.po")}


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("张哥", "张哥确认 #1「按钮」好了。"),
        ("Tom", "Tom 确认 #1「按钮」好了。"),
        ("小K", "小K 确认 #1「按钮」好了。"),
        ("502", "502 确认 #1「按钮」好了。"),
    ],
)
def test_a_space_stands_beside_a_name_only_where_chinese_meets_latin(who: str, said: str) -> None:
    assert Catalog().plain("zh_CN", "outcome.verified", who=who, number=1, quote="按钮") == said


@pytest.mark.parametrize("who", ["张哥", "Tom"])
def test_names_are_spaced_alike_in_every_text(who: str) -> None:
    odd = re.compile("[\u4e00-\u9fff] 张哥|张哥 [\u4e00-\u9fff]|[\u4e00-\u9fff]Tom|Tom[\u4e00-\u9fff]")
    wrong = {}
    for text_id, forms in texts("zh_CN").items():
        if "{who}" not in forms[-1]:
            continue
        fields = dict.fromkeys(FIELD.findall(forms[-1]), "…") | {"who": who}
        said = Catalog().plain("zh_CN", text_id, **fields)
        if odd.search(said):
            wrong[text_id] = said
    assert wrong == {}


def test_what_is_to_be_typed_keeps_its_spaces() -> None:
    said = Catalog().plain("zh_CN", "poll.example_private", group="车主群")
    assert said.startswith("/poll 车主群 ")

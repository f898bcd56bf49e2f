"""Lets a failing assertion in a story show its values, as in a test."""

import pytest

pytest.register_assert_rewrite(
    "tests.journeys.stories",
    "tests.journeys.rain",
    "tests.journeys.page_stories",
    "tests.journeys.platform_stories",
    "tests.journeys.wrong_turns",
    "tests.journeys.hard_times",
)

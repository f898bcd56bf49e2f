"""Which words in a group concern us; every adapter's parse asks it, so that all platforms hear alike.

What is not addressed to us is Chatter: only counted, never stored and never given to a handler.
"""

from __future__ import annotations

SHORT = 12  # check-in words, a lone emoji, +1, 谢谢
SHORT_REPLY = 24  # said to somebody: 谢谢，很有用！ or "me too, every morning"


def is_addressed(text: str, *, is_reply_to_us: bool, mentions_us: bool, has_reply: bool) -> bool:
    """Tell whether a group message may concern us.

    **Units**: lengths are characters without the space around them.
    """
    if is_reply_to_us or mentions_us or "#" in text or "＃" in text:
        return True
    words = text.strip()
    if not words:
        return False
    return words[0] in "/／" or len(words) <= (SHORT_REPLY if has_reply else SHORT)

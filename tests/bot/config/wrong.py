"""Wrong configs: what is wrong with each, the line, the key, and words of the remedy."""

TELEGRAM = "[telegram]\n"
CHAT = TELEGRAM + "[[chats]]\nplatform = 'telegram'\nid = -1"
STAFF = TELEGRAM + "[[staff]]\nplatform = 'telegram'\nid = 1"
DIGEST = TELEGRAM + "[[rituals]]\nname = 'a'\nkind = 'digest'\ncron = '0 9 * * *'\n"
POLL = TELEGRAM + "[[rituals]]\nname = 'a'\nkind = 'poll'\ncron = '0 9 * * *'\n"
PERSON = "[[webchat.people]]\nid = 'a'\nname = 'b'\n"
WEBCHAT = "[[chats]]\nplatform = 'webchat'\nid = 'g'"
ASSISTED = (
    "[wecom.bot]\nid = 'b'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'\n"
    "[[chats]]\nplatform = 'wecom'\nid = 'g'\nassisted_by = 'li'"
)

WRONG = {
    "a key that is misspelt": (TELEGRAM + "tokn_env = 'X'", 2, "telegram.tokn_env", "token_env"),
    "a table that is misspelt": (TELEGRAM + "[manner]\n", 2, "manner", "manners"),
    "a key that means nothing": (TELEGRAM + "zzz = 1", 2, "telegram.zzz", "mode"),
    "a table of a later version": (TELEGRAM + "[console]\nurl = ''", 2, "console", "does not know it yet"),
    "an assistant at no address": (TELEGRAM + "[assistant]\nbase_url = 'llm'", 3, "assistant.base_url", "https://"),
    "an assistant at half an address": (
        TELEGRAM + "[assistant]\nbase_url = 'http://[llm'", 3, "assistant.base_url", "https://",
    ),
    "an assistant at a port that is none": (
        TELEGRAM + "[assistant]\nbase_url = 'http://llm:99999/v1'", 3, "assistant.base_url", "https://",
    ),
    "an assistant without a model": (
        TELEGRAM + "[assistant]\nbase_url = 'https://llm.example.com/v1'", 2, "assistant.model", "beside base_url",
    ),
    "a kind of a later version": (
        TELEGRAM + "[[rituals]]\nname = 'a'\ncron = '0 9 * * *'\nkind = 'prompt'", 5, "rituals[1].kind", "yet",
    ),
    "a cause that fits no button": (
        TELEGRAM + "[causes]\nnames = ['一个长得按钮放不下的原因']", 3, "causes.names", "24 bytes",
    ),
    "no cause at all": (TELEGRAM + "[causes]\nnames = []", 3, "causes.names", "1 to 12"),
    "a cause twice": (TELEGRAM + "[causes]\nnames = ['a', 'a']", 3, "causes.names", "1 to 12"),
    "detecting by words": (TELEGRAM + "[complaints]\ndetect = 'yes'", 3, "complaints.detect", "true or false"),
    "a department without a place": (
        TELEGRAM + "[[departments]]\nkey = 'product'", 2, "departments[1].chat", "where the packet goes",
    ),
    "a department whose key is no word": (
        TELEGRAM + "[[departments]]\nkey = 'a b'\nfile = 'x'", 3, "departments[1].key", "letters",
    ),
    "two departments of one name": (
        TELEGRAM + "[[departments]]\nkey = 'a'\nfile = 'x'\n[[departments]]\nkey = 'b'\nname = 'A'\nfile = 'x'",
        7, "departments[2].name", "twice",
    ),
    "a department in a public group": (
        CHAT + "\n[[departments]]\nkey = 'a'\nchat = 'telegram:-1'", 7, "departments[1].chat", "members would read",
    ),
    "a department of somebody unknown": (
        TELEGRAM + "[[departments]]\nkey = 'a'\nmember = '小李'", 4, "departments[1].member", "telegram:-100",
    ),
    "a department whose folder is elsewhere": (
        TELEGRAM + "[[departments]]\nkey = 'a'\nfile = '../x'", 4, "departments[1].file", "relative",
    ),
    "a department with an unknown webhook": (
        TELEGRAM + "[[departments]]\nkey = 'a'\nwebhook = 'https://a.b/c'", 4, "departments[1].webhook", "same url",
    ),
    "a webhook for an unknown event": (
        TELEGRAM + "[[webhooks]]\nurl = 'https://a.b/c'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'\nevents = ['x']",
        5, "webhooks[1].events", "feedback.received",
    ),
    "a webhook that is no address": (
        TELEGRAM + "[[webhooks]]\nurl = 'tracker'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'",
        3, "webhooks[1].url", "https",
    ),
    "a webhook at a port that is none": (
        TELEGRAM + "[[webhooks]]\nurl = 'https://a.b:99999/c'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'",
        3, "webhooks[1].url", "https",
    ),
    "a webhook that names a user": (
        TELEGRAM + "[[webhooks]]\nurl = 'https://u@a.b/c'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'",
        3, "webhooks[1].url", "https",
    ),
    "a WeCom whose address is half one": (
        "[wecom.bot]\nid = 'b'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'\nws_url = 'wss://[b'",
        4, "wecom.bot.ws_url", "wss://",
    ),
    "a WeCom of nobody": ("[wecom]\ngroups_may_show_cards = false", 1, "wecom.bot", "[wecom.bot]"),
    "a customers' group without an app": (
        ASSISTED, 1, "wecom.app", "[wecom.app]",
    ),
    "a text for a number": (TELEGRAM + "[web]\nport = '8080'", 3, "web.port", 'is "8080" → write a whole number'),
    "yes for a number": (TELEGRAM + "[web]\nport = true", 3, "web.port", "is true"),
    "a number out of bounds": (TELEGRAM + "[web]\nport = 80800", 3, "web.port", "65535"),
    "a number for a text": (TELEGRAM + "[community]\nname = 5", 3, "community.name", "is 5 → write a text"),
    "a text for yes or no": (TELEGRAM + "[webchat]\nenabled = 'no'", 3, "webchat.enabled", "true or false"),
    "a list for a table": ("chats = [1]\n[telegram]", 1, "chats", "[[chats]]"),
    "a table for a list": (TELEGRAM + "[chats]\nid = 1", 2, "chats", "[[chats]]"),
    "a table for a text": (TELEGRAM + "[community.name]", 2, "community.name", "is a table"),
    "a text in a list of texts": (TELEGRAM + "[checkin]\nwords = ['a', 1]", 3, "checkin.words[2]", "is 1"),
    "an empty text in a list": (TELEGRAM + "[checkin]\nwords = ['a',\n' ']", 4, "checkin.words[2]", "is empty"),
    "a duration without unit": (
        TELEGRAM + "[feedback]\nunconfirmed_after = '7'", 3, "feedback.unconfirmed_after", '"7d"',
    ),
    "a duration of nothing": (TELEGRAM + "[feedback]\nreview_within = '0h'", 3, "feedback.review_within", "longer"),
    "an end before the reminder": (
        TELEGRAM + "[feedback]\nunconfirmed_after = '1h'",
        3, "feedback.unconfirmed_after", "after the reminder",
    ),
    "a time zone that is none": (TELEGRAM + "[community]\ntimezone = '北京'", 3, "community.timezone", "Asia/Shanghai"),
    "a time zone that is a path": (
        TELEGRAM + "[community]\ntimezone = '../x'", 3, "community.timezone", "no time zone",
    ),
    "a language that is none": (TELEGRAM + "[community]\nlanguage = 'zh'", 3, "community.language", '"zh_CN", "en"'),
    "quiet hours that are none": (
        TELEGRAM + "[manners]\nquiet_hours = '22-8'", 3, "manners.quiet_hours", "22:00-08:00",
    ),
    "quiet hours past midnight": (
        TELEGRAM + "[manners]\nquiet_hours = '22:00-25:00'", 3, "manners.quiet_hours", "25:00",
    ),
    "a tag of two words": (TELEGRAM + "[feedback]\ntags = ['a b']", 3, "feedback.tags", "cannot be a tag"),
    "a ritual without a name": (
        TELEGRAM + "[[rituals]]\nkind = 'digest'\ncron = '0 9 * * *'", 2, "rituals[1].name", "missing",
    ),
    "a ritual whose name is too long": (
        TELEGRAM + "[[rituals]]\nname = '一二三四五六七八九'\nkind = 'digest'\ncron = '0 9 * * *'",
        3, "rituals[1].name", "24",
    ),
    "a wrong cron line": (
        TELEGRAM + "[[rituals]]\nname = 'a'\nkind = 'digest'\ncron = '61 9 * * *'",
        5, "rituals[1].cron", "minute 61",
    ),
    "an unknown calendar": (
        DIGEST + "calendar = 'workday'",
        6, "rituals[1].calendar", "workdays",
    ),
    "a list of what are no dates": (
        DIGEST + "calendar = ['tomorrow']",
        6, "rituals[1].calendar[1]", "2027-01-01",
    ),
    "questions of a check-in": (
        TELEGRAM + "[[rituals]]\nname = 'a'\nkind = 'checkin'\ncron = '0 9 * * *'\nquestions = []",
        6, "rituals[1].questions", "belongs to poll",
    ),
    "a poll without questions": (
        POLL + "window = '1h'", 2, "rituals[1].questions", "needs",
    ),
    "a poll without an end": (
        POLL + "questions = [{ask = 'a', options = ['b', 'c']}]",
        2, "rituals[1].close", "window or close",
    ),
    "a question with one option": (
        POLL + "window = '1h'\nquestions = [\n{ask = 'a', options = ['b']}]",
        8, "rituals[1].questions[1].options", "2 to 10",
    ),
    "two rituals of one name": (
        DIGEST + DIGEST.removeprefix(TELEGRAM),
        7, "rituals[2].name", "twice",
    ),
    "a chat with an unknown ritual": (
        CHAT + "\nrituals = ['morning']", 5, "chats[1].rituals", '"morning"',
    ),
    "a chat twice": (
        CHAT + "\n[[chats]]\nplatform = 'telegram'\nid = '-1'", 7, "chats[2].id", "twice",
    ),
    "a chat without id": (TELEGRAM + "[[chats]]\nplatform = 'telegram'", 2, "chats[1].id", "missing"),
    "a chat of a platform that is off": (
        TELEGRAM + "[[chats]]\nplatform = 'webchat'\nid = 'g'", 3, "chats[1].platform", "not enabled",
    ),
    "a group without its minus": (
        TELEGRAM + "[[chats]]\nplatform = 'telegram'\nid = 100123", 4, "chats[1].id", "negative",
    ),
    "a person by their name": (
        TELEGRAM + "[[staff]]\nplatform = 'telegram'\nid = '@li'\nrole = 'kos'", 4, "staff[1].id", "/whereami",
    ),
    "staff of no role": (STAFF + "\nrole = 'boss'", 5, "staff[1].role", '"kos"'),
    "staff without a role": (STAFF, 2, "staff[1].role", "missing"),
    "a database of another kind": (TELEGRAM + "[storage]\nurl = 'mysql://a/b'", 3, "storage.url", "sqlite:///"),
    "a database without a name": (TELEGRAM + "[storage]\nurl = 'postgresql://host'", 3, "storage.url", "postgresql://"),
    "two places of the database": (
        TELEGRAM + "[storage]\nurl = 'sqlite:///a.db'\nurl_env = 'HUIXIANG_TELEGRAM_TOKEN'",
        4, "storage.url_env", "keep one",
    ),
    "an address without scheme": (TELEGRAM + "api_base_url = 'localhost:80'", 2, "telegram.api_base_url", "https://"),
    "an address with a wrong port": (
        TELEGRAM + "api_base_url = 'http://a:99999'", 2, "telegram.api_base_url", "https://",
    ),
    "a mode that is none": (TELEGRAM + "mode = 'poling'", 2, "telegram.mode", '"polling"'),
    "a webhook without an address": (TELEGRAM + "mode = 'webhook'", 2, "telegram.mode", "public_url"),
    "a webhook that Telegram refuses": (
        "[web]\npublic_url = 'http://a.example'\n[telegram]\nmode = 'webhook'", 4, "telegram.mode", "https",
    ),
    "a webhook without a secret": (
        "[web]\npublic_url = 'https://a.example'\n[telegram]\nmode = 'webhook'",
        3, "telegram.webhook_secret_env", "export",
    ),
    "a secret where its variable's name belongs": (
        TELEGRAM + "token_env = '123456:AAbbcc'", 2, "telegram.token_env", "revoke",
    ),
    "a web chat open to the world": (
        "[web]\nhost = '0.0.0.0'\n[webchat]\nenabled = true\n" + PERSON + WEBCHAT, 4, "webchat.enabled",
        "no login",
    ),
    "a web chat without anybody": ("[webchat]\nenabled = true", 1, "webchat.people", "nobody"),
    "no platform at all": ("[community]\nname = 'a'", 0, "telegram", "no platform"),
    "a year that is none": (TELEGRAM + "[calendar.next]\noff = []", 2, "calendar.next", "[calendar.2027]"),
    "a day off that is worked": (
        TELEGRAM + "[calendar.2027]\noff = [2027-01-01]\nwork = [2027-01-01]", 2, "calendar", "2027-01-01",
    ),
    "a text that is not there": (
        TELEGRAM + "[texts.en]\n'error.faild' = 'x'", 3, "texts.en.error.faild", "error.failed",
    ),
    "a field that is not there": (
        TELEGRAM + "[texts.en]\n'config.url' = '{example} {name}'", 3, "texts.en.config.url", "{example}",
    ),
    "a field that nobody can fill": (TELEGRAM + "[texts.en]\nerror.failed = '{x}'", 3, "texts.en.error.failed", "{x}"),
    "what is not TOML": (TELEGRAM + "mode = polling", 2, "", "straight quotes"),
    "a text that never ends": (TELEGRAM + "mode = 'polling", 2, "", "TOML"),
    "quotes of a Chinese keyboard": (TELEGRAM + "mode = “polling”", 2, "", "full-width “"),
}  # fmt: skip
TWOFOLD = frozenset(
    {"a web chat without anybody", "a webhook without an address", "a webhook that Telegram refuses"}
)

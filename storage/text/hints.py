"""The tags that say by themselves what a feedback is. Read by the config at start, so it imports nothing heavy."""

from storage.records import FeedbackClass

HINTS = {
    FeedbackClass.PRAISE: "表扬 好评 点赞 夸夸 夸 感谢 praise kudos thanks love",
    FeedbackClass.SUGGESTION: "建议 吐槽 投诉 需求 许愿 缺陷 故障 bug suggestion idea wish feature complaint issue",
    FeedbackClass.SERVICE: "求助 提问 问题 咨询 请教 帮助 service help question ask support",
}
"""Tags that say the class by themselves; any other (#反馈, #feedback) says nothing."""

NEGATIVE_HINTS = frozenset(("吐槽", "投诉", "complaint"))

"""The names hidden people go by: two words, drawn anew for each thread. Used by `handlers/hidden.py`."""

from __future__ import annotations

import secrets

_CHINESE_FIRST = (
    "青石 晨雾 竹影 暖阳 远山 清风 细雨 初雪 晚霞 银河 碧波 白露 秋月 春芽 夏荫 松涛 云端 星野 花间 湖心 "
    "林间 海角 月下 麦田 灯塔 古桥 小巷 石阶 屋檐 泉边 沙洲 草原 梯田 港湾 山谷 溪畔 雨后 黎明 黄昏 午夜"
)
_CHINESE_SECOND = (
    "松鼠 刺猬 白鹭 海豚 灰雀 麋鹿 狐狸 水獭 熊猫 蜗牛 骆驼 企鹅 鲸鱼 燕子 羚羊 雪豹 猫头鹰 啄木鸟 考拉 海龟 "
    "蜻蜓 萤火虫 夜莺 飞鱼 树懒 云雀 旅鸟 斑马 长颈鹿 浣熊 河狸 驯鹿 山雀 翠鸟 章鱼 海星 蝴蝶 仙鹤 鸬鹚 小象"
)
_ENGLISH_FIRST = (
    "Quiet Amber Misty Sunny Distant Gentle Silver Early Late Blue Green Autumn Winter Spring Summer Cedar Cloud "
    "Starry Mossy Lake Forest Harbour Moonlit Golden Lantern Stone River Meadow Island Valley Copper Velvet Maple "
    "Coral Northern Southern Willow Rainy Snowy Evening"
)
_ENGLISH_SECOND = (
    "Squirrel Hedgehog Heron Dolphin Sparrow Elk Fox Otter Panda Snail Camel Penguin Whale Swallow Antelope Leopard "
    "Owl Woodpecker Koala Turtle Dragonfly Firefly Nightingale Marlin Sloth Lark Plover Zebra Giraffe Raccoon Beaver "
    "Reindeer Tit Kingfisher Octopus Starfish Butterfly Crane Cormorant Elephant"
)


def draw(language: str) -> str:
    """Return a name of two words in a language."""
    if language.startswith("zh"):
        return f"{secrets.choice(_CHINESE_FIRST.split())}的{secrets.choice(_CHINESE_SECOND.split())}"
    return f"{secrets.choice(_ENGLISH_FIRST.split())} {secrets.choice(_ENGLISH_SECOND.split())}"

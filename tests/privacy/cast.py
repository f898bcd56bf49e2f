"""Who plays in the tests of privacy, and where."""

from __future__ import annotations

from tests.talk import LI, Person

QUAN = Person("5550117", "权大鹏", "quandapeng")
SU = Person("5550229", "苏晚晴", "suwanqing")
MIN = Person("7010001", "阿敏", "amin")
BO = Person("7020002", "阿博", "abo")
JIANG = Person("5550331", "江一帆", "jiangyifan")
HE = Person("5550443", "贺小满", "hexiaoman")
HIDING = (QUAN, SU)
AUTHORS = (JIANG, HE)
"""They speak by name, in private: their words are told where they allow it, and nowhere else."""

STAFF = (LI, MIN)
WORKSHOP = "-2002"
FIRST_MICROSECOND = 700_001

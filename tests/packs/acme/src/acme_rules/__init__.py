"""Rules of a company that is no part of Fastidious."""

from acme_rules.clocks import RULES
from fastidious_rules.api import Pack

PACK = Pack("acme", "1.2.3", RULES)

"""Papers in, evidence-backed graph out: build a knowledge base, open it, ask it.

>>> import kb  # doctest: +SKIP
>>> kb.build(["seeds"], out="papers.kb")  # doctest: +SKIP
>>> kb.open("papers.kb").why("ICON", "ECON")  # doctest: +SKIP

Importing this package loads nothing heavy; each verb loads what it needs when it is called.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kb.version import __version__

if TYPE_CHECKING:
    from kb.address import Address
    from kb.base import connect, open
    from kb.build import add, apply_aliases, build, remove
    from kb.check import check
    from kb.diff import diff
    from kb.evaluate import evaluate
    from kb.evaluate_acronyms import evaluate_acronyms
    from kb.evaluate_pairs import evaluate_pairs
    from kb.evaluate_roles import evaluate_roles
    from kb.interop import to_networkx
    from kb.load import load

__all__ = [
    "Address",
    "__version__",
    "add",
    "apply_aliases",
    "build",
    "check",
    "connect",
    "diff",
    "evaluate",
    "evaluate_acronyms",
    "evaluate_pairs",
    "evaluate_roles",
    "load",
    "open",
    "remove",
    "to_networkx",
]

_HOMES = {
    "Address": "kb.address",
    "add": "kb.build",
    "apply_aliases": "kb.build",
    "build": "kb.build",
    "check": "kb.check",
    "connect": "kb.base",
    "diff": "kb.diff",
    "evaluate": "kb.evaluate",
    "evaluate_acronyms": "kb.evaluate_acronyms",
    "evaluate_pairs": "kb.evaluate_pairs",
    "evaluate_roles": "kb.evaluate_roles",
    "load": "kb.load",
    "open": "kb.base",
    "remove": "kb.build",
    "to_networkx": "kb.interop",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kb' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _Verbs(ModuleType):
    """`kb.build` is the verb: Python would put the module of that name in its place once it is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Verbs

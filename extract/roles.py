"""What a paper does with a name: the role of a mention, from the words before and after it.

A role is the strongest that its kind allows; without a cue it is the kind's own (`uses` for a method).
"""

import re

DEFAULT = {
    "Method": "uses",
    "Dataset": "evaluates_on",
    "Task": "addresses",
    "Metric": "reports",
    "Concept": "mentions",
}
_FILL = r"(?:the |a |an |all |both |existing |prior |previous |recent |popular |standard |strong |several |competing |state-of-the-art |sota |original |vanilla |methods? |baselines? |such as |like |including |namely |e\.g\.,? |conventional |current )*$"
_LISTED = r"(?:[\w.+\-]+(?:, and | and |, ))*"
_COMPARES = re.compile(
    r"\b(?P<cue>outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|superior to|inferior to|(?:better|worse|faster|slower|lower|higher|more \w+|less \w+) than|"
    r"(?:compared?|comparable|comparing|comparison|relative|contrast|opposed|alternative|competitive) (?:with|to|against)|baselines?|in contrast to|"
    r"(?:improve\w*|gains?|advantages?|improvements?|reduction|speed-?ups?) (?:over|upon)|unlike|than) "
    + _LISTED
    + _FILL,
    re.I,
)
_EXTENDS = re.compile(
    r"\b(?P<cue>extend(?:s|ing|ed)?|extensions? (?:of|to)|generali[sz](?:e|es|ing|ation of|ed)|generali[sz]ations? of|improv(?:e|es|ing|ed) (?:the )?|"
    r"accelerat(?:e|es|ing)|adapt(?:s|ing)?|revisit(?:s|ing)?|modif(?:y|ies|ying)|reformulat\w+|"
    r"versions? of|robustify\w*|stabili[sz]\w+) " + _FILL,
    re.I,
)
_USES = re.compile(
    r"\b(?P<cue>based on|built (?:on|upon)|builds? (?:on|upon)|building (?:on|upon)|us(?:e|es|ing|ed)|appl(?:y|ies|ying)|via|adopt\w*|leverag\w+|exploit\w*|employ\w*|"
    r"integrat\w+|combin\w+|incorporat\w+|with|by|through|utili[sz]\w+|fine-?tun\w+|train\w*) " + _FILL,
    re.I,
)
_AFTER_USES = re.compile(r"^(?P<cue>-based|-guided|-driven|-style)\b")


def role_of(kind: str, before: str, after: str) -> tuple[str, str]:
    """The role and its cue; `before` and `after` are the sentence's text on both sides of the mention."""
    if kind != "Method":
        return DEFAULT[kind], ""
    near = before[-90:]
    for role, pattern in (("compares_with", _COMPARES), ("extends", _EXTENDS), ("uses", _USES)):
        if match := pattern.search(near):
            return role, " ".join(match["cue"].casefold().split())
    if match := _AFTER_USES.match(after):
        return "uses", match["cue"]
    return "uses", ""

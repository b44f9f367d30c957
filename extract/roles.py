"""What a paper does with a name: the role of a mention, from the words before and after it and where it stands.

A role is the strongest that its kind allows; without a cue it is the kind's own (`uses` for a method), and a method
that only the opening sentences name, those about others' work, is mentioned.
"""

import re
from collections.abc import Iterable

DEFAULT = {
    "Method": "uses",
    "Dataset": "evaluates_on",
    "Task": "addresses",
    "Metric": "reports",
    "Concept": "mentions",
}
_FILL = (
    r"(?:(?:the|a|an|all|both|many|most|other|large|existing|prior|previous|recent|popular|standard|strong|several|competing|"
    r"state-of-the-art|sota|original|vanilla|conventional|traditional|current|methods?|baselines?|models?|approaches|"
    r"algorithms?|techniques|variants|that of|those of|such as|like|including|namely|e\.g\.,?|use of|classical|"
    r"well-known|widely used|commonly used|generic|learned|fully|purely|"
    r"[\w-]+s (?:computed|produced|obtained|given|found) by),? |\(|\"|'|`)*$"
)
_ITEM = r"[^\s,;.()]+(?: [^\s,;.()]+){0,3}"
_LISTED = rf"(?:(?:{_ITEM}(?:, and |, or |, ))*{_ITEM}(?:,? and |,? or |, ))?"
_COMPARES = re.compile(
    r"\b(?P<cue>outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|superior to|inferior to|"
    r"(?:better|worse|faster|slower|lower|higher|more \w+|less \w+|smaller|larger|cheaper) than|"
    r"(?:compared?|comparable|comparing|comparisons?|relative|contrast|opposed|competitive|favorably|on par|on a par|compet\w+) "
    r"(?:with|to|against)|alternatives? to|baselines?|in contrast to|rival(?:s|ing)?|(?:closely )?match(?:es|ing)?|"
    r"against|versus|vs\.?|instead of|rather than|replac(?:e|es|ing)|"
    r"(?:improve\w*|gains?|advantages?|improvements?|reduction|speed-?ups?)(?: [\w%.-]+){0,6} (?:over|upon)|unlike|than|"
    r"without (?:the need (?:for|of)|requiring|needing|relying on|resorting to|recourse to|the use of|using)|"
    r"(?:does|do|did|need|is|are) not (?:require|need|rely on|depend on|reliant on)|no need (?:for|of)|"
    r"avoid(?:s|ing)?(?: the \w+ of)?|bypass(?:es|ing)?|circumvent(?:s|ing)?|"
    r"(?:existing|previous|prior|current|traditional|conventional|recent|most|many)(?: [\w-]+){1,7}?,? (?:such as|like|including|e\.g\.,?)) "
    + _FILL.replace("*$", "*")
    + _LISTED
    + _FILL,
    re.I,
)
_OTHERS = re.compile(r"\b(?P<cue>traditional|conventional|existing|previous|prior|most|current) $", re.I)
_EXTENDS = re.compile(
    r"\b(?P<cue>extend(?:s|ing|ed)?|extensions? (?:of|to)|generali[sz](?:e|es|ing|ation of|ed)|generali[sz]ations? of|"
    r"(?:improv|enhanc|strengthen)(?:e|es|ing|ed|s)?(?: (?:the )?(?:[\w-]+ ){1,5}(?:of|in))?|accelerat(?:e|es|ing)|speed(?:s|ing)? up|"
    r"adapt(?:s|ing)?|revisit(?:s|ing)?|modif(?:y|ies|ying)|reformulat\w+|(?:versions?|variants?|successors?|class|family) of|robustify\w*|"
    r"stabili[sz]\w+|(?:limitations?|drawbacks?|shortcomings?|weakness(?:es)?|bottlenecks?|problems?|issues?|inefficienc(?:y|ies)) (?:of|in)|"
    r"starting from|derived from|fine-tuned from|initiali[sz]ed from|exemplified by|framework for|overcom(?:e|es|ing)) "
    + _FILL.replace("*$", "*")
    + _LISTED
    + _FILL,
    re.I,
)
_NEW_KIND_OF = re.compile(
    r"\b(?P<cue>(?:propos|introduc|present|develop|design|devis|build|deriv|formulat|obtain)\w*) (?:an?|our|the|two|new) "
    r"(?:(?!for |of |in |with |to |that |which |by |on |via |using |based |called |from |through |under )[\w-]+ ){0,4}?"
    r"(?:new|novel|improved|refined|general\w*|modified|extended|weighted|differentiable|private|efficient|fast|faster|scalable|"
    r"robust|hierarchical|sparse|stochastic|adaptive|unbiased|distributed|continuous|deep|bayesian|neural|\w+-aware|\w+-based|\w+able|\w+ed) "
    r"(?:(?!for |of |in |with |to |that |which |by |on |via |using |based |called |from |through |under )[\w-]+ ){0,3}?$",
    re.I,
)
_USES = re.compile(
    r"\b(?P<cue>based on|built (?:on|upon)|builds? (?:on|upon)|building (?:on|upon)|us(?:e|es|ing|ed)|appl(?:y|ies|ying)|via|"
    r"adopt\w*|leverag\w+|exploit\w*|employ\w*|integrat\w+|combin\w+|incorporat\w+|with|by|through|utili[sz]\w+|fine-?tun\w+|"
    r"train\w*) " + _FILL,
    re.I,
)
_AFTER_USES = re.compile(r"^(?P<cue>-based|-guided|-driven|-style)\b")
_TITLE_EXTENDS = re.compile(
    r"\b(?P<cue>for|improv\w+|accelerat\w+|generali[sz]\w+|rethinking|robust|efficient|fast|faster|scalable|towards|better|"
    r"extending|beyond|differentiable) (?:[\w-]+ )?$",
    re.I,
)
_OWN = re.compile(
    r"\b(?:we|our|ours|us|I|my|this (?:paper|work|article|study|thesis|letter|report|survey)|(?:is|are) (?:proposed|introduced|presented)|"
    r"the proposed|here|novel|(?:paper|work|article) (?:proposes|presents|introduces))\b"
)
_TITLE = (("extends", _TITLE_EXTENDS), ("uses", _USES))
_CUES = (
    ("extends", _EXTENDS),
    ("extends", _NEW_KIND_OF),
    ("compares_with", _COMPARES),
    ("compares_with", _OTHERS),
    ("uses", _USES),
)


def own_from(sentences: Iterable[tuple[int, str]]) -> int:
    """Where the abstract's first sentence about the paper itself begins; 0 when none is. Before it is background."""
    return next((start for start, text in sentences if _OWN.search(text[:1].lower() + text[1:])), 0)


def role_of(kind: str, before: str, after: str, place: str = "own") -> tuple[str, str]:
    """The role and its cue; `before` and `after` are the sentence's text on both sides of the mention.

    `place` is `title`, `background` (before the first sentence about the paper itself) or `own`.
    """
    if kind != "Method":
        return DEFAULT[kind], ""
    if place == "background":
        return "mentions", ""
    near = before[-170:]
    for role, pattern in _TITLE if place == "title" else _CUES:
        if match := pattern.search(near):
            return role, " ".join(match["cue"].casefold().split())
    if match := _AFTER_USES.match(after):
        return "uses", match["cue"]
    return "uses", ""

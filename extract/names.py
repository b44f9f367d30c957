"""Names by shape, with the cue that tells their kind: `on X`, `the X dataset`, `compared with X`, `X-based`.

Works on one sentence at a time and yields character offsets, like `extract.introductions`.
"""

import re
from collections.abc import Iterator

from extract.introductions import Introduction, name_like, trim

_TOKEN = r"[A-Z0-9][\w\-–+.$^@*']*[\w+$*@]|[a-z]+[A-Z][\w\-+.]*\w|[A-Z]"
_NAME = rf"(?:{_TOKEN})(?: (?:{_TOKEN})){{0,3}}"
_LIST = rf"{_NAME}(?:(?:, and | and |, or | or |, |/){_NAME}){{0,99}}"
_DATA = r"(?:datasets?|data ?sets?|benchmarks?|corpus|corpora|databases?|treebanks?|suites?|test ?sets?|leaderboards?|simulators?|challenges?|testbeds?|games|environments?)"
_ADJ = r"(?:(?:the|both|two|three|four|five|six|seven|eight|popular|standard|public|publicly|available|well-known|challenging|widely|used|widely-used|large-scale|real-world|synthetic|common|benchmark|several|various|multiple|many|different|including|original|full|new|more|large|and|datasets?|benchmarks?|tasks?|of) )*"

_BEFORE_DATA = re.compile(rf"(?P<list>{_LIST}) (?:[a-z][\w-]* ){{0,2}}?{_DATA}\b")
_SUCH_DATA = re.compile(
    rf"\b{_DATA}(?: \w+){{0,2}}?(?:,? (?:such as|including|like|namely|i\.e\.,?|e\.g\.,?|called|named)|:| ?\() ?(?:the )?(?P<list>{_LIST})"
)
_ON = re.compile(
    rf"\b(?:evaluat\w+|experiment\w*|result\w*|test\w*|validat\w+|train\w*|pre-?train\w*|fine-?tun\w+|state-of-the-art|performance|perform\w*|"
    rf"achiev\w+|outperform\w*|improve\w*|accuracy|score\w*|effective\w*|demonstrat\w+|error|FID|mIoU|mAP|AP|PSNR|BLEU|compar\w+|conduct\w*|gain\w*|benchmark\w*|stud(?:y|ies)|metrics?|success)\b"
    rf"[^.;:()]{{0,90}}?\b(?:on|using|over|from|across|in) {_ADJ}(?P<list>{_LIST})"
)
_BASELINE = re.compile(
    rf"\b(?P<cue>outperform\w*|surpass\w*|exceed\w*|beats?|compared (?:with|to)|comparison (?:with|to)|superior to|better than|"
    rf"baselines?(?: \w+)? (?:such as|like|including)|competitive with|faster than|competitors?)\b {_ADJ}(?P<list>{_LIST})"
)
_BUILT = re.compile(
    rf"\b(?P<cue>based on|built (?:on|upon)|build(?:s|ing)? (?:on|upon)|extend(?:s|ing)?|extension of|variant of|generali[sz](?:es|ation of)|"
    rf"using|use|uses|apply|applied to|via|adopt\w*|leverag\w+|exploit\w*|employ\w*|integrat\w+|fine-?tun\w+|implemented in|such as|like|"
    rf"called|named|known as|limitations? of|improv\w+)\b (?:the |a |an |existing |popular |recent |pre-?trained |standard )*(?P<list>{_LIST})"
)
_BASED = re.compile(rf"(?P<list>{_NAME})-(?:based|style|like|guided|driven|type)\b")
_HEADED = re.compile(
    rf"\b(?P<list>{_NAME}) (?P<head>models?|algorithms?|methods?|networks?|architectures?|frameworks?|optimizers?|loss(?:es)?|"
    rf"approach(?:es)?|backbones?|encoders?|decoders?|regularization|features?|policy|policies|agents?|baselines?|toolkit|library|detectors?|variants?|family|series|layers?|modules?|blocks?)\b"
)
_SPLIT = re.compile(r", and |, or | and | or |, |/(?=[A-Z])")
_ENDLESS = re.compile(r"[\w\-–+.$^@*'/]{200,}")
"""What is too long for a name: the patterns would try every part of it at every letter."""


def by_cue(sentence: str) -> Iterator[Introduction]:
    """Names of one sentence that stand in a cue; the kind is the cue's."""
    sentence = _ENDLESS.sub(lambda run: "…" * len(run[0]), sentence)
    for pattern, cue, kind, score in (
        (_BEFORE_DATA, "X dataset", "Dataset", 0.8),
        (_SUCH_DATA, "datasets such as X", "Dataset", 0.8),
        (_ON, "on X", "Dataset", 0.65),
        (_BASELINE, "", "Method", 0.6),
        (_BUILT, "", "Method", 0.5),
        (_BASED, "X-based", "Method", 0.55),
        (_HEADED, "X model", "Method", 0.6),
    ):
        for match in pattern.finditer(sentence):
            yield from _listed(sentence, match, cue or match["cue"], kind, score)


def _listed(sentence: str, match: re.Match[str], cue: str, kind: str, score: float) -> Iterator[Introduction]:
    at = match.start("list")
    for piece in _SPLIT.split(match["list"]):
        begin = sentence.find(piece, at)
        at = begin + len(piece)
        start, end = trim(sentence, begin, at)
        name = sentence[start:end]
        strong = cue in ("X dataset", "datasets such as X") and start > 0
        if name_like(name, inside=strong) and _capitals(name) and not _only_number(name):
            yield Introduction(start, end, kind, cue, score)


def _capitals(name: str) -> bool:
    return any(c.isupper() for c in name)


def _only_number(name: str) -> bool:
    return not any(c.isalpha() for c in name.split()[0]) or bool(re.fullmatch(r"\d+[A-Za-z]?", name))

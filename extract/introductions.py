"""What a paper names as its own: the title's `X: ...`, `we propose X`, `a method called X`, `X, a novel ...`.

Patterns run over one sentence at a time and yield character offsets; a name must look like one (`name_like`)
unless the words before it say that it is being named (`which we call second-order regression models`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.lexicon import words

_VERB = (
    r"(?:propos(?:e|es|ed|ing)|present(?:s|ed|ing)?|introduc(?:e|es|ed|ing)|develop(?:s|ed|ing)?|devis(?:e|es|ed|ing)|"
    r"design(?:s|ed|ing)?|describ(?:e|es)|releas(?:e|es|ed|ing)|construct(?:s|ed)?|creat(?:e|es|ed|ing)|"
    r"formulat(?:e|es|ed)|contribut(?:e|es)|defin(?:e|es|ed)|buil(?:d|ds|t)|provid(?:e|es|ing)|offers?|"
    r"collect(?:s|ed)?|curat(?:e|es|ed)|establish(?:es|ed)?|publish|open-source|deriv(?:e|es)|stud(?:y|ies)|"
    r"suggest(?:s|ed)?|advocate|consider|explores?|implement(?:s|ed)?|invent(?:s|ed)?|unveils?|put forward)"
)
_STRONG = re.compile(
    r"(?:propos|present|introduc|devis|releas|develop|nam|call|dub|term|coin|design|contribut|creat|construct|buil|collect|curat)"
)
_SUBJECT = re.compile(r"\b(?:we|i|paper|work|article|study|thesis|report|authors?|here|hence|thus|therefore)\b", re.I)
_NAMED = (
    r"(?:called|named|dubbed|termed|coined|titled|entitled|labell?ed|nicknamed|namely|denoted(?: as| by)?|"
    r"referred to as|abbreviated(?: as| to)?|(?:which|that|what) we (?:will )?(?:call|name|term|dub|coin|refer to as|denote(?: as| by)?)|"
    r"we (?:call|name|term|dub|refer to)(?: it| this| these| them)?(?: (?:method|approach|model|framework|algorithm|\w+ \w+))? (?:as )?)"
)
_OPEN = r"[\"'`“”‘’*\\({\[]*"
_WORD = r"[A-Za-z0-9$\\][\w\-–+.$\\^{}@*'’/]*(?:\(-[A-Za-z0-9]+\))?"
_TITLE_WORD = r"[A-Z0-9$][\w\-–+.$\\^@*'’/]*"
_JOIN = r"(?:of|for|(?<!and )the|and(?! the)|to|in|with|by|via|on|from|through|as|&|over|without)"
_NAME = rf"(?:{_TITLE_WORD}(?: (?:{_JOIN} ){{0,2}}{_TITLE_WORD}){{0,7}}|{_WORD})"
_LEAD = (
    r"(?:(?:a|an|the|our|two|three|its|novel|new|simple|efficient|effective|first|large-scale|general|unified|"
    r"yet|and|so-called|proposed|open-source|lightweight|scalable|more|general-purpose|comprehensive|challenging) )*"
)

_VERB_AT = re.compile(rf"\b{_VERB}\b(?: (?:and|then|further|here|finally|also|or) {_VERB}\b)?")
_LEAD_AT = re.compile(rf"\s*:?\s*(?:\((?:i|1|a)\) )?{_LEAD}{_OPEN}")
_NAMED_AT = re.compile(rf"\b(?i:{_NAMED}):?\s*(?:the |a |an )?(?P<quote>{_OPEN})(?P<name>{_NAME})")
_NAMED_PHRASE = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|(?:which|that|what) we (?:call|name|term|dub|coin|refer to as)|we call|referred to as)"
    r"\s+(?:the |a |an )?(?P<quote>[\"'`“‘*]*)(?P<name>[a-z0-9][\w\-–]*(?: [a-z0-9][\w\-–]*){0,4}?)(?P=quote)?"
    r"(?=[\"'”’*]*(?:[,.;:()]|$)| (?:that|which|to|for|in|on|by|with|from|as|and|where|using|based|via|is|are|can)\b)"
)
_BRACKETED = re.compile(r"[(]\s*[\"'`“*]*(?P<name>[A-Za-z0-9$\\][\w\-–+.$\\^@*/]{1,24})[\"'”*]*\s*[)]")
_APPOSITION = re.compile(rf", (?P<name>{_WORD})(?=,|\.$|\. |$|;| that | which | for )")
_AFTER_HEAD = re.compile(
    rf"\b(?P<head>[a-z][\w-]*) [\"'`“‘*]*(?P<name>{_WORD})[\"'’”*]*(?=[,.;:(]|$| (?:that|which|to|for|in|on|by|with|from|as|where|and|using|based|via)\b)"
)
_OUR = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he proposed|[Tt]his|[Tt]he resulting|[Oo]ur resulting|[Oo]ur proposed) (?:(?!on |of |in |for |with |to )[\w-]+ ){{0,5}}?"
    rf"(?P<head>[a-z]+),? (?:is )?(?:called |named |dubbed |termed |coined |namely )?{_OPEN}(?P<name>{_NAME})(?=[,.;:(\"'”’*]|$| (?:is|are|can|achieves?|outperforms?|enables?|shows?|consists?|has|does)\b)"
)
_OUR_NAME = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he proposed|[Tt]he resulting|[Oo]ur proposed|[Oo]ur resulting) {_OPEN}(?P<name>{_WORD})(?! ?(?:based|style|like))"
)
_IS_NOVEL = re.compile(
    rf"(?:^|[ (\"'`*])(?P<name>{_NAME})[\"'*]*(?: \([^)]*\))?[\"'*]*(?:,| is) (?:a|an|our|the first)(?: \w+ly)? (?:novel|new|simple|first|general|large-scale|unified|open-source|efficient|lightweight|method|dataset|framework|benchmark|scalable|model-agnostic|flexible|comprehensive|end-to-end)\b"
)
_TITLE_HEAD = re.compile(r"^[\"'`“*$\\]*(?P<name>[^:]{2,80}?)[\"'”*]*\s?(?::| [-–—] )\s*(?P<rest>.+)$")
_AND = re.compile(r",? and ")
_PHRASE_WORD = re.compile(r"[\"'`“‘*]*[A-Za-z0-9$\\][\w\-–+.$\\^{}@*'’/]*[\"'”’*]*,?")
_CLAUSE = re.compile(r"\b(?:which|that|where|whose|while|because|since|so that|in order)\b|;")


@dataclass(frozen=True, slots=True)
class Introduction:
    """A name the paper gives, by character offsets in the text it was found in, its kind and the cue."""

    start: int
    end: int
    kind: str
    cue: str
    score: float


_ORDINARY = words("ordinary.txt")["ordinary"]
_HEADS = words("heads.txt")
_FUNCTION = words("ordinary.txt")["function"]
_ORDINARY |= _FUNCTION
_VAGUE = words("ordinary.txt")["vague"]
_GENERAL = words("heads.txt")["general"]
_TELLING = words("heads.txt")["telling"]
_KIND_OF_HEAD = {head: kind for kind in ("Method", "Task", "Metric", "Dataset") for head in _HEADS[kind]}


def name_like(text: str, *, inside: bool = True) -> bool:
    """A proper name by its shape: an inner capital, a digit beside letters, or several capitals.

    A single capitalised word is one only inside a sentence (`inside`) and when it is no ordinary word.
    """
    bare = text.strip("\"'`*“”‘’")
    letters = [c for c in bare if c.isalpha()]
    if len(bare) < 2 or not letters or bare.casefold() in _ORDINARY:
        return False
    if " " in bare:
        first = bare.split(" ", 1)[0]
        return first[:1].isupper() and first.casefold() not in _ORDINARY
    capitals = sum(c.isupper() for c in letters)
    if capitals >= 2 or (capitals and any(c.isdigit() for c in bare)):
        return not bare.endswith(("-based", "-like", "-style"))
    if any(c.isdigit() for c in bare) and len(letters) >= 3 and not bare[0].isdigit():
        return True
    if re.search(r"[a-z][A-Z]|\\|\$", bare):
        return True
    return inside and bare[0].isupper() and len(bare) > 3


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut quotes, trailing stops and trailing connectors off `text[start:end]`."""
    while end > start and (text[end - 1] in "\"'`*“”‘’,.;:)([]{ /-" and not _balanced(text[start:end])):
        end -= 1
    while start < end and text[start] in "\"'`*“”‘’([{ ":
        start += 1
    cut = re.search(rf" (?:{_JOIN})$", text[start:end])
    return start, end - (len(cut[0]) if cut else 0)


def _balanced(text: str) -> bool:
    return text.endswith(")") and text.count("(") == text.count(")")


def kind_from(before: str, name: str, after: str) -> str:
    """The kind of a named thing from the words around it: `X dataset`, `X, a new benchmark`, `a task called X`."""
    follow = re.match(r"[\"'”*)]*\s+([a-z][\w-]*)(?: ([a-z][\w-]*))?", after)
    if follow:
        for word in follow.groups():
            if word and (kind := _KIND_OF_HEAD.get(_singular(word))) in ("Dataset", "Metric", "Task"):
                return kind
    last = _singular(name.split()[-1].split("-")[-1].casefold())
    if (kind := _KIND_OF_HEAD.get(last)) in ("Dataset", "Metric"):
        return kind if last not in ("error", "score", "measure", "index") or kind == "Metric" else "Method"
    apposed = re.match(r"[\"'”*]*(?: \([^)]*\))?(?:,| is|:)? (?:a|an|the|our|another|the first) ([^.,;:]{3,90})", after)
    if apposed and (kind := first_head(apposed[1])):
        return kind
    heads = [_KIND_OF_HEAD.get(_singular(w)) for w in re.findall(r"[a-z][\w-]*", before[-60:])]
    return next((k for k in reversed(heads) if k), "Method")


def first_head(phrase: str) -> str | None:
    """The kind of the first head noun in a description: `a large corpus of ...` is a Dataset."""
    for word in re.findall(r"[a-z][\w-]*", phrase.split(" for ")[0].split(" that ")[0]):
        if kind := _KIND_OF_HEAD.get(_singular(word)):
            return kind
    return None


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def in_title(title: str, abstract: str) -> Iterator[Introduction]:
    """The name a title gives before its colon."""
    match = _TITLE_HEAD.match(title)
    if not match:
        return
    start, end = trim(title, match.start("name"), match.end("name"))
    name, rest = title[start:end], match["rest"]
    count = len(name.split())
    if count == 1:
        good = name_like(name) or (name[:1].isupper() and name.casefold() not in _ORDINARY)
    else:
        good = 1 < count <= 6 and _names_in_title(name, abstract)
    if good:
        kind = (
            first_head(rest.casefold()) if re.search(r"dataset|benchmark|corpus|suite|treebank", rest, re.I) else None
        )
        yield Introduction(start, end, kind or kind_from("", name, ""), "title", 0.95)


def _names_in_title(name: str, abstract: str) -> bool:
    """Several words before the colon are a name if they hold one or the abstract repeats them."""
    first, *_, last = name.split()
    if first.casefold() in _ORDINARY or first.casefold().endswith("ing") or "?" in name:
        return False
    if any(name_like(w, inside=False) and sum(c.isupper() for c in w) > 1 for w in (first, last)):
        return len(name.split()) <= 4
    return name.casefold() in abstract.casefold() or _singular(last.casefold()) in _HEADS["Method"]


def in_sentence(sentence: str) -> Iterator[Introduction]:
    """Names that one sentence of an abstract introduces."""
    yield from _after_verb(sentence)
    for match in _NAMED_AT.finditer(sentence):
        yield from _checked(sentence, match, f"named: {match[0][: match.start('quote') - match.start()].strip()}", 0.95)
    for match in _NAMED_PHRASE.finditer(sentence):
        yield from _phrase(sentence, match)
    for pattern in (_OUR, _OUR_NAME):
        for match in pattern.finditer(sentence):
            head = match.groupdict().get("head")
            if head is None or _singular(head) in _KIND_OF_HEAD:
                yield from _checked(sentence, match, "our", 0.8)
    for match in _IS_NOVEL.finditer(sentence):
        yield from _checked(sentence, match, "a novel", 0.85)


def _after_verb(sentence: str) -> Iterator[Introduction]:
    if not _SUBJECT.search(sentence):
        return
    for verb in _VERB_AT.finditer(sentence):
        cue = verb[0].split()[-1]
        strong = bool(_STRONG.match(verb[0]))
        yield from _object(sentence, verb.end(), cue, strong)
        clause = _CLAUSE.search(sentence, verb.end())
        if strong:
            yield from _in_object(sentence, verb.end(), clause.start() if clause else len(sentence), cue)


def _object(sentence: str, at: int, cue: str, strong: bool) -> Iterator[Introduction]:
    """The noun phrases right after the verb, also the second of two: `we define X and propose Y and Z`."""
    for _ in range(2):
        lead = _LEAD_AT.match(sentence, at)
        begin = lead.end() if lead else at
        end = phrase_end(sentence, begin)
        if hit := _named_part(sentence, begin, end, cue, strong):
            yield hit
        more = _AND.match(sentence, end)
        if not more:
            return
        at = more.end()


def phrase_end(sentence: str, start: int) -> int:
    """Where the noun phrase that begins at `start` ends: before a function word, a stop or a bracket."""
    end = start
    for word in _PHRASE_WORD.finditer(sentence, start):
        if sentence[end : word.start()].strip(" ") or word[0].casefold() in _FUNCTION:
            break
        end = word.end()
        if sentence[end - 1] in ".,":
            return end - 1
    return end


def _named_part(sentence: str, start: int, end: int, cue: str, strong: bool) -> Introduction | None:
    """The name in a noun phrase: a proper name by its shape, else the phrase without a general head noun."""
    begin, stop = trim(sentence, start, end)
    phrase = sentence[begin:stop]
    parts = phrase.split(" ")
    size = next((i for i, w in enumerate(parts) if not _capital(w)), len(parts))
    proper = " ".join(parts[:size])
    if proper and (_shaped(proper) or size == len(parts) or (size > 1 and name_like(proper))):
        if name_like(proper, inside=begin > 0):
            stop = begin + len(proper)
            kind = kind_from(sentence[:begin], proper, sentence[stop:])
            return Introduction(begin, stop, kind, cue, 0.9 if strong else 0.6)
        return None
    return _described(sentence, begin, parts, cue) if strong else None


def _described(sentence: str, begin: int, parts: list[str], cue: str) -> Introduction | None:
    """`a soft selection layer`, `implicit feature augmentation`: lower-case words that end in a telling head."""
    inner = next((i for i, w in enumerate(parts) if i and _shaped(w) and len(parts) - i <= 2), None)
    if inner is not None and inner >= 1 and _singular(parts[inner - 1]) in _KIND_OF_HEAD:
        return None  # `a calibration method RCAL`: found by its name
    while len(parts) > 1 and _singular(parts[-1]) in _GENERAL:
        parts = parts[:-1]
    head = _singular(parts[-1].casefold().split("-")[-1])
    if len(parts) < 2 or len(parts) > 6 or head not in _TELLING or any(w.casefold() in _VAGUE for w in parts[:1]):
        return None
    end = begin + len(" ".join(parts))
    if end - begin < 8:
        return None
    return Introduction(begin, end, kind_from("", sentence[begin:end], sentence[end:]), cue, 0.55)


def _capital(word: str) -> bool:
    return any(c.isupper() for c in word) or word[:1].isdigit() or word[:1] in "\\$"


def _shaped(text: str) -> bool:
    """A name beyond doubt: one word with an inner capital or a digit."""
    return " " not in text and name_like(text, inside=False)


def _in_object(sentence: str, start: int, stop: int, cue: str) -> Iterator[Introduction]:
    """`a new model over DAGs (DP-DAG)`, `a calibration method RCAL`, `an approach, SelfPose3d, for`."""
    bracket = _BRACKETED.search(sentence, start, stop)
    if bracket and len(sentence[start : bracket.start()].split()) <= 16:
        yield from _checked(sentence, bracket, f"{cue} ()", 0.85, several_capitals=True)
    for match in _APPOSITION.finditer(sentence, start, stop):
        before = re.search(r"([a-z][\w-]*)$", sentence[: match.start()])
        if before and _singular(before[1]) in _KIND_OF_HEAD:
            yield from _checked(sentence, match, cue, 0.8, several_capitals=True)
    for match in _AFTER_HEAD.finditer(sentence, start, stop):
        if _singular(match["head"]) in _KIND_OF_HEAD:
            yield from _checked(sentence, match, cue, 0.85, several_capitals=True)


def _checked(
    sentence: str, match: re.Match[str], cue: str, score: float, *, several_capitals: bool = False
) -> Iterator[Introduction]:
    start, end = trim(sentence, match.start("name"), match.end("name"))
    name = sentence[start:end]
    if not name_like(name, inside=start > 0) or len(name) > 90:
        return
    if several_capitals and sum(c.isupper() for c in name) + sum(c.isdigit() for c in name) < 2:
        return
    yield Introduction(start, end, kind_from(sentence[:start], name, sentence[end:]), cue, score)


def _phrase(sentence: str, match: re.Match[str]) -> Iterator[Introduction]:
    start, end = trim(sentence, match.start("name"), match.end("name"))
    first = sentence[start:end].split(" ")[0]
    if first in _ORDINARY or end - start < 4:
        return
    if re.search(
        r"\b(?:so|is|are|been|often|commonly|usually|also) called",
        sentence[max(0, match.start() - 12) : match.end()],
    ):
        return
    yield Introduction(start, end, kind_from(sentence[:start], sentence[start:end], sentence[end:]), "named", 0.7)

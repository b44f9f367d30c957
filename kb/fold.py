r"""Folding: one key for every spelling of a name.

`fold` takes away what does not tell two names apart: Unicode forms, case, accents, LaTeX residue, quotes, articles,
hyphens and blanks, plurals, British spelling, a trailing head noun (`CelebA dataset`), and for tasks the order of
`detection of pedestrians`. It keeps what does: digits, version marks, `+`, `*`, `@`, variant letters. Pure, standard
library only, and idempotent: `fold(fold(x)) == fold(x)`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from kb.spelling import is_form, word_form, word_set

_GREEK_NAME = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)")
_LONE_GREEK = re.compile(r"(?<![Ͱ-Ͽ])[Α-Ωα-ω](?![Ͱ-Ͽ])")
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "AE", "œ": "oe",
     "Œ": "OE", "×": "x", "→": " to ", "↔": " to ", "⋆": "*", "∗": "*", "★": "*", "∞": "infty", "≥": ">=", "≤": "<=",
     "−": "-", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": ""}
)  # fmt: skip
_ACCENT_COMMAND = re.compile(
    r"\\['\"`^~=.]\s?\{?\\?([A-Za-z])\}?|\\[cvHukrdb](?:\{([A-Za-z])\}|\s([A-Za-z])(?![A-Za-z]))"
)
_LETTER_COMMAND = re.compile(r"\\(L|l|O|o|ss|ae|AE|oe|OE|aa|AA|i|j)(?:\{\}|(?![A-Za-z]))\s?")
_STYLE_COMMAND = re.compile(
    r"\\(?:math|text)[a-z]+(?![A-Za-z])|\\(?:emph|bf|it|rm|sc|tt|em|boldsymbol|bm|operatorname|left|right|ensuremath|xspace)"
    r"(?![A-Za-z])"
)
_SYMBOLS = {
    "ell": "l", "times": "x", "star": "*", "ast": "*", "to": " to ", "rightarrow": " to ", "infty": "infty",
    "textendash": "-", "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varsigma": "sigma", "leq": "<=",
    "geq": ">=", "pm": "±", "cdot": "·", "deg": "°",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LATEX = re.compile(r"[\\${}]")
_POSSESSIVE = re.compile(r"['’‘`´]s?(?=\s|$|-)")
_QUOTES = re.compile(r"[\"'`´“”‘’„«»‹›¨!?\\$^{}]")
_BREAKS = re.compile(r"[\s‐-―_/|:;,()\[\]…~·•-]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_V_BEFORE = re.compile(r"(?<![A-Za-z0-9.])[vV](?=\d+\.\d)|(?<=[A-Za-z])[vV](?=\d+\.\d)")
_LEADING = re.compile(
    r"(?:(?:the|an|our|this)\s+|a\s+(?=[a-z]))(?=\S)|(?:the\s+)?(?:problem|task)s?\s+of\s+(?=\S)", re.I
)
_GLOSS = re.compile(r"\s\(([A-Za-z][A-Za-z0-9-]{1,9})\)")
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "six": "6"}
_CLEAN = re.compile(r"[A-Za-z0-9 +*:;/_-]+")
"""Texts without anything that LaTeX, quotes, brackets and dots ask for: nearly all."""
_DIMENSIONAL = re.compile(r"(?<![A-Za-z0-9.])(one|two|three|four|six|[1-6])[\s‐-―-]dimensional\b", re.I)

_PLAIN_HEADS, _NAME_HEADS = word_set("plain heads"), word_set("name heads")
_NO_NAMES, _FIELDS, _KEPT_WHOLE = word_set("no names"), word_set("fields"), word_set("whole")
_HEADS = _PLAIN_HEADS | _NAME_HEADS
_MEDIA, _FUNCTION = word_set("media"), word_set("function")
_DESCRIPTIVE = re.compile(
    r"[-‐](?:based|like|style|guided|driven|aware|free|type|trained|inspired|enhanced|augmented|powered|specific)$"
)
_NAME_LIKE = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[0-9]|[+*]$")  # a capital inside, two together, a digit, a mark
_DIMENSION = re.compile(r"\d+(?:\.\d+)?[DdKkMBx%]?$")
_ACTIONS = re.compile(
    r"(?:tion|sion|sis|ing|ment|ure|retrieval|search|transfer|control|design|discovery|repair|removal)$"
)


LONGEST = 1_000
"""Characters of a text that tell it apart; the work grows with the square of the length."""


def fold(text: str, kind: str | None = None) -> str:
    """The key under which all spellings of a name meet; `kind` (`"Task"`) allows that kind's own rules.

    Never empty for a text that is not. Idempotent for any Unicode text.
    """
    text = text[:LONGEST]
    seen: set[str] = set()
    while text not in seen:
        seen.add(text)
        text = _squashed(words(text, kind)) or _fallback(text)
        if text.isascii() and text.isalnum() and is_form(text):
            break  # one plain word folds to itself
    return text


def words(text: str, kind: str | None = None) -> list[str]:
    """The folded words of a name, head noun and articles cut, in the order of the key."""
    parts = _without_head(_spaced(text))
    return list(_forms(_noun_first(parts) if kind == "Task" else parts))


def _forms(parts: Sequence[str]) -> Iterator[str]:
    """The one form of each word in `parts`, which may be several words each (`text-to-image`)."""
    for part in parts:
        for piece in (part,) if part.isalnum() else _BREAKS.split(part):
            if form := word_form(piece):
                yield form


def bare(text: str) -> str:
    """A name as written, without article and head noun: `LSTM` for `the LSTM network`."""
    return " ".join(_without_head(_spaced(text)))


def display(text: str) -> str:
    """A name as people write it: LaTeX residue and odd Unicode forms mended, accents and case kept."""
    shown = unicodedata.normalize("NFKC", text)
    return " ".join((_unlatex(shown).replace("$", "") if _LATEX.search(shown) else shown).split()) or text


def _fallback(text: str) -> str:
    """For what folds to nothing (`---`): the text itself, casefolded."""
    return unicodedata.normalize("NFKC", text.casefold()).strip() or text


def _spaced(text: str) -> list[str]:
    """The words between blanks, in ASCII letters where there are some, without quotes and stray dots; case is kept."""
    if not _CLEAN.fullmatch(text):
        text = _POSSESSIVE.sub("", plain(text))
        text = _QUOTES.sub("", _without_gloss(text))
        text = _DOT.sub("", _THOUSANDS.sub("", _V_BEFORE.sub("", text))).replace("&", " and ")
    if "dimensional" in text.lower():
        text = _DIMENSIONAL.sub(lambda m: _NUMBERS.get(m[1].casefold(), m[1]) + "D", text)
    text = " ".join(text.strip(" ,;:-").split())
    while lead := _LEADING.match(text):
        text = text[lead.end() :]
    return text.split()


def plain(text: str) -> str:
    """Compatibility forms, ligatures, accents, Greek letters and LaTeX commands as plain letters."""
    if text.isascii() and "\\" not in text:
        return text
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text:
        text = _unlatex(text)
    if not text.isascii():
        split = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in split if not "\u0300" <= c <= "\u036f")
        text = unicodedata.normalize("NFKC", text).translate(_LETTERS)
        text = _LONE_GREEK.sub(lambda m: _spelt(m[0]), text)
    return text


def _spelt(letter: str) -> str:
    """A Greek letter by its name, as LaTeX has it (`lambda`, which Unicode calls `LAMDA`)."""
    named = _GREEK_NAME.match(unicodedata.name(letter, ""))
    return named[1].lower().replace("lamda", "lambda") if named else letter


def _unlatex(text: str) -> str:
    text = _ACCENT_COMMAND.sub(lambda m: m[1] or m[2] or m[3], text)
    text = _LETTER_COMMAND.sub(r"\1", text)
    text = _STYLE_COMMAND.sub("", text)
    text = _COMMAND.sub(lambda m: _SYMBOLS.get(m[1], m[1]), text)
    return text.replace("\\", "").replace("{", "").replace("}", "")


def _without_gloss(text: str) -> str:
    """`out-of-distribution (OOD) detection` without the bracket that abbreviates the words before it."""
    for gloss in _GLOSS.finditer(text):
        initials = "".join(w[0] for w in _BREAKS.split(text[: gloss.start()]) if w).casefold()
        if initials.endswith(gloss[1].casefold()):
            return text[: gloss.start()] + text[gloss.end() :]
    return text


def _without_head(parts: list[str]) -> list[str]:
    """Cut `dataset`, `algorithm`, `task` .. at the end where the rest stands as a name without it."""
    while len(parts) > 1:
        if len(parts) > 2 and parts[-2].casefold() == "data" and parts[-1].casefold() in ("set", "sets"):
            parts = parts[:-2]
            continue
        if not _cuts(parts[:-1], parts[-1]):
            return parts
        parts = parts[:-1]
    return parts


def _cuts(rest: list[str], last: str) -> bool:
    """Whether the last word can go: always for heads like `dataset`, for `network` after a proper name (`LSTM`)."""
    head = word_form(last)
    if head not in _HEADS:
        return False
    if "".join(_forms(rest[-1:])) + head in _KEPT_WHOLE or rest[-1].casefold() in _FUNCTION:
        return False
    if head in _NAME_HEADS and not last.isupper() and _is_proper(rest[-1]):
        return True
    if head not in _PLAIN_HEADS:
        return False
    pieces = list(_forms(rest))
    return len(pieces) > 1 or any(len(p) > 1 and p not in _NO_NAMES and not p.isdigit() for p in pieces)


def _is_proper(word: str) -> bool:
    """Whether the letters show a name: `CelebA`, `LSTM`, `F1`, `k-means++`; not `Neural`, `3D`, `GPT-based`."""
    if word in _FIELDS or _DIMENSION.match(word) or _DESCRIPTIVE.search(word):
        return False
    return bool(_NAME_LIKE.search(word)) and any(c.isalpha() for c in word)


def _noun_first(parts: list[str]) -> list[str]:
    """`detection of pedestrians` as `pedestrian detection`, `action recognition in videos` with `video` in front."""
    low = [p.casefold() for p in parts]
    if low.count("of") == 1:
        at = low.index("of")
        noun, rest = parts[:at], _no_article(parts[at + 1 :])
        plain_rest = not _FUNCTION & {p.casefold() for p in rest}
        if 1 <= len(noun) <= 2 and rest and plain_rest and _ACTIONS.search(word_form(noun[-1])):
            return rest + noun
    for preposition in ("in", "from"):
        if low.count(preposition) == 1:
            at = low.index(preposition)
            noun, rest = parts[:at], _no_article(parts[at + 1 :])
            pieces = {word_form(w) for p in rest for w in _BREAKS.split(p)}
            if len(noun) > 1 and rest and pieces <= _MEDIA and _ACTIONS.search(word_form(noun[-1])):
                return rest + noun
    return parts


def _no_article(parts: list[str]) -> list[str]:
    return parts[1:] if len(parts) > 1 and parts[0].casefold() in ("the", "a", "an") else parts


def _squashed(parts: Sequence[str]) -> str:
    """The words joined, with a blank only where joining would make another word: `vgg s`, `llama3 70b`."""
    out: list[str] = []
    for part in parts:
        joined = out[-1] + part if out else ""
        if out and not (out[-1][-1].isdigit() and part[0].isdigit()) and is_form(joined):
            out[-1] = joined
        else:
            out.append(part)
    return " ".join(out)

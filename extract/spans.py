"""How stages write what they find: spaCy spans in `doc.spans["entities"]`.

A span's `label_` is the kind, `kb_id_` what the surface form stands for (empty: itself) and `id_` the evidence,
`stage|role|cue|score`; `read` turns it back. One Doc is one paper: title, a blank line, abstract.
"""

from dataclasses import dataclass

from spacy.tokens import Doc, Span

GROUP = "entities"


@dataclass(frozen=True, slots=True)
class Found:
    """What a stage found: tokens `start:end`, with the evidence for it."""

    start: int
    end: int
    kind: str
    name: str
    stage: str
    role: str
    cue: str
    score: float


def add(doc: Doc, found: Found) -> None:
    """Append one finding to the document's entity spans."""
    evidence = f"{found.stage}|{found.role}|{found.cue}|{found.score}"
    span = Span(doc, found.start, found.end, label=found.kind, kb_id=found.name, span_id=evidence)
    doc.spans[GROUP].append(span)


def read(doc: Doc) -> list[Found]:
    """All findings of a document, in the order in which they were added."""
    out = []
    for span in doc.spans[GROUP]:
        stage, role, cue, score = span.id_.split("|", 3)
        out.append(Found(span.start, span.end, span.label_, span.kb_id_, stage, role, cue, float(score)))
    return out

"""A small graph built by hand, and the same as a knowledge base on disk."""

from pathlib import Path

import pytest

from extract.records import Reject
from kb.folder import FORMAT, write_folder
from kb.tables import Tables, frame

ABSTRACTS = {
    "icon": (
        "ICON: Implicit Clothed humans Obtained from Normals",
        "We introduce ICON, which infers normals from images. ICON fits SMPL and is tested on CAPE.",
        2021,
    ),
    "econ": (
        "ECON: Explicit Clothed humans Optimized via Normal integration",
        "We propose ECON. ECON improves on ICON and uses SMPL. On CAPE it lowers Chamfer distance.",
        2022,
    ),
    "pamir": (
        "PaMIR: Parametric Model-Conditioned Implicit Representation",
        "PaMIR regularises the implicit function by SMPL. Results on CAPE show lower Chamfer distance.",
        2020,
    ),
    "nerf": (
        "NeRF: Representing Scenes as Neural Radiance Fields",
        "We present NeRF for novel view synthesis of scenes.",
        2020,
    ),
    "mip": (
        "Mip-NeRF: A Multiscale Representation",
        "Mip-NeRF extends NeRF to cones and improves novel view synthesis.",
        2021,
    ),
    "alone": ('A "quoted" paper; DROP TABLE Paper', "It names nothing. Café Zürich 🦜.", None),
}
"""Key -> title, abstract, year of the papers; the id is `paper:KEY`."""

ENTITIES = {
    "method:icon": ("Method", "ICON", ["ICON", "Implicit Clothed humans Obtained from Normals"]),
    "method:econ": ("Method", "ECON", ["ECON"]),
    "method:nerf": ("Method", "NeRF", ["NeRF", "neural radiance fields"]),
    "method:mip-nerf": ("Method", "Mip-NeRF", ["Mip-NeRF"]),
    "method:smpl": ("Method", "SMPL", ["SMPL"]),
    "dataset:cape": ("Dataset", "CAPE", ["CAPE", "CAPE dataset"]),
    "task:novel-view-synthesis": ("Task", "novel view synthesis", ["novel view synthesis"]),
    "metric:chamfer-distance": ("Metric", "Chamfer distance", ["Chamfer distance"]),
    "concept:normals": ("Concept", "normals", ["normals"]),
    "concept:apart": ("Concept", "an island", ["an island"]),
}
"""Id -> kind, name, aliases."""

MIP = "Mip-NeRF extends NeRF to cones and improves novel view synthesis."

LINKS = [
    ("INTRODUCES", "icon", "method:icon", 0.6, "We introduce ICON, which infers normals from images."),
    ("USES", "icon", "method:smpl", 0.4, "ICON fits SMPL and is tested on CAPE."),
    ("EVALUATES_ON", "icon", "dataset:cape", 0.5, "ICON fits SMPL and is tested on CAPE."),
    ("MENTIONS", "icon", "concept:normals", 0.3, "We introduce ICON, which infers normals from images."),
    ("INTRODUCES", "econ", "method:econ", 0.7, "We propose ECON."),
    ("EXTENDS", "econ", "method:icon", 0.5, "ECON improves on ICON and uses SMPL."),
    ("USES", "econ", "method:smpl", 0.3, "ECON improves on ICON and uses SMPL."),
    ("EVALUATES_ON", "econ", "dataset:cape", 0.4, "On CAPE it lowers Chamfer distance."),
    ("REPORTS", "econ", "metric:chamfer-distance", 0.1, "On CAPE it lowers Chamfer distance."),
    ("COMPARES_WITH", "pamir", "method:smpl", 0.6, "PaMIR regularises the implicit function by SMPL."),
    ("EVALUATES_ON", "pamir", "dataset:cape", 0.7, "Results on CAPE show lower Chamfer distance."),
    ("REPORTS", "pamir", "metric:chamfer-distance", 0.2, "Results on CAPE show lower Chamfer distance."),
    ("INTRODUCES", "nerf", "method:nerf", 0.8, "We present NeRF for novel view synthesis of scenes."),
    ("ADDRESSES", "nerf", "task:novel-view-synthesis", 0.6, "We present NeRF for novel view synthesis of scenes."),
    ("INTRODUCES", "mip", "method:mip-nerf", 0.6, MIP),
    ("EXTENDS", "mip", "method:nerf", 0.5, MIP),
    ("ADDRESSES", "mip", "task:novel-view-synthesis", 0.5, MIP),
]
"""Type, paper, entity, weight, sentence; the shared pairs below follow from these."""

SHARED = [
    ("econ", "icon", 0.62, 3, ["ICON", "CAPE", "SMPL"]),
    ("icon", "pamir", 0.59, 2, ["CAPE", "SMPL"]),
    ("econ", "pamir", 0.48, 3, ["CAPE", "SMPL", "Chamfer distance"]),
    ("mip", "nerf", 0.9, 3, ["NeRF", "novel view synthesis"]),
]
CITED = [
    ("econ", "icon", ["reference", "ICON"], "ECON improves on ICON and uses SMPL."),
    ("mip", "nerf", ["NeRF"], MIP),
    ("econ", "pamir", ["reference"], None),
    ("icon", "10.1000/body", ["reference"], None),
    ("econ", "10.1000/body", ["reference"], None),
    ("pamir", "10.1000/body", ["reference"], None),
]
"""Citing and cited paper, how it is known, sentence; `paper:10.1000/body` is a stub, which no source describes."""

DATES = {"icon": "2021-12-16", "econ": "2022-12-01"}
AUTHORS = {
    "author:0000-0001-2345-6789": ("Ada Lind", ["A. Lind"], {"icon": 1, "econ": 1, "pamir": 2}),
    "author:table:ben-okafor": ("Ben Okafor", [], {"icon": 2, "econ": 2}),
    "author:table:cleo-marsh": ("Cléo Marsh", [], {"nerf": 1, "mip": 1}),
}
"""Id -> name, aliases, papers with the author's place."""

REJECTS = (Reject("papers.txt", 7, "a title without an abstract", "Lost title"),)


def _papers() -> list[dict[str, object]]:
    rest: dict[str, object] = dict.fromkeys(("venue", "url")) | {c: [] for c in ("keywords", "references")}
    stub = {"id": "paper:10.1000/body", "title": "", "abstract": "", "doi": "10.1000/body", "authors": []}
    blank = dict.fromkeys(("year", "date", "arxiv", "hash")) | {"ids": [], "sources": []} | rest
    return [blank | stub] + [
        {
            "id": f"paper:{key}", "title": title, "abstract": abstract, "year": year, "sources": [f"papers.txt:{i}"],
            "doi": "10.1000/ICON.1" if key == "icon" else None, "arxiv": "2112.09127" if key == "icon" else None,
            "hash": key, "date": DATES.get(key), "ids": ["openalex:W7"] if key == "icon" else [],
            "authors": [name for name, _, places in AUTHORS.values() if key in places], **rest,
        }
        for i, (key, (title, abstract, year)) in enumerate(ABSTRACTS.items(), 1)
    ]  # fmt: skip


def _edges() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for type_, key, entity, weight, sentence in LINKS:
        name = ENTITIES[entity][1]
        text = ABSTRACTS[key][1]
        start = text.index(name)
        rows.append(
            {"type": type_, "source": f"paper:{key}", "target": entity, "weight": weight, "sentence": sentence,
             "field": "abstract", "start_char": start, "end_char": start + len(name), "cue": "by hand", "score": 0.9,
             "mentions": text.count(name)}
        )  # fmt: skip
    for a, b, weight, count, via in SHARED:
        ends = {"type": "SHARES", "source": f"paper:{a}", "target": f"paper:{b}"}
        rows.append({**ends, "weight": weight, "shared": count, "via": via})
    for a, b, via, sentence in CITED:
        ends = {"type": "CITES", "source": f"paper:{a}", "target": f"paper:{b}"}
        rows.append({**ends, "via": via, "sentence": sentence, "score": 0.9 if sentence else None})
    for author, (_, _, places) in AUTHORS.items():
        for key, position in places.items():
            rows.append({"type": "WROTE", "source": author, "target": f"paper:{key}", "position": position})
    return rows


def _entities() -> list[dict[str, object]]:
    rows = []
    for id_, (kind, name, aliases) in ENTITIES.items():
        held = [link for link in LINKS if link[2] == id_]
        years = [y for _, key, *_ in held if (y := ABSTRACTS[key][2])]
        rows.append(
            {"id": id_, "kind": kind, "name": name, "aliases": aliases, "papers": len(held), "mentions": len(held),
             "idf": 1.0, "first_year": min(years, default=None)}
        )  # fmt: skip
    return rows


def _authors() -> list[dict[str, object]]:
    known = {"author:0000-0001-2345-6789": ("0000-0001-2345-6789", ["openalex:A11", "orcid:0000-0001-2345-6789"])}
    rows = []
    for id_, (name, aliases, places) in AUTHORS.items():
        orcid, ids = known.get(id_, (None, []))
        rows.append({"id": id_, "name": name, "aliases": aliases, "orcid": orcid, "ids": ids, "papers": len(places)})
    return rows


PLACED = {
    "paper:icon": (1, 1.5, 0.1, 0.2), "paper:econ": (1, 2.0, 0.0, 0.0), "paper:pamir": (1, 1.0, 0.0, 0.0),
    "paper:nerf": (2, 1.0, 0.0, 0.0), "paper:mip": (2, 1.0, 0.0, 0.0), "method:smpl": (1, 1.2, 0.3, 0.5),
    "task:novel-view-synthesis": (2, 0.8, 0.0, 0.0),
}  # fmt: skip
"""Node -> community, PageRank, betweenness, participation; the others have none."""

COMMUNITIES = {1: "SMPL, CAPE", 2: "NeRF"}


def _structure() -> list[dict[str, object]]:
    return [
        {"id": id_, "community": number, "community_name": COMMUNITIES[number], "pagerank": pagerank,
         "betweenness": betweenness, "participation": participation}
        for id_, (number, pagerank, betweenness, participation) in PLACED.items()
    ]  # fmt: skip


TERMS = {
    "paper:nerf": {"view synthesis": 0.5, "scene": 0.2},
    "paper:mip": {"view synthesis": 0.4, "cone": 0.3},
}
"""Paper -> its terms and the part of each in its vector; the others have none."""


def _terms() -> list[dict[str, object]]:
    return [{"id": id_, "terms": [*own], "term_weights": [*own.values()]} for id_, own in TERMS.items()]


def _mentions() -> list[dict[str, object]]:
    rows = []
    for type_, key, entity, _, sentence in LINKS:
        kind, name, _ = ENTITIES[entity]
        text = ABSTRACTS[key][1]
        start, where = text.index(name), text.index(sentence)
        rows.append(
            {"paper": f"paper:{key}", "entity": entity, "kind": kind, "role": type_.lower(), "text": name,
             "name": name, "field": "abstract", "start": start, "end": start + len(name), "sentence_start": where,
             "sentence_end": where + len(sentence), "stage": "hand", "cue": "by hand", "score": 0.9}
        )  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def tiny() -> Tables:
    """Six papers, a stub, ten entities, three authors, edges of every type; `paper:alone` and `concept:apart` none."""
    return Tables(
        papers=frame("papers", _papers()),
        mentions=frame("mentions", _mentions()),
        entities=frame("entities", _entities()),
        edges=frame("edges", _full(_edges())),
        rejects=REJECTS,
        authors=frame("authors", _authors()),
        structure=frame("structure", _structure()),
        terms=frame("terms", _terms()),
    )


def _full(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Edge rows with every column, so that a frame can be made of types that differ."""
    from kb.tables import EDGES

    return [{column: row.get(column) for column in EDGES} for row in rows]


@pytest.fixture(scope="session")
def tiny_manifest(tiny: Tables) -> dict[str, object]:
    """The manifest of `tiny`, as a build writes it."""
    kinds = dict(tiny.entities["kind"].value_counts(sort=True).iter_rows())
    nodes = {"Paper": len(tiny.papers), **kinds, "Author": len(tiny.authors)}
    return {
        "format": FORMAT, "version": "0.0.0", "build": "0123456789ab", "model": "hand", "options": {}, "inputs": [],
        "counts": {
            "entries": len(ABSTRACTS), "papers": len(ABSTRACTS), "stubs": 1, "mentions": len(tiny.mentions),
            "rejects": len(tiny.rejects), "nodes": nodes,
            "edges": dict(tiny.edges["type"].value_counts(sort=True).iter_rows()),
        },
    }  # fmt: skip


@pytest.fixture(scope="session")
def tiny_kb(tiny: Tables, tiny_manifest: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a knowledge base that holds `tiny`; read it, do not change it."""
    folder = tmp_path_factory.mktemp("tiny") / "papers.kb"
    folder.mkdir()
    write_folder(tiny, tiny_manifest, folder)
    return folder


@pytest.fixture(scope="session")
def seeds_kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge base of the seeds, built once; read it, do not change it."""
    import kb

    folder = tmp_path_factory.mktemp("seeds") / "papers.kb"
    kb.build([str(Path(__file__).parent.parent / "seeds")], out=folder)
    return folder

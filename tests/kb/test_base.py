"""The questions, each on a graph small enough to know the answer."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import kb
from kb.base import KnowledgeBase
from kb.errors import NotFoundError, StoreError, UsageError


@pytest.fixture(scope="module")
def base(tiny_kb: Path) -> Iterator[KnowledgeBase]:
    """`tiny`, opened."""
    with kb.open(tiny_kb) as opened:
        yield opened


def test_stats_count_everything(base: KnowledgeBase) -> None:
    """Entries, papers, rejects, every label and type, and what is most shared."""
    stats = base.stats()
    assert (stats["entries"], stats["papers"], stats["rejects"]) == (6, 6, 1)
    assert stats["nodes"]["Method"] == 5 and stats["edges"]["SHARES"] == 4
    assert stats["top"]["Method"][0] == {"id": "method:smpl", "name": "SMPL", "papers": 3}


def test_search_gives_nodes_with_snippets(base: KnowledgeBase) -> None:
    """Of one kind where asked."""
    [row] = base.search("infers normals", kind="paper")
    assert row["id"] == "paper:icon" and "infers normals" in row["snippet"] and row["score"] > 0


def test_show_gives_an_entity_its_papers(base: KnowledgeBase) -> None:
    """Strongest role first, each with the sentence that proves it."""
    card = base.show("icon")
    assert (card["id"], card["label"], card["papers"]) == ("method:icon", "Method", 2)
    assert [(e["edge"], e["direction"], e["id"], e["year"]) for e in card["edges"]] == [
        ("INTRODUCES", "in", "paper:icon", 2021),
        ("EXTENDS", "in", "paper:econ", 2022),
    ]
    assert card["edges"][1]["sentence"] == "ECON improves on ICON and uses SMPL."


def test_show_gives_a_paper_its_entities_and_neighbours(base: KnowledgeBase) -> None:
    """CITES, SHARES and its authors in their order stand beside what it names."""
    edges = [(e["edge"], e["direction"], e["id"]) for e in base.show("paper:icon")["edges"]]
    assert edges == [
        ("INTRODUCES", "out", "method:icon"), ("USES", "out", "method:smpl"), ("EVALUATES_ON", "out", "dataset:cape"),
        ("MENTIONS", "out", "concept:normals"), ("CITES", "in", "paper:econ"), ("CITES", "out", "paper:10.1000/body"),
        ("SHARES", "both", "paper:econ"), ("SHARES", "both", "paper:pamir"),
        ("WROTE", "in", "author:0000-0001-2345-6789"), ("WROTE", "in", "author:table:ben-okafor"),
    ]  # fmt: skip


def test_show_takes_a_limit_for_each_type(base: KnowledgeBase) -> None:
    """The heaviest stay."""
    assert [e["id"] for e in base.show("CAPE", limit=2)["edges"]] == ["paper:pamir", "paper:icon"]
    assert [e["id"] for e in base.show("paper:pamir", limit=1)["edges"] if e["edge"] == "SHARES"] == ["paper:icon"]


def test_a_node_without_edges_shows(base: KnowledgeBase) -> None:
    """An empty list, no error."""
    assert base.show("paper:alone")["edges"] == [] and base.show("an island")["edges"] == []
    assert base.neighbours("an island", hops=3) == [] and base.similar("paper:alone") == []


def test_neighbours_are_one_row_a_node(base: KnowledgeBase) -> None:
    """The heaviest edge stands for the others, the heaviest node comes first."""
    rows = base.neighbours("paper:econ")
    assert [(row["id"], row["edge"], row["direction"], row["weight"]) for row in rows[:3]] == [
        ("paper:icon", "CITES", "out", 0.9),
        ("method:econ", "INTRODUCES", "out", 0.7),
        ("method:icon", "EXTENDS", "out", 0.5),
    ]
    assert len({row["id"] for row in rows}) == len(rows) == 10
    assert base.neighbours("paper:econ", limit=2) == rows[:2]


def test_the_walk_goes_on_over_hops(base: KnowledgeBase) -> None:
    """A node stands in the hop it is first reached in, with the node it is reached from."""
    rows = base.neighbours("ICON", hops=2, kind="method")
    assert [(row["hop"], row["id"], row["from"]) for row in rows] == [
        (2, "method:econ", "paper:econ"),
        (2, "method:smpl", "paper:icon"),
    ]


def test_an_edge_type_restricts_the_walk(base: KnowledgeBase) -> None:
    """In any case, with a hyphen or a blank for the underscore."""
    assert [row["id"] for row in base.neighbours("CAPE", edge="evaluates on", hops=2)] == [
        "paper:pamir",
        "paper:icon",
        "paper:econ",
    ]


def test_why_two_papers_quotes_both(base: KnowledgeBase) -> None:
    """Each shared entity with its weight and two sentences; the weights add up to the link's; who cites whom."""
    answer = base.why("ICON", "ECON")
    assert (answer["a"]["id"], answer["b"]["id"], answer["weight"]) == ("paper:icon", "paper:econ", 0.62)
    assert [(row["id"], row["weight"]) for row in answer["shared"]] == [
        ("method:icon", 0.3),
        ("dataset:cape", 0.2),
        ("method:smpl", 0.12),
    ]
    first = answer["shared"][0]
    assert (first["a_edge"], first["b_edge"]) == ("INTRODUCES", "EXTENDS")
    assert (first["a_sentence"], first["b_sentence"]) == (
        "We introduce ICON, which infers normals from images.",
        "ECON improves on ICON and uses SMPL.",
    )
    assert [(row["source"], row["via"]) for row in answer["cites"]] == [("paper:econ", ["reference", "ICON"])]


def test_why_two_papers_tells_the_terms_of_both(base: KnowledgeBase) -> None:
    """Each with its part of the weight and a sentence of both; names and terms add up to the link's weight."""
    answer = base.why("NeRF", "Mip-NeRF")
    [term] = answer["terms"]
    assert (term["name"], term["weight"]) == ("view synthesis", 0.2)
    assert term["a_sentence"] == "We present NeRF for novel view synthesis of scenes."
    assert term["b_sentence"] == "Mip-NeRF extends NeRF to cones and improves novel view synthesis."
    assert answer["weight"] == pytest.approx(0.9) == pytest.approx(0.2 + sum(r["weight"] for r in answer["shared"]))


def test_similar_weighs_names_and_terms(base: KnowledgeBase) -> None:
    """A term goes without saying in `via` where a shared name holds its words."""
    [row] = base.similar("Mip-NeRF")
    assert (row["id"], row["weight"], row["shared"]) == ("paper:nerf", 0.9, 3)
    assert row["via"] == ["NeRF", "novel view synthesis"]


def test_why_a_paper_and_an_entity_is_their_edge(base: KnowledgeBase) -> None:
    """Either way round."""
    for pair in (("SMPL", "paper:icon"), ("paper:icon", "SMPL")):
        assert [row["edge"] for row in base.why(*pair)["direct"]] == ["USES"]


def test_why_two_entities_is_the_papers_that_name_both(base: KnowledgeBase) -> None:
    """With what each says of them."""
    assert [row["id"] for row in base.why("SMPL", "CAPE")["shared"]] == ["paper:pamir", "paper:icon", "paper:econ"]


def test_why_two_strangers_is_empty(base: KnowledgeBase) -> None:
    """No link is an answer, not an error."""
    answer = base.why("ICON", "NeRF")
    assert answer["weight"] is None and answer["shared"] == answer["cites"] == answer["direct"] == []


def test_path_is_a_shortest_one(base: KnowledgeBase) -> None:
    """Each row says by which edge it was reached from the row before."""
    way = base.path("normals", "Chamfer distance")
    assert [(row["id"], row["edge"], row["direction"]) for row in way] == [
        ("concept:normals", None, None),
        ("paper:icon", "MENTIONS", "in"),
        ("paper:econ", "CITES", "in"),
        ("metric:chamfer-distance", "REPORTS", "out"),
    ]
    assert [row["id"] for row in base.path("ICON", "ICON")] == ["paper:icon"]


def test_every_path_is_as_long_as_networkx_says(base: KnowledgeBase) -> None:
    """All pairs of the graph, reachable or not."""
    graph = nx.Graph(base.to_networkx())
    nodes = sorted(graph)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    for a in nodes[::2]:
        for b in nodes[::3]:
            try:
                way = base.path(a, b)
            except NotFoundError:
                way = []
            start, end = base._paper_first(a).id, base._paper_first(b).id
            assert len(way) - 1 == lengths[start].get(end, -1), (a, b)


def test_no_path_and_no_short_path_are_not_found(base: KnowledgeBase) -> None:
    """The message names both ends and the limit."""
    with pytest.raises(NotFoundError, match='no path of 6 hops or fewer between "ICON" and "NeRF"'):
        base.path("ICON", "NeRF")
    with pytest.raises(NotFoundError, match="no path of 2 hops"):
        base.path("normals", "Chamfer distance", max_hops=2)
    with pytest.raises(NotFoundError, match='no path of 1 hop between "'):
        base.path("normals", "Chamfer distance", max_hops=1)


def test_why_wants_two_different_things(base: KnowledgeBase) -> None:
    """A paper named twice, by whatever names, shares everything with itself."""
    for a, b in (("ICON", "icon"), ("method:icon", "paper:icon"), ("CAPE", "cape")):
        with pytest.raises(UsageError, match=r"both names mean the .*: name two different papers"):
            base.why(a, b)


def test_a_name_of_another_kind_is_told_as_such(base: KnowledgeBase) -> None:
    """Nearest names would list the name itself."""
    with pytest.raises(NotFoundError, match=r'^"CAPE" is a Dataset, not a paper$'):
        base.resolve("cape", labels=("Paper",))


def test_an_export_stays_outside_of_the_knowledge_base(tiny_kb: Path, tmp_path: Path) -> None:
    """Nothing is written over its files, also through a link; an empty name is no place."""
    folder = Path(shutil.copytree(tiny_kb, tmp_path / "papers.kb"))
    (tmp_path / "link").symlink_to(folder)
    before = sorted(folder.iterdir())
    with kb.open(folder) as opened:
        for place in (folder, folder / "manifest.json", folder / "new" / "x.csv", tmp_path / "link" / "x"):
            with pytest.raises(UsageError, match=r"lies in the knowledge base .*: name a place outside"):
                opened.export("csv", place)
        with pytest.raises(UsageError, match="the name is empty"):
            opened.export("jsonl", "")
        opened.export("csv", tmp_path / "papers.kb-csv")
    assert sorted(folder.iterdir()) == before


def test_similar_ranks_papers_by_what_they_share(base: KnowledgeBase) -> None:
    """The weights are those of the links; an entity stands for the paper that introduces it."""
    assert [(r["id"], r["weight"], r["shared"], r["via"]) for r in base.similar("method:econ")] == [
        ("paper:icon", 0.62, 3, ["ICON", "CAPE", "SMPL"]),
        ("paper:pamir", 0.48, 3, ["CAPE", "SMPL", "Chamfer distance"]),
    ]
    with pytest.raises(NotFoundError, match=r"SMPL.* no single paper introduces"):
        base.similar("SMPL")
    with pytest.raises(NotFoundError, match=r'"Ada Lind" is an author: name a paper'):
        base.similar("Ada Lind")


def test_similar_ranks_papers_by_what_they_cite_and_by_who_cites_them(base: KnowledgeBase) -> None:
    """Bibliographic coupling and co-citation count papers and name them; a stub may be cited, but cites nothing."""
    coupled = base.similar("ICON", by="coupling")
    assert [(r["id"], r["shared"], r["via"]) for r in coupled] == [
        ("paper:econ", 1, ["10.1000/body"]),
        ("paper:pamir", 1, ["10.1000/body"]),
    ]
    cocited = base.similar("ICON", by="co-citation", limit=1)
    assert cocited == [{"id": "paper:10.1000/body", "name": "10.1000/body", "year": None, "shared": 1, "via": ["ECON"]}]
    assert base.similar("paper:alone", by="coupling") == base.similar("paper:alone", by="cocitation") == []


def test_show_gives_an_author_columns_and_papers(base: KnowledgeBase) -> None:
    """By name, alias, ORCID or identifier; the newest paper first, each with the author's place."""
    for name in ("ada lind", "A. Lind", "0000-0001-2345-6789", "openalex:A11", "author:0000-0001-2345-6789"):
        card = base.show(name)
        assert (card["label"], card["name"], card["aliases"], card["papers"]) == ("Author", "Ada Lind", ["A. Lind"], 3)
        assert [(e["edge"], e["direction"], e["id"], e["year"], e["position"]) for e in card["edges"]] == [
            ("WROTE", "out", "paper:econ", 2022, 1),
            ("WROTE", "out", "paper:icon", 2021, 1),
            ("WROTE", "out", "paper:pamir", 2020, 2),
        ]
    assert [e["id"] for e in base.show("Ada Lind", limit=1)["edges"]] == ["paper:econ"]


def test_show_gives_a_paper_its_date_and_identifiers(base: KnowledgeBase) -> None:
    """A date is ISO text; a stub shows by its identifier, with who cites it."""
    card = base.show("paper:icon")
    assert (card["date"], card["ids"], card["authors"]) == ("2021-12-16", ["openalex:W7"], ["Ada Lind", "Ben Okafor"])
    stub = base.show("10.1000/body")
    assert (stub["name"], stub["title"], stub["abstract"], stub["ids"]) == ("10.1000/body", None, None, [])
    assert [(e["edge"], e["direction"], e["id"], e["weight"], e["via"]) for e in stub["edges"]] == [
        ("CITES", "in", "paper:econ", None, ["reference"]),
        ("CITES", "in", "paper:icon", None, ["reference"]),
        ("CITES", "in", "paper:pamir", None, ["reference"]),
    ]


def test_the_walk_leads_through_authors(base: KnowledgeBase) -> None:
    """From an author to co-authors; with an edge type and a kind; and on a path."""
    assert [row["id"] for row in base.neighbours("Ben Okafor")] == ["paper:econ", "paper:icon"]
    rows = base.neighbours("ICON: Implicit Clothed humans Obtained from Normals", kind="author")
    assert [(row["id"], row["edge"], row["direction"]) for row in rows] == [
        ("author:0000-0001-2345-6789", "WROTE", "in"),
        ("author:table:ben-okafor", "WROTE", "in"),
    ]
    rows = base.neighbours("Ben Okafor", hops=2, edge="wrote", kind="author")
    assert [(row["hop"], row["id"]) for row in rows] == [(2, "author:0000-0001-2345-6789")]
    way = base.path("Cléo Marsh", "novel view synthesis")
    assert [(row["id"], row["edge"], row["direction"]) for row in way] == [
        ("author:table:cleo-marsh", None, None),
        ("paper:mip", "WROTE", "out"),
        ("task:novel-view-synthesis", "ADDRESSES", "out"),
    ]
    assert base.path("ICON", "Ben Okafor")[1]["direction"] == "in"


def test_why_an_author_and_another_is_their_papers(base: KnowledgeBase) -> None:
    """What both wrote, what an author wrote of an entity, and the edge to a paper."""
    rows = base.why("Ada Lind", "Ben Okafor")["shared"]
    assert [(row["id"], row["weight"]) for row in rows] == [("paper:econ", None), ("paper:icon", None)]
    [row] = base.why("Ben Okafor", "normals")["shared"]
    assert (row["id"], row["a_edge"], row["b_edge"], row["weight"]) == ("paper:icon", "WROTE", "MENTIONS", 0.3)
    for pair in (("Ada Lind", "paper:pamir"), ("paper:pamir", "Ada Lind")):
        answer = base.why(*pair)
        assert [(row["edge"], row["position"]) for row in answer["direct"]] == [("WROTE", 2)]
        assert answer["weight"] is None
    with pytest.raises(UsageError, match=r"both names mean the author"):
        base.why("Ada Lind", "A. Lind")


def test_top_ranks_a_kind(base: KnowledgeBase) -> None:
    """Entities by papers, papers by how many others they are linked to, authors by the papers they wrote."""
    assert [row["id"] for row in base.top("METHOD", limit=2)] == ["method:smpl", "method:icon"]
    assert base.top("paper", limit=1) == [{"id": "paper:econ", "name": "ECON", "papers": 2, "mentions": None}]
    ada = {"id": "author:0000-0001-2345-6789", "name": "Ada Lind", "papers": 3, "mentions": None}
    assert base.top("author", limit=1) == [ada]


def test_query_runs_cypher_with_parameters(base: KnowledgeBase) -> None:
    """Columns are named as in Neo4j, labels() is a list."""
    rows = base.query(
        "MATCH (p:Paper {id: $id})-[r]->(m:Method) RETURN m.name, type(r), labels(m) ORDER BY m.name;",
        params={"id": "paper:icon"},
    )
    assert rows == [
        {"m.name": "ICON", "type(r)": "INTRODUCES", "labels(m)": ["Method"]},
        {"m.name": "SMPL", "type(r)": "USES", "labels(m)": ["Method"]},
    ]
    assert len(base.query("MATCH (n) RETURN n", limit=3)) == 3


@pytest.mark.parametrize("value", [2**70, [1, "b"], {1, 2}, object(), "\udcff", {"a": [1, "b"]}])
def test_a_parameter_that_is_no_value_is_refused(base: KnowledgeBase, value: object) -> None:
    """The engine's binding raises whatever it likes."""
    with pytest.raises(UsageError, match="a parameter is no value of Cypher"):
        base.query("RETURN $value AS value", params={"value": value})


def test_query_neither_writes_nor_reads_files(base: KnowledgeBase, tmp_path: Path) -> None:
    """Refused before the engine sees it."""
    for cypher in (f"COPY (MATCH (n:Paper) RETURN n.id) TO '{tmp_path}/x.csv'", "LOAD FROM '/etc/hosts' RETURN *"):
        with pytest.raises(UsageError):
            base.query(cypher)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_answers_with_the_nearest(base: KnowledgeBase) -> None:
    """The error carries them too."""
    with pytest.raises(NotFoundError, match='no paper or entity named "ICOM"; nearest: ICON') as raised:
        base.show("ICOM")
    assert raised.value.nearest[0] == "ICON"


@pytest.mark.parametrize(
    ("method", "arguments", "options"),
    [
        ("search", ["x"], {"limit": 0}), ("search", ["x"], {"kind": "Person"}), ("neighbours", ["ICON"], {"hops": 0}),
        ("neighbours", ["ICON"], {"hops": 9}), ("neighbours", ["ICON"], {"edge": "LOVES"}),
        ("neighbours", ["ICON"], {"kind": "x"}), ("neighbours", ["ICON"], {"limit": -1}),
        ("path", ["ICON", "ECON"], {"max_hops": 0}), ("similar", ["ICON"], {"limit": 0}), ("top", ["people"], {}),
        ("similar", ["ICON"], {"by": "name"}), ("query", ["RETURN 1"], {"limit": 0}), ("query", ["RETURN $a"], {}),
    ],
)  # fmt: skip
def test_wrong_options_are_usage_errors(
    base: KnowledgeBase, method: str, arguments: list[str], options: dict[str, object]
) -> None:
    """One line that names the value and what there is."""
    with pytest.raises(UsageError) as raised:
        getattr(base, method)(*arguments, **options)
    assert "\n" not in str(raised.value)


def test_rejects_are_listed(base: KnowledgeBase) -> None:
    """As they were read."""
    assert base.rejects() == [
        {"source": "papers.txt", "line": 7, "reason": "a title without an abstract", "raw": "Lost title"}
    ]


def test_networkx_has_every_node_and_edge(base: KnowledgeBase, tiny_kb: Path) -> None:
    """The verb of the package gives the same."""
    graph = base.to_networkx()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (20, 34)
    assert graph.edges["paper:econ", "method:icon", "EXTENDS"]["weight"] == 0.5
    assert graph.edges["author:table:ben-okafor", "paper:icon", "WROTE"]["position"] == 2
    assert graph.nodes["paper:icon"]["date"] == "2021-12-16"
    assert nx.utils.graphs_equal(graph, kb.to_networkx(tiny_kb))


def test_a_knowledge_base_built_anew_is_not_mixed_with_the_old(tiny_kb: Path, tmp_path: Path) -> None:
    """Opened before, asked after: the graph would not fit the index."""
    shutil.copytree(tiny_kb, tmp_path / "papers.kb")
    manifest = tmp_path / "papers.kb" / "manifest.json"
    with kb.open(tmp_path / "papers.kb") as opened:
        manifest.write_text(manifest.read_text().replace("0123456789ab", "ba9876543210"))
        with pytest.raises(StoreError, match="built anew while it was open"):
            opened.show("ICON")


def test_a_verb_stays_a_verb_when_its_module_is_imported() -> None:
    """`kb.build` and `kb.evaluate` are functions whatever was imported before."""
    code = "import kb.build, kb.evaluate, kb; assert callable(kb.build) and callable(kb.evaluate) and callable(kb.open)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])

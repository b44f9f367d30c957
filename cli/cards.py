"""The two answers of several parts, laid out: what `kb show` and `kb why` print."""

from collections.abc import Mapping
from typing import Any

from cli.output import Block, on_terminal, put_blocks

_EDGE = ("direction", "label", "name", "weight", "year", "sentence", "via", "position")


def put_card(card: Mapping[str, Any]) -> None:
    """A node: its columns, then its edges, on a terminal a table a type."""
    columns = [{"column": k, "value": v} for k, v in card.items() if k != "edges" and v not in (None, [], "")]
    edges = card["edges"]
    if on_terminal():
        types = dict.fromkeys(edge["edge"] for edge in edges)
        groups: list[Block] = [(kind, _EDGE, [edge for edge in edges if edge["edge"] == kind]) for kind in types]
    else:
        groups = [("", ("edge", *_EDGE, "id"), edges)]
    marks = (card["name"], *card.get("aliases", ()))
    put_blocks([(card["name"], ("column", "value"), columns), *groups], marks=marks)


def put_reasons(answer: Mapping[str, Any]) -> None:
    """What joins two nodes: names and terms they share, with both sentences, who cites whom, edges between them."""
    a, b = answer["a"], answer["b"]
    pair = [{"a": a["name"], "b": b["name"], "weight": answer["weight"]}]
    names = {a["id"]: a["name"], b["id"]: b["name"]}
    direct = ("edge", "weight", "sentence", "position")
    if not on_terminal():
        shared = ("name", "label", "weight", "a_edge", "a_sentence", "b_edge", "b_sentence", "id")
        cites = ("source", "target", "via", "sentence")
        parts: list[Block] = [
            ("", shared, answer["shared"]),
            ("", ("name", "weight", "a_sentence", "b_sentence"), answer["terms"]),
            ("", cites, answer["cites"]),
            ("", direct, answer["direct"]),
        ]
    else:
        heads = _heads(a["name"], b["name"])
        rows = [_said(row, *heads) for row in answer["shared"]]
        terms = [{**row, heads[0]: row["a_sentence"], heads[1]: row["b_sentence"]} for row in answer["terms"]]
        cited = [{**row, "source": names[row["source"]], "target": names[row["target"]]} for row in answer["cites"]]
        parts = [
            ("Shared", ("name", "label", "weight", *heads), rows),
            ("Terms", ("name", "weight", *heads), terms),
            ("Citations", ("source", "target", "via", "sentence"), cited),
            ("Direct", direct, answer["direct"]),
        ]
    put_blocks([("", ("a", "b", "weight"), pair), *parts], marks=(a["name"], b["name"]))


def _heads(a: str, b: str) -> tuple[str, str]:
    """Headings for what each says; two that are equal would be one column."""
    return (a, b) if a != b and not {a, b} & {"name", "label", "weight"} else ("a says", "b says")


def _said(row: Mapping[str, Any], a: str, b: str) -> dict[str, Any]:
    """A shared thing, each sentence behind the edge that it proves."""
    return {**row, a: f"{row['a_edge']}: {row['a_sentence']}", b: f"{row['b_edge']}: {row['b_sentence']}"}

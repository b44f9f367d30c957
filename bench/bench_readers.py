"""How fast bibliographic JSON is read, and with how much memory, beside plain `json.loads` of each line.

usage: python bench/bench_readers.py [--works 10000 40000] [--runs 3]

Works are made, to the published schemas and of the size of real ones: 150 words of abstract, 5 authors, 20 references.
Each reader runs in a process of its own, one thread, on Linux. MB/s are of uncompressed bytes and processor seconds,
the median of the runs; memory is how much the process grew while it read. Prints a table and writes it to
`bench/results_readers.md`.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common import Report, finish, machine, parser, peak

from extract.readers.openalex import read_openalex
from extract.readers.semantic_scholar import read_semantic_scholar

DIFFERENT = 10_000
Work = dict[str, Any]
_SYLLABLES = ("ra", "tion", "net", "mo", "del", "gra", "ph", "in", "fer", "ence", "lo", "cal", "ta", "sk", "si", "ty")


def _words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(count)]


def _number(rng: random.Random, digits: int) -> int:
    return rng.randrange(10 ** (digits - 1), 10**digits)


def _people(rng: random.Random) -> list[str]:
    return [" ".join(word.title() for word in _words(rng, 2)) for _ in range(5)]


def openalex(rng: random.Random, number: int) -> Work:
    """A work as the snapshot has it."""
    words, index = _words(rng, 150), dict[str, list[int]]()
    for at, word in enumerate(words):
        index.setdefault(word, []).append(at)
    name, doi, title = f"https://openalex.org/W{number}", f"https://doi.org/10.1234/made.{number}", " ".join(words[:12])
    host = {"id": f"https://openalex.org/S{_number(rng, 10)}", "display_name": "Made Letters", "issn_l": "1234-5678",
            "issn": ["1234-5678"], "is_oa": False, "is_in_doaj": False, "is_core": True, "type": "journal",
            "host_organization": f"https://openalex.org/P{_number(rng, 10)}"}  # fmt: skip
    place = {"is_oa": True, "landing_page_url": doi, "pdf_url": None, "source": host, "license": None,
             "version": "publishedVersion", "is_accepted": True, "is_published": True}  # fmt: skip
    topics = [
        {"id": f"https://openalex.org/T{_number(rng, 5)}", "display_name": " ".join(_words(rng, 4)), "score": 0.9}
        | {part: {"id": _number(rng, 4), "display_name": "Made Science"} for part in ("subfield", "field", "domain")}
        for _ in range(3)
    ]
    return {
        "id": name, "doi": doi, "title": title, "display_name": title, "publication_year": 2021,
        "publication_date": "2021-05-20", "language": "en", "type": "article", "type_crossref": "journal-article",
        "ids": {"openalex": name, "doi": doi, "mag": str(number), "pmid": f"https://pubmed.ncbi.nlm.nih.gov/{number}"},
        "primary_location": place, "best_oa_location": place, "locations_count": 2,
        "locations": [place, {**place, "landing_page_url": f"https://arxiv.org/abs/2105.{number % 100_000:05}"}],
        "open_access": {"is_oa": True, "oa_status": "gold", "oa_url": doi, "any_repository_has_fulltext": True},
        "authorships": [_authorship(rng, person) for person in _people(rng)],
        "cited_by_count": 17, "biblio": {"volume": "3", "issue": "2", "first_page": "1", "last_page": "20"},
        "is_retracted": False, "is_paratext": False, "primary_topic": topics[0], "topics": topics,
        "keywords": [{"id": f"https://openalex.org/keywords/{w}", "display_name": w, "score": 0.5} for w in words[:5]],
        "concepts": [
            {"id": f"https://openalex.org/C{_number(rng, 8)}", "wikidata": f"https://www.wikidata.org/wiki/Q{i}",
             "display_name": words[i], "level": i % 4, "score": 0.41} for i in range(12)
        ],
        "mesh": [], "sustainable_development_goals": [], "grants": [], "referenced_works_count": 20,
        "referenced_works": [f"https://openalex.org/W{_number(rng, 10)}" for _ in range(20)],
        "related_works": [f"https://openalex.org/W{_number(rng, 10)}" for _ in range(10)],
        "abstract_inverted_index": index, "counts_by_year": [{"year": 2020 + i, "cited_by_count": i} for i in range(5)],
        "cited_by_api_url": f"https://api.openalex.org/works?filter=cites:W{number}",
        "updated_date": "2024-11-05T10:31:48.135423", "created_date": "2021-06-01",
    }  # fmt: skip


def _authorship(rng: random.Random, person: str) -> Work:
    school = {"id": f"https://openalex.org/I{_number(rng, 9)}", "display_name": "Made University", "type": "education",
              "ror": f"https://ror.org/0{_number(rng, 8)}", "country_code": "DE", "lineage": []}  # fmt: skip
    author = {"id": f"https://openalex.org/A5{_number(rng, 9)}", "display_name": person,
              "orcid": f"https://orcid.org/0000-0002-{_number(rng, 4)}-{_number(rng, 4)}"}  # fmt: skip
    return {"author_position": "middle", "author": author, "institutions": [school], "countries": ["DE"],
            "is_corresponding": False, "raw_author_name": person, "affiliations": [],
            "raw_affiliation_strings": ["Department of Made Science, Made University, Madetown"]}  # fmt: skip


def graph(rng: random.Random, number: int) -> Work:
    """A paper as the Graph API gives it, with titles and identifiers of its references."""
    words = _words(rng, 150)
    return {
        "paperId": f"{rng.getrandbits(160):040x}", "url": f"https://www.semanticscholar.org/paper/{number}",
        "corpusId": number, "externalIds": _external(number), "title": " ".join(words[:12]),
        "abstract": " ".join(words), "venue": "Made Conference", "year": 2021, "publicationDate": "2021-05-20",
        "publicationVenue": {"id": f"{rng.getrandbits(128):032x}", "name": "Made Conference", "type": "conference"},
        "referenceCount": 20, "citationCount": 3, "fieldsOfStudy": ["Computer Science"],
        "s2FieldsOfStudy": [{"category": "Computer Science", "source": "external"}],
        "authors": [{"authorId": str(_number(rng, 8)), "name": person} for person in _people(rng)],
        "references": [
            {"paperId": f"{rng.getrandbits(160):040x}", "title": " ".join(_words(rng, 10)), "year": 2019,
             "externalIds": _external(_number(rng, 8))} for _ in range(20)
        ],
    }  # fmt: skip


def _external(number: int) -> Work:
    return {"MAG": str(number), "DBLP": f"conf/made/X{number}", "DOI": f"10.1234/made.{number}", "CorpusId": number}


def papers(rng: random.Random, number: int) -> Work:
    """A row of the data set `papers`."""
    ids: Work = {"ACL": None, "ArXiv": None, "PubMed": None, "PubMedCentral": None}
    return {
        "corpusid": number, "externalids": ids | {key: str(value) for key, value in _external(number).items()},
        "url": f"https://www.semanticscholar.org/paper/{rng.getrandbits(160):040x}",
        "title": " ".join(_words(rng, 12)),
        "authors": [{"authorId": str(_number(rng, 8)), "name": person} for person in _people(rng)],
        "venue": "Made Conference", "publicationvenueid": f"{rng.getrandbits(128):032x}", "year": 2021,
        "referencecount": 20, "citationcount": 3, "influentialcitationcount": 0, "isopenaccess": False,
        "s2fieldsofstudy": [{"category": "Computer Science", "source": "external"}],
        "publicationtypes": ["Conference"], "publicationdate": "2021-05-20",
        "journal": {"name": "Made Journal", "pages": "1-20", "volume": "3"},
    }  # fmt: skip


def abstracts(rng: random.Random, number: int) -> Work:
    """A row of the data set `abstracts`."""
    info = {"externalids": {"MAG": str(number), "DOI": f"10.1234/made.{number}", "ACL": None, "ArXiv": None},
            "license": None, "url": None, "status": None}  # fmt: skip
    return {"corpusid": number, "openaccessinfo": info, "abstract": " ".join(_words(rng, 150))}


def citations(rng: random.Random, number: int) -> Iterator[Work]:
    """The rows of `citations` that one paper has."""
    for _ in range(20):
        yield {
            "citationid": _number(rng, 9), "citingcorpusid": number, "citedcorpusid": _number(rng, 8),
            "isinfluential": False, "contexts": [" ".join(_words(rng, 25))], "intents": [["background"]],
        }  # fmt: skip


SAMPLES: dict[str, tuple[Callable[[random.Random, int], Work | Iterator[Work]], Any]] = {
    "OpenAlex works": (openalex, read_openalex),
    "Semantic Scholar, Graph API": (graph, read_semantic_scholar),
    "Semantic Scholar, papers": (papers, read_semantic_scholar),
    "Semantic Scholar, abstracts": (abstracts, read_semantic_scholar),
    "Semantic Scholar, citations": (citations, read_semantic_scholar),
}


def write(name: str, works: int, path: Path) -> None:
    """A file of `works` works, the same in every run; behind the first DIFFERENT they are those once more."""
    rng, make = random.Random(1), SAMPLES[name][0]
    with path.open("w", encoding="utf-8") as out:
        lines = []
        for number in range(10**7, 10**7 + min(works, DIFFERENT)):
            made = make(rng, number)
            rows = [made] if isinstance(made, dict) else made
            lines.append("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))
        out.writelines(lines[i % DIFFERENT] for i in range(works))


def measure(name: str, path: Path, peer: bool) -> tuple[float, float, int]:
    """Processor seconds of one reading, MiB that the process grew by, and records read."""
    before = peak()
    start = time.process_time()
    with path.open("rb") as file:
        count = sum(1 for _ in (map(json.loads, file) if peer else SAMPLES[name][1](file, "sample")))
    seconds = time.process_time() - start
    return seconds, 1024 * (peak() - before), count


def apart(name: str, path: Path, *, peer: bool, runs: int) -> tuple[float, float, int]:
    """The same in processes of their own: the median time, the largest growth."""
    command = [sys.executable, __file__, "--measure", name, str(path), "peer" if peer else "reader"]
    outs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(runs)]
    taken = [json.loads(out) for out in outs]
    return statistics.median(t[0] for t in taken), max(t[1] for t in taken), taken[0][2]


def main() -> None:
    """Make each sample, read it with both, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--works", type=int, nargs="+", default=[10_000, 40_000])
    options.add_argument("--runs", type=int, default=3)
    args = options.parse_args()
    report = Report()
    head = ("format", "works", "MB", "records read", "MB/s", "MB/s of json.loads", "grew, MiB", "json.loads grew, MiB")
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sample.jsonl")
        for name in SAMPLES:
            for works in args.works:
                write(name, works, path)
                size = path.stat().st_size / 1e6
                ours, grew, count = apart(name, path, peer=False, runs=args.runs)
                theirs, peer_grew, _ = apart(name, path, peer=True, runs=args.runs)
                rows.append(f"| {name} | {works:,} | {size:.0f} | {count:,} | {size / ours:.0f} | {size / theirs:.0f} "
                            f"| {grew:.1f} | {peer_grew:.1f} |")  # fmt: skip
                print(rows[-1], flush=True)
                report.add(f"read {name}", "MB/CPU s", size / ours, "json.loads alone", size / theirs, less=False)
    told = [f"Measured on {machine()}; medians of {args.runs} runs.", ""]
    finish(args, report, [*told, *rows], "results_readers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "peer")))
    else:
        main()

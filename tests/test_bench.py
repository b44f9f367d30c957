"""The benchmarks run as one command and tell what they leave out; what they measure is no test."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts of bench/ import one another by name."""
    monkeypatch.syspath_prepend(ROOT / "bench")


@pytest.mark.usefixtures("bench")
def test_figures_growth_and_what_is_left_out_stand_on_the_page(tmp_path: Path) -> None:
    """A benchmark that lacks a path is named with the reason, one that fails with its error; the others are told."""
    from page import write
    from run import Bench, conduct

    sizes = ("--sizes", "20", "40", "200", "--most", "0.000001")
    benches = (
        Bench("bench_projection", sizes),
        Bench("bench_links", takes={"": "corpus"}, wants=("corpus",)),
        Bench("bench_neo4j", wants=("full",)),
        Bench("bench_readers", ("--no-such",), short=True),
    )
    result = conduct(benches, {}, repeat=2)
    write(result, tmp_path)
    page = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert result.failed
    assert "| link 20 papers | CPU s |" in page
    assert "| `bench/bench_projection.py --sizes 20 40 200 --most 0.000001` | 1 |" in page
    assert "- `bench/bench_links.py`: no CORPUS=path is given\n" in page
    assert "- `bench/bench_neo4j.py`: long: FULL=1 runs it\n" in page
    assert "- `bench/bench_readers.py --no-such`: failed: bench_readers.py: error: unrecognized" in page
    assert "- networkx weighted projection of 200 papers: would take" in page
    assert (tmp_path / "benchmarks" / "link.svg").stat().st_size < 60_000


@pytest.mark.usefixtures("bench")
def test_growth_is_told_from_where_it_is_more_than_linear() -> None:
    """A constant start is no growth; the power is that of the part that grows."""
    from page import turn

    assert turn([(10, 1.0), (100, 1.5), (1_000, 15.0)], 0.2) == "linear or less (power 1.0 at the end)"
    assert turn([(10, 1.0), (100, 10.0), (1_000, 1_000.0)], 0.2) == "more than linear from 100 (power 2.0)"
    assert turn([(10, 0.01), (100, 0.1)], 0.2) == "too short to tell"

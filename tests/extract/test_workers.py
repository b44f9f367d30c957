"""Batches of papers over workers: in their order, and few of them under way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from extract.records import Paper
from extract.workers import Batch, cores, extract_batches, in_order


def test_results_come_in_the_order_of_the_batches_and_few_are_read_ahead() -> None:
    """When the k-th is taken, no more than `ahead` beyond it have been read."""
    read: list[int] = []

    def batches() -> Iterator[list[Paper]]:
        for i in range(20):
            read.append(i)
            yield [Paper(str(i), "")]

    def work(batch: list[Paper]) -> Batch:
        return [[batch[0].title]], []

    with ThreadPoolExecutor(2) as pool:
        for taken, (columns, _) in enumerate(in_order(pool, work, batches(), ahead=4)):
            assert columns == [[str(taken)]]
            assert len(read) <= taken + 1 + 4
    assert read == list(range(20))


def test_papers_may_come_from_a_generator() -> None:
    """And none at all give no batch."""
    (batch,) = extract_batches((Paper(f"Net{i}: Parsing", "", id=str(i)) for i in range(3)), rules_only=True)
    assert set(batch[0][0]) == {"0", "1", "2"}
    assert list(extract_batches([])) == []
    assert cores() >= 1

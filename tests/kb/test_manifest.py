"""What a manifest says of the extractor."""

from extract.judge import KIND_FILE
from extract.lexicon import DATA
from extract.tagger import FILE
from kb.manifest import model_files, model_hash


def test_the_model_is_all_code_and_data_that_decide() -> None:
    """Weights and hashes are in, not only texts: after retraining, `kb add` reads papers again. Training is out."""
    files = model_files()
    assert {DATA / FILE, DATA / KIND_FILE, DATA / "seen.bin", DATA / "tasks.txt"} <= set(files)
    assert set(DATA.iterdir()) <= set(files) and not any("training" in file.parts for file in files)
    assert len(model_hash()) == 16 and model_hash() == model_hash()

"""What is known at one glance is what the long way gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from extract.identifiers import _CANONICAL, _NUMBERS, any_identifier, identifier


@settings(max_examples=1_000, deadline=None)
@given(st.from_regex(_CANONICAL, fullmatch=True))
def test_an_identifier_as_written_here_is_itself(text: str) -> None:
    """With its scheme before it and after reading what stands behind."""
    scheme, _, value = text.partition(":")
    assert any_identifier(text) == identifier(scheme, value) == text


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(_NUMBERS)), st.text("0123456789 ٣x", max_size=6))
def test_a_number_is_read_as_its_pattern_says(scheme: str, value: str) -> None:
    """Blanks around it do not count; zero and letters make it none."""
    number = value.strip()
    known = number.isdecimal() and not number.startswith(("0", "٣"))
    assert identifier(scheme, value) == (f"{scheme}:{number}" if known else None)

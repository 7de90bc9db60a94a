"""The values of options, checked from the words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.models.choices import ATTENTIONS, DEVICE_MAPS, check_choices
from claimkit.models.dtypes import DTYPE_NAMES
from claimkit.models.spec import ModelSpec

KNOWN = {
    "dtype": ("auto", *DTYPE_NAMES),
    "device": ("auto", "cpu", "mps", "cuda", "cuda:0", "cuda:12"),
    "device_map": (None, *DEVICE_MAPS, "cpu", "cuda:1"),
    "attn_implementation": (None, *ATTENTIONS, "org/name", "org/name@v1:function"),
}


@pytest.mark.parametrize("option, value", [(o, v) for o, values in KNOWN.items() for v in values])
def test_what_is_known_is_accepted(option, value):
    """None of these raises; whether the machine has it, only loading tells."""
    check_choices(ModelSpec("a-model", **{option: value}))

    assert ModelSpec.from_dict(ModelSpec("a-model", **{option: value}).as_dict())


@pytest.mark.parametrize("option", KNOWN)
@given(value=st.text("abcdu:/@-0 _", min_size=1))
def test_every_other_word_is_refused_with_what_is_known(option, value):
    """Whatever is typed, the sentence quotes it."""
    known = value in KNOWN[option] or value.startswith(("cuda", "cpu"))
    if known or (option == "attn_implementation" and "/" in value):
        return

    with pytest.raises(InvalidInput) as caught:
        check_choices(ModelSpec("a-model", **{option: value}))
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", ["/", "org/", "/name", "a/b/c", "or g/name", "org/name@"])
def test_kernels_are_named_by_owner_and_name(value):
    """Half of it is not enough."""
    with pytest.raises(InvalidInput, match="kernels of the hub as org/name"):
        check_choices(ModelSpec("a-model", attn_implementation=value))

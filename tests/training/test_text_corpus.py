"""The corpus: what of the standard library is read, in which order, and how it is recorded."""

import platform
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.training.text.corpus import Corpus, Source, read_corpus


@pytest.fixture
def library(tmp_path):
    """A small library with all that must be left out."""
    files = {
        "zebra.py": b"print('z')\r\n",
        "a/b.py": b"x = 1\n",
        "a.py": "ä = 'ö'\n".encode(),
        "a/latin.py": "ä\n".encode("latin-1"),
        "a/data.txt": b"no source",
        "a/__pycache__/b.py": b"cached",
        "site-packages/other.py": b"installed",
        "_sysconfigdata__linux_.py": b"built",
        "config-3.11/x.py": b"built",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def test_the_librarys_own_utf8_source_is_read_in_order(library):
    """Installed, cached, machine-specific and undecodable files are not; line ends stay."""
    assert read_corpus(library).files == (
        Source("a.py", "ä = 'ö'\n"),
        Source("a/b.py", "x = 1\n"),
        Source("zebra.py", "print('z')\r\n"),
    )


def test_the_record_counts_bytes_and_tells_the_python(library):
    """Two letters of a.py are two bytes each."""
    record = read_corpus(library).record

    assert (record.files, record.bytes) == (3, 10 + 6 + 12)
    assert str(record).startswith(f"Python {platform.python_version()}, 3 files of 0.0 MB, digest ")


def test_a_folder_without_source_is_refused(tmp_path):
    """An interpreter may keep its library in an archive."""
    with pytest.raises(InvalidInput, match=r"holds no Python source to learn from"):
        read_corpus(tmp_path)


@given(st.lists(st.builds(Source, st.text(max_size=3), st.text(max_size=3)), max_size=4), st.data())
def test_any_change_changes_the_digest(files, data):
    """Paths, texts, their borders and their order all count; the same files have one digest."""
    corpus = Corpus(tuple(files))
    other = Corpus(tuple(data.draw(st.permutations(files))))
    moved = [replace(f, path=f.path + f.text[:1], text=f.text[1:]) for f in files]

    assert (corpus.record.digest == other.record.digest) == (corpus == other)
    assert (corpus.record.digest == Corpus(tuple(moved)).record.digest) == (moved == files)


def test_the_standard_library_is_split_by_file():
    """About one file in 50 is held out, whatever else there is; some of json is learned."""
    corpus = read_corpus()
    held = [file for file in corpus.files if file.is_held_out]
    few = Corpus(corpus.files[::2])

    assert len(corpus.learned) + len(corpus.held_out) == len(corpus.files)
    assert 0.005 < len(held) / len(corpus.files) < 0.06
    assert few.held_out == [file.text for file in corpus.files[::2] if file in held]
    assert "json/decoder.py" in {file.path for file in corpus.files}
    assert not any("site-packages" in file.path for file in corpus.files)

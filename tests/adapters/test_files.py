"""Files of every sort, whole and damaged."""

import bz2
import gzip
import hashlib
import os
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet

from mldebug.adapters.sources import read
from mldebug.errors import InputError


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def values(raw):
    return {column.name: column.data.to_pylist() for column in raw.columns}


def refusal(path):
    with pytest.raises(InputError) as caught:
        read(path, "--eval")
    told = str(caught.value)
    assert told.startswith("--eval: ")
    assert "\n" not in told
    return told


TABLE = {"name": ["Ann", "Bo"], "n": [1, 2]}
SMALL = "name,n\nAnn,1\nBo,2\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_out(written, delimiter):
    assert values(read(written("a.csv", SMALL.replace(",", delimiter)), "TRAIN")) == TABLE


@pytest.mark.parametrize(
    ("ending", "compressed"), [(".gz", gzip.compress), (".bz2", bz2.compress), ("", bytes)]
)
def test_compressed_text(written, ending, compressed):
    path = written(f"a.csv{ending}", compressed(SMALL.encode()))
    raw = read(path, "TRAIN")
    assert values(raw) == TABLE
    assert raw.sha256.result() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_zstandard(tmp_path):
    path = tmp_path / "a.csv.zst"
    with pa.output_stream(str(path)) as stream:
        stream.write(SMALL.encode())
    assert values(read(path, "TRAIN")) == TABLE
    path.write_bytes(path.read_bytes()[:-4])
    assert "cut off" in refusal(path)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(written, encoding, told):
    raw = read(written("a.csv", "café,n\nnaïve,1\n".encode(encoding)), "TRAIN")
    assert values(raw) == {"café": ["naïve"], "n": [1]}
    assert [told in remark for remark in raw.remarks] == ([True] if told else [])


def test_a_byte_that_is_none_of_cp1252_makes_it_latin_1(written):
    raw = read(written("a.csv", b"a,b\n\x81\xe9,1\n"), "TRAIN")
    assert values(raw)["a"] == ["\x81é"]
    assert "latin-1" in raw.remarks[0]


def test_utf_16_that_is_cut_off(written):
    assert "cut off" in refusal(written("a.csv", SMALL.encode("utf-16")[:-1]))


def test_missing_tokens_are_those_of_pandas(written):
    tokens = [
        *("", "NA", "N/A", "n/a", "#N/A", "nan", "NaN", "-nan", "NULL", "null", "None", "<NA>"),
        *("1.#IND", "-1.#QNAN", '"NA"', '""'),
    ]
    path = written("a.csv", "word,n\nyes,1\n" + "".join(f"{one},2\n" for one in tokens))
    expected = pd.read_csv(path)["word"].isna().tolist()
    assert [one is None for one in values(read(path, "TRAIN"))["word"]] == expected
    assert sum(expected) == len(tokens)


def test_quoted_fields_hold_newlines_and_delimiters(written):
    raw = read(written("a.csv", 'a,b\n"x\n\ny",1\n"z, ""w""",2\n'), "TRAIN")
    assert values(raw) == {"a": ["x\n\ny", 'z, "w"'], "b": [1, 2]}


def test_quoted_newline_in_the_header(written):
    assert values(read(written("a.csv", '"a\nb",c\n1,2\n'), "TRAIN")) == {"a\nb": [1], "c": [2]}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_ends_of_lines(written, newline):
    path = written("a.csv", SMALL.replace("\n", newline).rstrip(newline))
    assert values(read(path, "TRAIN")) == TABLE


def test_a_leading_zero_makes_text_even_far_down(written):
    rows = "".join(f"{number},{number}\n" for number in range(10_000, 260_000))
    raw = read(written("a.csv", f"zip,n\n{rows}00123,1\n"), "TRAIN")
    assert raw["zip"].storage == "string"
    assert raw["zip"].data[-1].as_py() == "00123"
    assert raw["n"].storage == "int64"


def test_decimal_commas(written):
    raw = read(written("a.csv", "a;b\n1;2,5\n3;1.000\n"), "TRAIN")
    assert raw["b"].storage == "string"
    raw = read(written("b.csv", "a;b\n1;2,5\n3;4,75\n"), "TRAIN")
    assert values(raw) == {"a": [1, 3], "b": [2.5, 4.75]}
    assert "decimal points" in raw.remarks[0]


def test_extreme_numbers(written):
    raw = read(written("a.csv", f"i,f\n{10**30},1e300\n1,-inf\n"), "TRAIN")
    assert values(raw) == {"i": [1e30, 1.0], "f": [1e300, float("-inf")]}


@pytest.mark.parametrize("start", [2**53, 2**63 - 3, 2**64 - 7])
def test_whole_numbers_of_64_bits_are_exact(written, start):
    wanted = [start + row for row in (0, 1, 2, 3, 4, 5)]
    given = "\n".join(f"{one},1" for one in wanted)
    assert values(read(written("a.csv", f"i,f\n{given}\n"), "TRAIN"))["i"] == wanted
    later = "\n".join(f"{one},1" for one in [1, 2, *wanted])
    assert values(read(written("b.csv", f"i,f\n{later}\n"), "TRAIN"))["i"] == [1, 2, *wanted]


def test_digits_that_no_number_tells_apart_stay_text(written):
    wanted = [str(10**24 + row) for row in range(3)]
    raw = read(written("a.csv", "i,f\n" + "".join(f"{one},1e30\n" for one in wanted)), "TRAIN")
    assert values(raw) == {"i": wanted, "f": [1e30] * 3}


def test_repeated_names_are_those_of_pandas_and_a_missing_one_is_told(written):
    path = written("a.csv", "a,a,,b,a.1\n1,2,3,4,5\n")
    raw = read(path, "TRAIN")
    assert len(set(raw.names)) == 5
    assert raw.names[2] == "(no name)"
    assert raw.names[4] == pd.read_csv(path).columns[4] == "a.1"
    assert "'a'" in raw.remarks[0]


@pytest.mark.parametrize("name", ["<script>", "{value.__class__}", "\x1b[31mred", "\u202eabc"])
def test_hostile_names_stay_as_they_are_and_are_escaped_in_errors(written, name):
    assert read(written("a.csv", f"{name},b\n1,2\n"), "TRAIN").names == (name, "b")
    assert "\x1b" not in refusal(written(f"{name.replace('/', '')}.xyz", "a"))


def test_three_thousand_columns(written):
    names = ",".join(f"c{place}" for place in range(3_000))
    raw = read(written("a.csv", f"{names}\n" + ("1," * 2_999 + "2\n") * 3), "TRAIN")
    assert len(raw.columns) == 3_000
    assert raw["c2999"].data.to_pylist() == [2, 2, 2]


def test_a_cell_longer_than_a_block(written):
    long = "x" * 3_000_000
    raw = read(written("a.csv", f"a,b\n{long},1\ny,2\n"), "TRAIN")
    assert values(raw) == {"a": [long, "y"], "b": [1, 2]}


@pytest.mark.parametrize("header", ["0,1,2", "1,2,3", "country,2000,2001", "a,1.5,b"])
def test_headers_that_hold_numbers(written, header):
    assert read(written("a.csv", f"{header}\n7,8,9\n"), "TRAIN").names == tuple(header.split(","))


@pytest.mark.parametrize("first", ["5.1,3.5,setosa", "5,0,0", "3.5", "7,-1,2"])
def test_no_header(written, first):
    assert "no header" in refusal(written("a.csv", f"{first}\n{first}\n"))


@pytest.mark.parametrize(
    ("content", "line"),
    [("a,b\n1,2\n3\n", 3), ("a,b\n1,2,3\n", 2), ('a,b\n"x\ny",1\n\n4,5,6\n', 5)],
)
def test_a_ragged_row_is_named(written, content, line):
    assert f"line {line} of" in refusal(written("a.csv", content))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n", "no columns"),
        (b"a,b\n", "no rows"),
        (b"a,b\n\n \n", "no rows"),
        (bytes(range(256)) * 20, "is binary"),
        (b"PK\x03\x04\x14\x00", "Excel"),
        (b"PAR1\x15\x04", "name it .parquet"),
        (gzip.compress(b"a\n1\n"), "name it .gz"),
    ],
)
def test_files_that_are_no_csv(written, content, told):
    assert told in refusal(written("a.csv", content))


def test_missing_file_offers_the_nearest(written):
    written("train_data.csv", SMALL)
    path = written("other.csv", SMALL).with_name("train-data.csv")
    assert "did you mean 'train_data.csv'?" in refusal(path)
    assert "no file" in refusal(path.parent / "nowhere" / "a.csv")
    assert "path is empty" in refusal("")


def test_a_directory(tmp_path):
    assert "is a directory" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    assert "not a regular file" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_file(written):
    path = written("a.csv", SMALL)
    path.chmod(0)
    assert "may not be read" in refusal(path)


def test_a_closed_file_for_root_too(written, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "may not be read" in refusal(written("a.csv", SMALL))


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.pkl", "a.parquet.gz", "a.csv.zip"])
def test_unknown_endings(written, name):
    assert ".parquet" in refusal(written(name, SMALL))


@pytest.mark.parametrize("compressed", [gzip.compress, bz2.compress])
def test_truncated_compression(written, compressed):
    ending = {gzip.compress: "gz", bz2.compress: "bz2"}[compressed]
    content = compressed(SMALL.encode() * 10_000)
    assert "cut off" in refusal(written(f"a.csv.{ending}", content[:-20]))
    assert "is no whole" in refusal(written(f"b.csv.{ending}", b"hello"))


@pytest.fixture
def frame():
    return pd.DataFrame({"name": ["Ann", None], "n": [1.5, 2.5]}, index=pd.Index([7, 8], name="id"))


def test_parquet(tmp_path, frame):
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    raw = read(path, "TRAIN")
    assert values(raw) == {"name": ["Ann", None], "n": [1.5, 2.5]}
    assert "'id'" in raw.remarks[0]
    assert raw.sha256.result() == hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes()[:-30])
    assert "no whole Parquet file" in refusal(path)


@pytest.mark.parametrize("write", [feather.write_feather, "stream"])
def test_arrow(tmp_path, frame, write):
    path = tmp_path / "a.feather"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if write == "stream":
        with ipc.new_stream(str(path), table.schema) as stream:
            stream.write_table(table)
    else:
        write(table, str(path))
    assert values(read(str(path), "TRAIN")) == {"name": ["Ann", None], "n": [1.5, 2.5]}
    path.write_bytes(path.read_bytes()[:100])
    assert "no whole Feather or Arrow file" in refusal(path)


def test_stored_tables_without_rows_or_columns(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": pa.array([], pa.int64())}), path)
    assert "no rows" in refusal(path)
    pl.DataFrame().write_parquet(path)
    assert "no columns" in refusal(path)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "b.csv", "a.jsonl"])
def test_threads_of_arrow_hold_no_memory_of_python(written, monkeypatch, name):
    """Or a process that ends right after reading aborts while they give it back."""
    content = {
        "a.csv": SMALL.encode(),
        "a.csv.gz": gzip.compress(SMALL.encode()),
        "b.csv": SMALL.encode("utf-16"),
        "a.jsonl": b'{"name": "Ann", "n": 1}\n{"name": "Bo", "n": 2}\n',
    }[name]
    given, reader = [], pa.BufferReader
    monkeypatch.setattr(pa, "BufferReader", lambda held: given.append(held) or reader(held))
    monkeypatch.setattr(pa, "py_buffer", None)
    assert values(read(written(name, content), "TRAIN")) == TABLE
    assert {type(held) for held in given} == {pa.Buffer}


def test_json_lines(written):
    raw = read(written("a.jsonl", '{"a": 1, "b": "x"}\n\n{"a": null, "c": [1]}\n'), "TRAIN")
    assert values(raw) == {"a": [1, None], "b": ["x", None], "c": [None, [1]]}


def test_json_lines_with_a_mixed_column(written):
    raw = read(written("a.ndjson.gz", gzip.compress(b'{"a": 1, "b": 2}\n{"a": "x"}\n')), "TRAIN")
    assert values(raw) == {"a": ["1", "x"], "b": [2, None]}
    assert "mixed types" in raw["a"].note


@pytest.mark.parametrize("line", ['{"a": 1', "[1]", "nothing", "[" * 100_000])
def test_a_line_that_is_no_object_is_named(written, line):
    assert "line 2 of" in refusal(written("a.jsonl", f'{{"a": 1}}\n{line}\n'))


def test_numpy_matrices(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(6).reshape(3, 2))
    assert values(read(path, "TRAIN")) == {"f0": [0, 2, 4], "f1": [1, 3, 5]}
    np.save(path, np.arange(3.0))
    assert "two dimensions" in refusal(path)
    path.write_bytes(path.read_bytes()[:-4])
    assert "no whole NumPy file" in refusal(path)


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


def test_no_pickle_is_ever_read(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.array([[Bomb()]]), allow_pickle=True)
    assert "Python objects" in refusal(path)
    path.write_bytes(pickle.dumps(Bomb()))
    assert "is no NumPy file" in refusal(path)
    np.savez(path.with_suffix(".npz"), a=np.zeros((2, 2)))
    assert "ending" in refusal(path.with_suffix(".npz"))


def test_the_line_in_which_excel_is_told_the_separator_is_no_header(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbfsep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n")
    found = read(str(path), "TRAIN")
    assert found.names == ("a", "b")
    assert found["a"].data.to_pylist() == [1.5, 2.5]

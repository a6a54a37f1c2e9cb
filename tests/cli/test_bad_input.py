"""Bad files, paths and options through the real audit: a diagnosis, or one sentence and status 2."""

from __future__ import annotations

import bz2
import gzip
import os
import shutil
import sys

import numpy as np
import pyarrow as pa
import pytest
from bad_tables import ESCAPE, OUTPUTS, OVERRIDE, ROWS, csv, cut, frame, kind_of, pair, remarks
from pyarrow import feather


@pytest.mark.parametrize("option", ["TRAIN", "--eval", "--reference"])
def test_a_missing_file(refusal, option):
    csv(*pair())
    given = ["trian.csv"] if option == "TRAIN" else ["train.csv", option, "trian.csv"]
    assert refusal(*given) == f"{option}: there is no file 'trian.csv'; did you mean 'train.csv'?"
    given[-1] = "other.parquet"
    assert refusal(*given).endswith("'other.parquet'; give the path of an existing file")


@pytest.mark.parametrize("option", ["TRAIN", "--eval", "--reference"])
def test_an_empty_path(refusal, option):
    csv(*pair())
    given = [""] if option == "TRAIN" else ["train.csv", option, ""]
    assert refusal(*given) == f"{option}: the path is empty; give the path of a file"


@pytest.mark.parametrize("option", ["TRAIN", "--eval"])
def test_a_path_that_is_too_long(refusal, option):
    csv(*pair())
    name = "x" * 5_000
    told = refusal(*([name] if option == "TRAIN" else ["train.csv", option, name]))
    assert "file name too long" in told
    assert len(told) < 400


def test_a_directory(refusal, folder):
    csv(*pair())
    (folder / "tables.csv").mkdir()
    told = "'tables.csv' is a directory; give the file of one table"
    assert refusal("tables.csv") == f"TRAIN: {told}"
    assert refusal("train.csv", "--eval", "tables.csv") == f"--eval: {told}"


def test_neither_pipes_nor_devices_are_waited_for(refusal, folder):
    os.mkfifo(folder / "pipe.csv")
    for name in ("pipe.csv", os.devnull):
        assert "is not a regular file" in refusal(name)


def test_links(refusal, diagnosis, folder):
    given = csv(*pair())
    (folder / "train.csv").rename("real.csv")
    (folder / "train.csv").symlink_to("real.csv")
    assert diagnosis(*given)["provenance"]["tables"]["train"]["rows"] == ROWS
    for output in OUTPUTS:
        (folder / output).unlink()
    (folder / "real.csv").unlink()
    assert "is a link to 'real.csv', which does not exist" in refusal(*given)
    (folder / "train.csv").unlink()
    (folder / "train.csv").symlink_to("train.csv")
    assert "cannot be opened (too many levels of symbolic links)" in refusal(*given)


ENDINGS = ("csv", "tsv", "jsonl", "parquet", "feather", "arrow", "npy", "csv.gz", "csv.zst")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_file(refusal, folder, ending):
    (folder / f"t.{ending}").touch()
    assert (
        refusal(f"t.{ending}") == f"TRAIN: 't.{ending}' is empty; a table needs a header and rows"
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_binary_file(refusal, folder, ending):
    (folder / f"t.{ending}").write_bytes(np.random.default_rng(0).bytes(5_000))
    told = {
        "parquet": "is no Parquet file, though its ending says so",
        "feather": "is no Feather or Arrow file",
        "arrow": "is no Feather or Arrow file",
        "npy": "is no NumPy file",
        "csv.gz": "is no whole gzip file",
        "csv.zst": "is no whole zstd file",
    }
    assert told.get(ending, "is binary, not text") in refusal(f"t.{ending}")


def zstandard(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


COMPRESSIONS = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstandard}


@pytest.mark.parametrize("ending", COMPRESSIONS)
def test_compressed_text_whole_and_truncated(refusal, diagnosis, folder, ending):
    name = f"t.csv.{ending}"
    content = COMPRESSIONS[ending](frame().to_csv(index=False).encode())
    (folder / name).write_bytes(content)
    given = (name, "--eval", "0.3", "--target", "y")
    assert diagnosis(*given)["outcomes"]["LB207"]["state"] == "passed"
    for output in OUTPUTS:
        (folder / output).unlink()
    cut(name)
    assert refusal(*given) == f"TRAIN: {name!r} is cut off; compress or copy it again"
    (folder / name).write_bytes(COMPRESSIONS[ending](b""))
    assert refusal(*given) == f"TRAIN: {name!r} is empty; a table needs a header and rows"


@pytest.mark.parametrize("ending", ["parquet", "feather", "npy"])
def test_stored_tables_that_are_truncated(refusal, ending):
    table = frame()
    if ending == "parquet":
        table.to_parquet("t.parquet")
    elif ending == "feather":
        feather.write_feather(table, "t.feather")
    else:
        np.save("t.npy", table[["a", "b"]].to_numpy())
    cut(f"t.{ending}")
    assert "is no whole " in refusal(f"t.{ending}")
    csv(table)
    assert refusal("train.csv", "--eval", f"t.{ending}").startswith(f"--eval: 't.{ending}' is no ")


@pytest.mark.parametrize("ending", ["parquet", "feather", "npy"])
def test_text_under_the_ending_of_a_stored_table(refusal, ending):
    frame().to_csv(f"t.{ending}", index=False)
    assert "file, though its ending says so" in refusal(f"t.{ending}")


def test_other_formats_under_the_ending_of_text(refusal, folder):
    table = frame()
    table.to_parquet("t.csv")
    assert "holds Parquet (name it .parquet), not text" in refusal("t.csv")
    (folder / "t.csv").write_bytes(gzip.compress(table.to_csv().encode()))
    assert "holds gzip data (name it .gz)" in refusal("t.csv")
    (folder / "t.csv").write_text("\n<!DOCTYPE html>\n<html><body>404</body></html>\n")
    assert "is a web page, not a table" in refusal("t.csv")
    np.savez("t.npz", a=table["a"])
    (folder / "t.npz").rename("t.npy")
    assert "is an archive of NumPy arrays" in refusal("t.npy")


@pytest.mark.parametrize("name", ["t.dat", "t", "t.json", "t.xlsx", "t.pkl"])
def test_an_unknown_ending(refusal, folder, name):
    (folder / name).write_text("a,b\n1,2\n")
    assert f"the ending of {name!r} is unknown; it must be .csv, .tsv" in refusal(name)


def test_ragged_rows(refusal, folder):
    given = csv(*pair())
    with (folder / "train.csv").open("a") as file:
        file.write("1,2\n")
    told = f"TRAIN: line {ROWS + 2} of 'train.csv' has 2 fields and the header has 4 fields"
    assert refusal(*given).startswith(told)
    csv(*pair())
    with (folder / "eval.csv").open("a") as file:
        file.write("1,2,3,4,5\n")
    assert "--eval: line 62 of 'eval.csv' has 5 fields" in refusal(*given)


WRITTEN = {
    "latin-1": {"encoding": "latin-1"},
    "utf-16": {"encoding": "utf-16"},
    "byte-order mark": {"encoding": "utf-8-sig"},
    "semicolons": {"sep": ";"},
    "semicolons and decimal commas": {"sep": ";", "decimal": ","},
    "tabs": {"sep": "\t"},
    "crlf": {"lineterminator": "\r\n"},
    "cr": {"lineterminator": "\r"},
}


@pytest.mark.parametrize("written", WRITTEN)
def test_text_of_another_make_is_read_all_the_same(diagnosis, written):
    tables = [table.replace({"c": {"u": "Zürich", "v": "Malmö"}}) for table in pair()]
    document = diagnosis(*csv(*tables, **WRITTEN[written]))
    columns = document["provenance"]["tables"]["train"]["columns"]
    assert [(column["name"], column["kind"]) for column in columns] == [
        ("a", "number"),
        ("b", "number"),
        ("c", "category"),
        ("y", "category"),
    ]
    told = {"latin-1": "read as cp1252", "utf-16": "read as UTF-16"}
    assert told.get(written, "") in remarks(document)


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-32", "is UTF-32"), ("utf-16-le", "is binary, not text")]
)
def test_encodings_that_are_not_read(refusal, encoding, told):
    assert told in refusal(*csv(*pair(), encoding=encoding))


def test_quoted_newlines(diagnosis):
    tables = [table.replace({"c": {"u": "one\ntwo", "v": 'a "b", c'}}) for table in pair()]
    document = diagnosis(*csv(*tables))
    assert document["provenance"]["tables"]["train"]["rows"] == ROWS


def test_thousands_separators(diagnosis):
    tables = [table.assign(m=[f"{int(abs(b) * 1e6):,}" for b in table["b"]]) for table in pair()]
    assert kind_of(diagnosis(*csv(*tables)), "m") == "number"


@pytest.mark.parametrize("content", ["a,b,y\n", "a,b,y", "a,b,y\n\n\n"])
def test_a_header_without_rows(refusal, folder, content):
    given = csv(*pair())
    (folder / "eval.csv").write_text(content)
    told = "has a header but no rows; a table needs at least one"
    assert refusal(*given) == f"--eval: 'eval.csv' {told}"
    assert refusal("eval.csv", "--target", "y") == f"TRAIN: 'eval.csv' {told}"


def test_a_path_with_spaces_and_letters_of_other_scripts(diagnosis, folder):
    csv(*pair())
    below = folder / "mein Ordner ü 数"
    below.mkdir()
    shutil.move("train.csv", below / "train täble.csv")
    document = diagnosis("mein Ordner ü 数/train täble.csv", "--eval", "eval.csv", "--target", "y")
    assert document["provenance"]["tables"]["train"]["source"].endswith("train täble.csv")


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("outcom", "did you mean 'outcome'?"),
        ("OUTCOME", "did you mean 'outcome'?"),
        ("zzz", "there are 'a', 'b', 'c', 'outcome'"),
    ],
)
def test_a_missing_target_offers_the_nearest_names(refusal, given, offered):
    tables = [table.rename(columns={"y": "outcome"}) for table in pair()]
    csv(*tables)
    told = refusal("train.csv", "--eval", "eval.csv", "--target", given)
    assert told == f"--target: there is no column {given!r}; {offered}"


@pytest.mark.parametrize("option", ["--target", "--time", "--id", "--groups", "--split-column"])
def test_an_empty_name(refusal, option):
    csv(*pair())
    told = refusal("train.csv", option, "")
    assert told == f"{option}: the name is empty; give the name of a column"


def test_an_address(refusal):
    told = "is an address, and nothing is ever fetched; download the file first"
    assert refusal("https://example.org/t.csv").endswith(told)


def test_hostile_paths(diagnosis, refusal, folder):
    csv(*pair())
    name = f"<script>{ESCAPE}[31m{{0}}{OVERRIDE}.csv"
    assert "there is no file" in refusal(name)
    (folder / "train.csv").rename(name)
    diagnosis(name, "--eval", "eval.csv", "--target", "y")
    assert not {ESCAPE, OVERRIDE} & set((folder / "out.html").read_text())


def unwritable(folder):
    (folder / "folder.html").mkdir()
    (folder / "device.html").symlink_to("/dev/full")
    (folder / "loop.html").symlink_to("loop.html")
    return {
        "none/r.html": "none/r.html cannot be written, none does not exist",
        "train.csv/r.html": "train.csv is no folder",
        "folder.html": "folder.html is a folder; name a file in it",
        "report.pdf": "report.pdf must be a name that ends in .html",
        "device.html": "device.html is there and may not be written",
        "loop.html": "loop.html cannot be written: too many levels of symbolic links",
        "x" * 300 + ".html": "cannot be written: file name too long",
        "x" * 300 + "/r.html": "cannot be written: file name too long",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_an_unwritable_report(refusal, folder):
    csv(*pair())
    for path, sentence in unwritable(folder).items():
        told = refusal("train.csv", "--target", "y", "--report", path)
        assert told.startswith("--report: ")
        assert sentence in told


BROKEN = {
    b"[audits\n": "mldebug.toml cannot be read as TOML: ",
    b'select = ["\xe9"]\n': "mldebug.toml cannot be read as TOML: it is not UTF-8",
    b'selct = ["LK"]\n': "mldebug.toml: there is no key 'selct'; the nearest is 'select'",
    b'select = ["LK999"]\n': "mldebug.toml: select: 'LK999' names no rule or family",
    b"select = 3\n": "mldebug.toml: select must be a list of codes or families",
    b'[audits.a]\ntrain = "a\\u0000.csv"\n': "train must be a text that is not empty",
}


@pytest.mark.parametrize("content", BROKEN, ids=str)
def test_a_broken_configuration(refusal, folder, content):
    csv(*pair())
    (folder / "mldebug.toml").write_bytes(content)
    assert BROKEN[content] in refusal("train.csv", "--target", "y")


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code(refusal, option):
    told = refusal(*csv(*pair()), option, "LK999")
    assert told.startswith(f"{option}: 'LK999' names no rule or family; the nearest is ")

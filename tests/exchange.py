#!/usr/bin/env python3
"""Exchanges arrays with NumPy, Pillow and pyarrow, in both directions: tests/exchange.py [PATH OF zilde].

What Python does not have is not tried. Tables need a zilde that was built with --all-features."""

import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    sys.exit("NumPy is not installed: nothing was tried")

zilde = sys.argv[1] if len(sys.argv) > 1 else "target/debug/zilde"


def run(expression):
    done = subprocess.run([zilde, "-e", expression], capture_output=True, text=True)
    assert done.returncode == 0, (expression, done.stdout, done.stderr)
    return done.stdout.strip()


with tempfile.TemporaryDirectory() as folder:
    there, back = os.path.join(folder, "there.npy"), os.path.join(folder, "back.npy")
    grid = np.arange(24).reshape(2, 3, 4)
    dtypes = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", ">i4", ">f8"]
    arrays = [grid.astype(dtype) for dtype in dtypes]
    arrays += [np.asfortranarray(array) for array in arrays]
    arrays += [np.array(5), np.array(-0.5), np.zeros((0, 3)), np.array([["ab", "c⍺d"], ["", "xyz"]])]
    arrays += [np.array(list("text")), np.array([2**40, -1])]
    for array in arrays:
        np.save(there, array)
        run(f"(⎕SE.file.npy '{there}')⎕SE.file.npy '{back}'")
        result = np.load(back)
        assert result.shape == array.shape, (array, result)
        assert (result == array).all(), (array, result)
    pack, again = os.path.join(folder, "pack.npz"), os.path.join(folder, "again.npz")
    for save in [np.savez, np.savez_compressed]:
        save(pack, weights=grid / 8, bias=np.arange(3))
        run(f"(⎕SE.file.npz '{pack}')⎕SE.file.npz '{again}'")
        result = np.load(again)
        assert sorted(result.files) == ["bias", "weights"]
        assert (result["weights"] == grid / 8).all() and (result["bias"] == np.arange(3)).all()
print(f"{len(arrays)} arrays and 2 archives came back")

try:
    from PIL import Image
except ImportError:
    sys.exit("Pillow is not installed: no picture was tried")

with tempfile.TemporaryDirectory() as folder:
    there, back = os.path.join(folder, "there.png"), os.path.join(folder, "back.png")
    ramp = (np.arange(6 * 5 * 4) * 7 % 256).astype("u1")
    pictures = [Image.fromarray(ramp[:30].reshape(6, 5))]
    pictures += [Image.fromarray(ramp[: 30 * n].reshape(6, 5, n)) for n in [2, 3, 4]]
    for picture in pictures:
        picture.save(there)
        run(f"(⎕SE.file.png '{there}')⎕SE.file.png '{back}'")
        assert (np.array(Image.open(back)) == np.array(picture)).all(), picture
    palette = pictures[2].quantize(8)
    palette.save(there)
    run(f"(⎕SE.file.png '{there}')⎕SE.file.png '{back}'")
    assert (np.array(Image.open(back)) == np.array(palette.convert("RGB"))).all()
    for picture in [Image.fromarray(np.full((16, 24, 3), 90, "u1")), Image.fromarray(np.full((9, 7), 200, "u1"))]:
        there, back = os.path.join(folder, "there.jpeg"), os.path.join(folder, "back.jpeg")
        picture.save(there)
        run(f"(⎕SE.file.jpeg '{there}')⎕SE.file.jpeg '{back}'")
        difference = np.array(Image.open(back)).astype(int) - np.array(picture).astype(int)
        assert abs(difference).max() <= 3, picture
print("pictures came back")

try:
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet
except ImportError:
    sys.exit("pyarrow is not installed: no table was tried")

# The names and items of these columns come back as they are.
same = {
    "flag": pa.array([True, False, None, True]),
    "count": pa.array([1, -2, None, 2**40]),
    "weight": pa.array([0.5, None, -8.25, 1e300]),
    "full name": pa.array(["one", "", None, "c⍺d"]),
    "list": pa.array([[1, 2], [], None, [7]]),
    "words": pa.array([["a", "bc"], None, [], ["d"]]),
    "nothing": pa.nulls(4),
}
# Other types become one of these.
others = [
    (pa.array([1, 2, 3, 250], pa.uint8()), [1, 2, 3, 250]),
    (pa.array([-1, 2, None, 3], pa.int16()), [-1, 2, None, 3]),
    (pa.array([1, 2, 2**63, 4], pa.uint64()), [1, 2, 2**63, 4]),
    (pa.array(np.array([0.5, -2, 4, 8], "f2")), [0.5, -2, 4, 8]),
    (pa.array([0.5, 1, 2, None], pa.float32()), [0.5, 1, 2, None]),
    (pa.array(["a", "b", None, "a"]).dictionary_encode(), ["a", "b", None, "a"]),
    (pa.array(["a", "b", None, "a"], pa.large_string()), ["a", "b", None, "a"]),
    (pa.array(["a", "b", None, "longer than twelve"], pa.string_view()), ["a", "b", None, "longer than twelve"]),
    (pa.array([b"\x00\xff", b"", None, b"a"], pa.binary()), [[0, 255], [], None, [97]]),
    (pa.array([b"ab", b"cd", None, b"ef"], pa.binary(2)), [[97, 98], [99, 100], None, [101, 102]]),
    (pa.array([[1, 2], [3, 4], None, [5, 6]], pa.list_(pa.int8(), 2)), [[1, 2], [3, 4], None, [5, 6]]),
    (pa.array(["1.25", "-3.50", None, "0.00"]).cast(pa.decimal128(9, 2)), [1.25, -3.5, None, 0]),
    (pa.array([0, 1, -1, None], pa.date32()), [25568, 25569, 25567, None]),
    (pa.array([0, 43200, -21600, None], pa.timestamp("s")), [25568.0, 25568.5, 25567.75, None]),
    (pa.array([0, 21600 * 10**6, 1, None], pa.timestamp("us", "UTC")), [25568.0, 25568.25, 25568.0, None]),
    (pa.array([21600, 0, 43200, None], pa.time32("s")), [0.25, 0, 0.5, None]),
]


def writers(table, there):
    yield "arrow", lambda: pa.feather.write_feather(table, there)
    for compression in ["uncompressed", "zstd"]:
        yield "arrow", lambda: pa.feather.write_feather(table, there, compression)

    def stream():
        with pa.ipc.new_stream(there, table.schema) as out:
            out.write_table(table, 3)

    yield "arrow", stream
    if not any(pa.types.is_float16(field.type) or "view" in str(field.type) for field in table.schema):
        for compression in ["snappy", "zstd", "gzip", "lz4", "none"]:
            yield "parquet", lambda: pa.parquet.write_table(table, there, compression=compression, row_group_size=3)
        yield "parquet", lambda: pa.parquet.write_table(table, there, data_page_version="2.0", use_dictionary=False)


def near(mine, wanted):
    if isinstance(wanted, list):
        return len(mine) == len(wanted) and all(map(near, mine, wanted))
    return mine == wanted or isinstance(wanted, float) and abs(mine - wanted) <= 1e-9


with tempfile.TemporaryDirectory() as folder:
    there, back = os.path.join(folder, "there"), os.path.join(folder, "back")
    tables = [(pa.table(same), [column.to_pylist() for column in same.values()])]
    tables += [(pa.table({"x": array}), [wanted]) for array, wanted in others]
    tables += [(pa.table({"x": array.slice(0, 0)}), [[]]) for array, _ in others]
    count = 0
    for table, wanted in tables:
        for format, write in writers(table, there):
            write()
            run(f"(⎕SE.file.{format} '{there}')⎕SE.file.{format} '{back}'")
            result = (pa.feather if format == "arrow" else pa.parquet).read_table(back)
            assert result.column_names == table.column_names, (format, result)
            for column, expected in zip(result.columns, wanted):
                assert near(column.to_pylist(), expected), (format, table, column, expected)
            count += 1
print(f"{count} tables came back")

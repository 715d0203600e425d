#!/usr/bin/env python3
"""Exchanges arrays with NumPy, in both directions: tests/exchange.py [PATH OF zilde]. Does nothing without NumPy."""

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

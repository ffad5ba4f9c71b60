"""How far the pictures in two folders are apart, which have the same names; ends with an error where one is missing, has another size, or is off
by more than two levels anywhere. Run by benchmarks/published-styles."""
import argparse
import pathlib
import sys

import cv2
import numpy

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("one", type=pathlib.Path)
parser.add_argument("other", type=pathlib.Path)
options = parser.parse_args()

names = [{file.relative_to(folder) for file in folder.rglob("*.png") if "_toonlake" not in file.parts} for folder in (options.one, options.other)]
if not names[0] or names[0] != names[1]:
    sys.exit(f"{options.one} and {options.other} have other pictures: {sorted(map(str, names[0] ^ names[1]))[:5]}")
levels, shifts = numpy.zeros(256, int), []
for name in sorted(names[0]):
    one, other = (cv2.imread(str(folder / name), cv2.IMREAD_COLOR).astype(int) for folder in (options.one, options.other))
    if one.shape != other.shape:
        sys.exit(f"{name} has {one.shape} and {other.shape}")
    levels += numpy.bincount(abs(one - other).ravel(), minlength=256)
    shifts.append(abs((one - other).mean(axis=(0, 1))).max())
share = levels / levels.sum()
print(f"{len(shifts)} pictures; {share[0]:.4%} of all values are equal, {share[1]:.4%} off by one level, {share[2:].sum():.6%} by more (at most "
      f"{numpy.flatnonzero(levels).max()}); mean colours differ by at most {max(shifts):.4f} levels")
if levels[3:].any():
    sys.exit(1)

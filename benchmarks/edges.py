"""Edge smoothing, Toonlake's against two scripts in Python and OpenCV. Run by benchmarks/run.

`loops` smooths pixel by pixel, as the scripts that go with ports of CartoonGAN do; `whole` blurs the whole picture and takes it where the mask is set, as Toonlake does. Both read a
PNG, smooth it and write a PNG, one after the other; Toonlake does so with as many threads as are given.
"""
import argparse
import json
import os
import pathlib
import tempfile

import cv2
import numpy

import sides

KERNEL = numpy.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def mask_of(picture):
    edges = cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 100, 200)
    return cv2.dilate(edges, numpy.ones((5, 5), numpy.uint8))


def loops(picture):
    padded = numpy.pad(picture, ((2, 2), (2, 2), (0, 0)), mode="reflect")
    smoothed = picture.copy()
    rows, columns = numpy.where(mask_of(picture) != 0)
    for y, x in zip(rows, columns):
        for channel in range(3):
            smoothed[y, x, channel] = numpy.round(numpy.sum(KERNEL * padded[y:y + 5, x:x + 5, channel]))
    return smoothed


def whole(picture):
    blurred = cv2.GaussianBlur(picture, (5, 5), 0)
    return numpy.where(mask_of(picture)[:, :, None] != 0, blurred, picture)


def script(smooth, files, into):
    for file in files:
        cv2.imwrite(str(into / file.name), smooth(cv2.imread(str(file))))
    return {"pictures": len(files)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cartoons", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("REFERENCE_DATA", sides.ROOT.parent / "shared/data")) / "cartoons")
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--copies", type=int, nargs=2, default=[1, 80], metavar=("LOOPS", "WHOLE"),
                        help="times that each cartoon is smoothed a turn, against each script")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    cv2.setNumThreads(1)
    results = {}
    sides.print_head(f"script, OpenCV {cv2.__version__}")
    for smooth, copies in ((loops, options.copies[0]), (whole, options.copies[1])):
        with tempfile.TemporaryDirectory() as name:
            work = pathlib.Path(name)
            for folder in ("in", "ours", "theirs"):
                (work / folder).mkdir()
            for number, cartoon in enumerate(sorted(options.cartoons.iterdir())):
                picture = cv2.imread(str(cartoon))
                side = min(picture.shape[:2])
                sample = cv2.resize(picture[:side, :side], (options.pixels, options.pixels), interpolation=cv2.INTER_AREA)
                for copy in range(copies):
                    cv2.imwrite(str(work / f"in/{number:02}-{copy:03}.png"), sample)
            files = sorted((work / "in").iterdir())
            for threads in options.threads:
                ours = sides.Ours("EdgeSmoothing", [work / "in", work / "ours", threads], threads, "edge-smooth")
                theirs = sides.Theirs(lambda: script(smooth, files, work / "theirs"))
                answers, _ = sides.alternate(ours, theirs, options.warm_up, options.repetitions)
                ours.close()
                for file in files[::copies]:
                    one, other = (cv2.imread(str(work / side / file.name)).astype(int) for side in ("ours", "theirs"))
                    if abs(one - other).max() > 1:
                        raise SystemExit(f"Cannot compare: {file.name} differs by {abs(one - other).max()}")
                row = f"{len(files)} cartoons of {options.pixels}×{options.pixels}, against {smooth.__name__}, {threads} threads"
                results[row] = sides.compare(answers)
                sides.print_row(row, results[row])
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""Makes the pictures that EdgeSmootherReferenceTest compares with, by OpenCV's own Python package.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install opencv-python-headless==4.13.0.92 numpy==2.4.6
    /tmp/venv/bin/python make_edge_fixtures.py ../resources/io/toonlake/edge

Every picture is drawn here, in code. For NAME it writes NAME.png (the input) and NAME.smooth.png (the expected output);
settings.csv names the settings of each. PNG keeps every byte of the pixels.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

DEFAULT = (100, 200, 5, 5, "gaussian")


def scene(width, height):
    """Flat regions, dark outlines, thin lines up to the border: what a cartoon frame looks like to Canny."""
    picture = np.full((height, width, 3), (235, 206, 135), np.uint8)
    cv2.rectangle(picture, (0, height * 2 // 3), (width, height), (60, 160, 90), -1)
    cv2.circle(picture, (width // 4, height // 4), height // 7, (80, 220, 250), -1, cv2.LINE_AA)
    cv2.circle(picture, (width // 4, height // 4), height // 7, (30, 30, 60), 2, cv2.LINE_AA)
    house = np.array([[width // 2, height // 2], [width * 7 // 10, height // 4], [width * 9 // 10, height // 2],
                      [width * 9 // 10, height * 5 // 6], [width // 2, height * 5 // 6]], np.int32)
    cv2.fillPoly(picture, [house], (70, 80, 200), cv2.LINE_AA)
    cv2.polylines(picture, [house], True, (20, 20, 30), 2, cv2.LINE_AA)
    for x in range(0, width, 9):
        cv2.line(picture, (x, height - 1), (x + 4, height * 3 // 4), (25, 90, 40), 1)
    cv2.line(picture, (0, 0), (width // 8, height - 1), (10, 10, 10), 1, cv2.LINE_AA)
    return picture


def soft_edges(width, height):
    """Ramps of growing steepness: gradients on both sides of both of Canny's thresholds."""
    x = np.arange(width, dtype=np.float64)
    rows = []
    for y in range(height):
        steepness = 0.2 + 6.0 * y / height
        rows.append(127.5 + 127.5 * np.tanh((x - width / 2 - 3 * np.sin(y / 5)) * steepness / 12))
    grey = np.array(rows)
    return np.clip(np.dstack([grey, grey * 0.8 + 20, 255 - grey * 0.6]), 0, 255).astype(np.uint8)


def specks(width, height):
    """Single bright pixels, some on the border and in corners, on a dark ground with a faint texture."""
    random = np.random.Generator(np.random.PCG64(7))
    picture = random.integers(20, 28, (height, width, 3)).astype(np.uint8)
    for y, x in [(0, 0), (0, width - 1), (height - 1, 0), (height // 2, 0), (height // 2, width // 2), (3, width // 3)]:
        picture[y, x] = (250, 240, 255)
    return picture


def bars(width, height):
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, width // 2:] = (255, 200, 90)
    picture[height // 2:, :] //= 2
    return picture


def smooth(picture, settings):
    """The whole method, in five calls."""
    canny_low, canny_high, dilate_pixels, blur_pixels, blur = settings
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    edges = cv2.Canny(grey, canny_low, canny_high)
    mask = cv2.dilate(edges, np.ones((dilate_pixels, dilate_pixels), np.uint8), iterations=1)
    side = (blur_pixels, blur_pixels)
    blurred = cv2.GaussianBlur(picture, side, 0) if blur == "gaussian" else cv2.blur(picture, side)
    return np.where(mask[..., None] != 0, blurred, picture)


CASES = {
    "scene": (scene(96, 72), DEFAULT),
    "scene-odd": (scene(61, 47), DEFAULT),
    "scene-wide-kernels": (scene(96, 72), (40.5, 90, 9, 11, "gaussian")),
    "scene-narrow-kernels": (scene(61, 47), (100, 200, 1, 3, "gaussian")),
    "scene-seven": (scene(61, 47), (20, 60, 3, 7, "gaussian")),
    "scene-mean": (scene(61, 47), (100, 200, 5, 5, "mean")),
    "mean-smaller-than-kernels": (bars(4, 3), (10, 20, 9, 11, "mean")),
    "soft-edges": (soft_edges(80, 64), DEFAULT),
    "specks": (specks(33, 29), DEFAULT),
    "two-columns": (bars(2, 9), DEFAULT),
    "one-row": (bars(13, 1), DEFAULT),
    "one-pixel": (np.full((1, 1, 3), (12, 200, 77), np.uint8), DEFAULT),
    "smaller-than-kernels": (bars(4, 3), (10, 20, 9, 11, "gaussian")),
    "flat": (np.full((20, 31, 3), (90, 160, 230), np.uint8), DEFAULT),
}


def main(folder):
    lines = ["name,canny-low,canny-high,dilate-pixels,blur-pixels,blur"]
    for name, (picture, settings) in CASES.items():
        cv2.imwrite(str(folder / f"{name}.png"), picture)
        cv2.imwrite(str(folder / f"{name}.smooth.png"), smooth(picture, settings))
        lines.append(",".join([name, *map(str, settings)]))
    (folder / "settings.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    assert cv2.__version__ == "4.13.0", cv2.__version__
    main(Path(sys.argv[1]))

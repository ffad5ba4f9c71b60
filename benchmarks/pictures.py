"""What a training's sample pictures look like, in figures: one row for each round that has pictures. Run by benchmarks/small-collection.

    checkerboard  amplitude at periods of 2 and 4 pixels, which two doublings of the size leave, where the photo is flat, in 8-bit levels of
                  grey: along rows, columns and diagonals, added up; of skies and walls, that is, and nothing of photos without such areas
    colour        correlation of a and b of Lab with the photo's, both blurred by 4 pixels: whether what is red stays redder than what is not
    chroma        mean chroma over the photo's, which a correlation does not see: below 1 the picture is paler
    cast          distance of the mean a and b from the photo's, in units of Lab: 0 where there is no cast
    distance      mean distance of L, a and b from the photo's, both blurred by 4 pixels, in units of Lab (2 can just be seen): what areas have
                  changed of their colours, which means and correlations let pass
    lightness     mean L of Lab over the photo's: below 1 the picture is darker
    flat          share of pixels whose 3x3 neighbourhood spans at most 4 levels of grey, or --flat-levels
    edges         share of all grey gradients that lies in the strongest tenth of the pixels; high where areas are flat and edges clear
"""
import argparse
import pathlib

import cv2
import numpy
from deltalake import DeltaTable


def decoded(png):
    return cv2.imdecode(numpy.frombuffer(png, numpy.uint8), cv2.IMREAD_COLOR)


def grey(picture):
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def flat_pixels(picture, levels=4):
    kernel = numpy.ones((3, 3), numpy.uint8)
    g = grey(picture)
    return cv2.dilate(g, kernel).astype(int) - cv2.erode(g, kernel) <= levels


def checkerboard(picture, photo):
    g = grey(picture).astype(numpy.float32)
    y, x = numpy.indices(g.shape)
    # Edges within reach of the mean below are none of a checkerboard's.
    flat = cv2.erode(flat_pixels(photo).astype(numpy.uint8), numpy.ones((17, 17), numpy.uint8)) > 0
    if not flat.any():
        return numpy.nan
    # Multiplied by its own carrier a pattern becomes a constant, which the mean over 9x9 keeps while it averages noise out. The local mean
    # goes first, or its edges would leave something.
    g -= cv2.blur(g, (9, 9))
    amplitude = 0
    for phase in (x, y, x + y):
        amplitude += numpy.abs(cv2.blur(g * (1 - 2 * (phase % 2)), (9, 9)))[flat].mean()
        # Of a period of 4 only the phase is unknown too: cosine and sine, 2 being twice the mean square of a cosine.
        parts = [cv2.blur(g * wave(numpy.pi / 2 * phase).astype(numpy.float32), (9, 9)) for wave in (numpy.cos, numpy.sin)]
        amplitude += 2 * numpy.hypot(*parts)[flat].mean()
    return amplitude


def ab(picture):
    return cv2.cvtColor(picture.astype(numpy.float32) / 255, cv2.COLOR_BGR2LAB)[..., 1:]


def colour(picture, photo):
    a, b = (cv2.GaussianBlur(ab(p), (0, 0), 4).reshape(-1, 2) for p in (picture, photo))
    if not (a.std(axis=0).all() and b.std(axis=0).all()):
        return 0
    return numpy.mean([numpy.corrcoef(a[:, channel], b[:, channel])[0, 1] for channel in (0, 1)])


def chroma(picture, photo):
    return numpy.hypot(*ab(picture).reshape(-1, 2).T).mean() / max(numpy.hypot(*ab(photo).reshape(-1, 2).T).mean(), 1e-9)


def cast(picture, photo):
    return numpy.hypot(*(ab(picture) - ab(photo)).reshape(-1, 2).mean(axis=0))


def distance(picture, photo):
    blurred = [cv2.GaussianBlur(cv2.cvtColor(p.astype(numpy.float32) / 255, cv2.COLOR_BGR2LAB), (0, 0), 4) for p in (picture, photo)]
    return numpy.linalg.norm(blurred[0] - blurred[1], axis=2).mean()


def lightness(picture, photo):
    mean = lambda p: cv2.cvtColor(p.astype(numpy.float32) / 255, cv2.COLOR_BGR2LAB)[..., 0].mean()
    return mean(picture) / max(mean(photo), 1e-9)


def edges(picture):
    g = grey(picture).astype(numpy.float32)
    gradient = numpy.sort(numpy.hypot(cv2.Sobel(g, cv2.CV_32F, 1, 0), cv2.Sobel(g, cv2.CV_32F, 0, 1)).ravel())
    return gradient[-len(gradient) // 10:].sum() / max(gradient.sum(), 1e-9)


def measured(picture, photo, flat_levels):
    return [*(measure(picture, photo) for measure in (checkerboard, colour, chroma, cast, distance, lightness)),
            flat_pixels(picture, flat_levels).mean(), edges(picture)]


def row(name, losses, measured):
    """Means over the pictures for which there is a figure at all."""
    cells = []
    for column in numpy.array(measured, float).T:
        known = column[~numpy.isnan(column)]
        cells.append(f"{known.mean():.2f}" if known.size else "")
    print(f"| {name} | {losses} | " + " | ".join(cells) + " |")


def sheet(file, rows, cell=0, crop=0):
    """Rows of pictures, made smaller to a cell's side, or the middle of each as it is."""
    if crop:
        rows = [[p[(p.shape[0] - crop) // 2:][:crop, (p.shape[1] - crop) // 2:][:, :crop] for p in row] for row in rows]
    elif cell:
        rows = [[cv2.resize(p, (cell, cell), interpolation=cv2.INTER_AREA) for p in row] for row in rows]
    cv2.imwrite(str(file), numpy.vstack([numpy.hstack(row) for row in rows]), [cv2.IMWRITE_JPEG_QUALITY, 90])


def curves(file, losses):
    """Content loss and the discriminator's loss by round, medians of nine rounds, as SVG."""
    width, height, left, bottom, top = 720, 300, 44, 36, 14
    names = ("discriminator_real", "discriminator_edge", "discriminator_fake")
    lines = {"content": ("#1f5fa8", {n: r["content"] for n, r in losses.items()}),
             "discriminator, real + edge + fake": ("#b3401f", {n: sum(r[name] or 0 for name in names) for n, r in losses.items()
                                                                if r["discriminator_real"] is not None})}
    last, highest = max(losses), max(max(values.values(), default=0) for _, values in lines.values())
    x = lambda n: left + (width - left - 12) * n / last
    y = lambda value: height - bottom - (height - bottom - top) * value / highest
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for value in numpy.arange(0, highest, 0.5):
        out.append(f'<path d="M{left} {y(value):.1f}H{width - 12}" stroke="#ddd"/>'
                   f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    apart = next(step * 10 ** power for power in range(9) for step in (1, 2, 5) if last <= 8 * step * 10 ** power)
    for number in range(0, last + 1, apart):
        out.append(f'<text x="{x(number):.1f}" y="{height - bottom + 18}" text-anchor="middle">{number:,}</text>')
    out.append(f'<text x="{(left + width) / 2}" y="{height - 4}" text-anchor="middle">round</text>')
    undecided = 3 * numpy.log(3) - 2 * numpy.log(2)
    out.append(f'<path d="M{left} {y(undecided):.1f}H{width - 12}" stroke="#b3401f" stroke-dasharray="3 4" opacity=".6"/>')
    for i, (name, (colour, values)) in enumerate(lines.items()):
        numbers = sorted(values)
        smooth = [numpy.median([values[n] for n in numbers[max(0, at - 4):at + 5]]) for at in range(len(numbers))]
        points = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in zip(numbers, smooth))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
                   f'<text x="{left + 160 + 130 * i}" y="{height - bottom - 10}" fill="{colour}">{name}</text>')
    file.write_text("\n".join(out + ["</svg>", ""]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lake", type=pathlib.Path)
    parser.add_argument("--run", help="id of the training; the newest if none is named")
    parser.add_argument("--cartoons", default="drawn", help="the collection that was learnt from")
    parser.add_argument("--every", type=int, default=1, help="rows for every so many rounds with pictures; the last is always there")
    parser.add_argument("--sheet", type=pathlib.Path, help="JPEG for photos and pictures side by side")
    parser.add_argument("--curves", type=pathlib.Path, help="SVG for the losses by round; the dashed line is an undecided discriminator with bce")
    parser.add_argument("--flat-levels", type=int, default=4, help="levels of grey within which a pixel's surroundings are flat")
    parser.add_argument("--photos", type=pathlib.Path, help="folder to write the photos to, as PNG, for other models")
    parser.add_argument("--other", action="append", default=[], metavar="NAME=FOLDER",
                        help="a row for pictures that another model made of --photos, PNG of the same names")
    parser.add_argument("--each", action="store_true", help="of the last round, a row for each photo besides")
    parser.add_argument("--before", help="id of another training: --sheet has the photos, its last pictures and this one's, a row each")
    parser.add_argument("--cell", type=int, default=240, help="side of a picture on the sheet with --before")
    parser.add_argument("--crop", type=int, default=0, help="in its place the middle of each picture, this large, pixel by pixel")
    parser.add_argument("--columns", type=int, default=5, help="rounds on the sheet, evenly spaced")
    options = parser.parse_args()

    rows = DeltaTable(options.lake / "sample_pictures").to_pyarrow_table().to_pylist()
    runs = {r["run_id"] for r in rows}
    started = {r["run_id"]: r["started"].timestamp() for r in DeltaTable(options.lake / "runs").to_pyarrow_table().to_pylist()}
    run = options.run if options.run is not None else max(runs, key=lambda name: started.get(name, float("inf")))
    losses = {r["round"]: r for r in DeltaTable(options.lake / "rounds").to_pyarrow_table().to_pylist() if r["run_id"] == run}
    by_round = {}
    for r in rows:
        if r["run_id"] == run:
            by_round.setdefault(r["round"], {})[r["sha256"], r["sample_index"]] = decoded(r["pixels"])
    if 0 not in by_round:
        raise SystemExit(f"Cannot find sample pictures of run {run} in {options.lake} (there are those of {', '.join(sorted(runs))})")
    photos = by_round.pop(0)
    cartoons = [decoded(r["pixels"]) for r in DeltaTable(options.lake / "samples").to_pyarrow_table().to_pylist()
                if r["collection"] == options.cartoons]

    rounds = sorted(by_round)
    print("| round | content | discriminator | checkerboard | colour | chroma | cast | distance | lightness | flat | edges |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for name, pictures in (("photos", photos.values()), ("cartoons", cartoons)):
        row(name, " | ", [[checkerboard(p, p), *[numpy.nan] * 5, flat_pixels(p, options.flat_levels).mean(), edges(p)] for p in pictures])
    for number in rounds[:-1][options.every - 1::options.every] + rounds[-1:]:
        # Losses of single rounds are noisy: the mean over the last twenty.
        near = [losses[n] for n in range(max(1, number - 19), number + 1) if n in losses and losses[n]["phase"] == losses[number]["phase"]]
        content = f"{numpy.mean([r['content'] for r in near]):.2f}"
        parts = [numpy.mean([r[name] for r in near]) for name in ("discriminator_real", "discriminator_edge", "discriminator_fake")
                 if near[0][name] is not None]
        row(number, f"{content} | {sum(parts):.2f}" if parts else f"{content} | ",
            [measured(picture, photos[key], options.flat_levels) for key, picture in by_round[number].items()])
    if options.each:
        for at, key in enumerate(sorted(photos), 1):
            row(f"photo {at}", " | ", [[checkerboard(photos[key], photos[key]), *[numpy.nan] * 5, flat_pixels(photos[key], options.flat_levels).mean(),
                                        edges(photos[key])]])
            row(f"its picture in round {rounds[-1]}", " | ", [measured(by_round[rounds[-1]][key], photos[key], options.flat_levels)])
    files = {key: f"{key[0][:12]}-{key[1]}.png" for key in photos}
    if options.photos:
        options.photos.mkdir(parents=True, exist_ok=True)
        for key, file in files.items():
            cv2.imwrite(str(options.photos / file), photos[key])
    for name, _, folder in (other.partition("=") for other in options.other):
        others = {key: cv2.imread(f"{folder}/{file}") for key, file in files.items()}
        if any(picture is None for picture in others.values()):
            raise SystemExit(f"Cannot read {', '.join(f'{folder}/{files[key]}' for key, picture in others.items() if picture is None)}")
        row(name, " | ", [measured(picture, photos[key], options.flat_levels) for key, picture in others.items()])
    if options.curves:
        curves(options.curves, losses)
    keys = sorted(photos)
    if options.sheet and options.before:
        other = [r for r in rows if r["run_id"] == options.before]
        if not other:
            raise SystemExit(f"Cannot find sample pictures of run {options.before} in {options.lake} (there are those of {', '.join(sorted(runs))})")
        last = {(r["sha256"], r["sample_index"]): decoded(r["pixels"]) for r in other if r["round"] == max(o["round"] for o in other)}
        sheet(options.sheet, [[photos[key] for key in keys], [last[key] for key in keys], [by_round[rounds[-1]][key] for key in keys]],
              options.cell, options.crop)
    elif options.sheet:
        # Evenly spaced back from the last.
        chosen = sorted({rounds[-1 - round(i * (len(rounds) - 1) / max(1, options.columns - 1))] for i in range(options.columns)})
        sheet(options.sheet, [[photos[key]] + [by_round[number][key] for number in chosen] for key in keys])
        print(f"\n{options.sheet}: photos, then rounds {', '.join(map(str, chosen))}")


if __name__ == "__main__":
    main()

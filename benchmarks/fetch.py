"""Photos from a server to samples, `toonlake ingest --yfcc --fetch` against img2dataset. Run by benchmarks/run.

A server on this machine gives JPEGs cut from the reference data's photos. Both sides fetch all of them with as many connections, decode them, make the middle square 256 pixels large, hash, and write.
Toonlake does more: it keeps the originals, decodes strictly, finds near-duplicates and commits to tables. img2dataset's side is its own function, timed within a process of its own.
"""
import argparse
import http.server
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import cv2
import img2dataset
import numpy

import sides

CONNECTIONS = 16


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pictures = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        picture = self.pictures[int(self.path[1:-4]) % len(self.pictures)]
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(picture)

    do_HEAD = do_GET


def serve(pictures, port):
    Handler.pictures = pictures
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.value = server.server_port
    server.serve_forever()


def make_pictures(photos, count, width, height):
    """Pictures of that size, each another part of some photo."""
    generator = numpy.random.default_rng(1)
    loaded = [cv2.imread(str(photo)) for photo in sorted(photos.iterdir())]
    pictures = []
    for i in range(count):
        photo = loaded[i % len(loaded)]
        scale = max(width / photo.shape[1], height / photo.shape[0]) * generator.uniform(1, 1.3)
        photo = cv2.resize(photo, None, fx=scale + 0.002, fy=scale + 0.002, interpolation=cv2.INTER_AREA)
        x, y = generator.integers(photo.shape[1] - width + 1), generator.integers(photo.shape[0] - height + 1)
        encoded, bytes_ = cv2.imencode(".jpg", photo[y:y + height, x:x + width], [cv2.IMWRITE_JPEG_QUALITY, 90])
        assert encoded
        pictures.append(bytes_.tobytes())
    return pictures


def line(number, port):
    owner, page = "10000001@N00", 3_000_000_000 + number
    return "\t".join([str(page), owner, "someone", "2011-05-01 10:00:00.0", "1320000000", "", "a+photo", "", "lake", "", "6.5", "46.5", "16",
                      f"http://www.flickr.com/photos/{owner}/{page}/", f"http://127.0.0.1:{port}/{number}.jpg", "Attribution License",
                      "http://creativecommons.org/licenses/by/2.0/", "5", "6", "0", "0", "jpg", "0"]) + "\n"


def ours(work, cores, photos):
    for name in ("fetched", "lake"):
        shutil.rmtree(work / name, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run([str(sides.ROOT / "toonlake"), "--master", f"local[{cores}]", "ingest", "--domain", "photo", "--collection", "lakes", "--yfcc",
                    str(work / "metadata.tsv"), "--fetch", str(work / "fetched"), "--tables", str(work / "lake"), "--summary",
                    str(work / "summary.json"), *(f"--set={setting}" for setting in (
                        "ingest.fetch.contact=benchmark@example.org", "ingest.fetch.allow-loopback=true",
                        "ingest.fetch.max-requests-per-second-per-host=0", f"ingest.fetch.max-connections-per-host={CONNECTIONS}",
                        "ingest.sample.max-per-image=1", "ingest.near-duplicate-bits=-1"))],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    summary = json.loads((work / "summary.json").read_text())
    if summary["done"] != photos:
        raise SystemExit(f"Cannot compare: {summary['done']} of {photos} photos were taken in ({summary['reasons']})")
    return {"job": summary["seconds"], "command": seconds, "stages": summary.get("stages")}


def theirs(work, cores, photos):
    shutil.rmtree(work / "theirs", ignore_errors=True)
    start = time.perf_counter()
    # A call of its own, since it leaves processes behind.
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=img2dataset.download, kwargs=dict(
        url_list=str(work / "urls.txt"), output_folder=str(work / "theirs"), processes_count=cores, thread_count=CONNECTIONS // cores, image_size=256,
        resize_mode="center_crop", resize_only_if_bigger=False, encode_format="png", encode_quality=1, output_format="parquet", compute_hash="sha256",
        number_sample_per_shard=1000, enable_wandb=False, disallowed_header_directives=[]))
    process.start()
    process.join()
    command = time.perf_counter() - start
    stats = [json.loads(path.read_text()) for path in (work / "theirs").glob("*_stats.json")]
    if sum(shard["successes"] for shard in stats) != photos:
        raise SystemExit(f"Cannot compare: img2dataset took {sum(shard['successes'] for shard in stats)} of {photos}")
    return {"job": max(shard["end_time"] for shard in stats) - min(shard["start_time"] for shard in stats), "command": command}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("REFERENCE_DATA", sides.ROOT.parent / "shared/data")) / "photos")
    parser.add_argument("--count", type=int, default=4000, help="photos that are fetched; 500 different ones are served in turn")
    parser.add_argument("--size", type=int, nargs=2, default=[1024, 683])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        port = multiprocessing.Value("i", 0)
        server = multiprocessing.Process(target=serve, args=(make_pictures(options.photos, 500, *options.size), port), daemon=True)
        server.start()
        while not port.value:
            time.sleep(0.05)
        (work / "metadata.tsv").write_text("".join(line(i, port.value) for i in range(options.count)))
        (work / "urls.txt").write_text("".join(f"http://127.0.0.1:{port.value}/{i}.jpg\n" for i in range(options.count)))
        turns = []
        for turn in range(options.repetitions):
            order = [("ours", ours), ("theirs", theirs)]
            turns.append({side: run(work, options.cores, options.count) for side, run in (order if turn % 2 == 0 else order[::-1])})
            print(json.dumps(turns[-1]), flush=True)
        server.terminate()
    for kind in ("job", "command"):
        times = {side: sorted(turn[side][kind] for turn in turns)[len(turns) // 2] for side in ("ours", "theirs")}
        ratio = sorted(turn["theirs"][kind] / turn["ours"][kind] for turn in turns)[len(turns) // 2]
        print(f"{kind}: Toonlake {options.count / times['ours']:.0f} photos/s, img2dataset {options.count / times['theirs']:.0f}: "
              f"{ratio:.2f} times its rate (median of {len(turns)} turns)", flush=True)
    if options.output:
        options.output.write_text(json.dumps(turns, indent=2) + "\n")


if __name__ == "__main__":
    main()

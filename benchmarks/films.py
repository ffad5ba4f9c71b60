"""A film to samples, Toonlake's against PySceneDetect and OpenCV. Run by benchmarks/run.

The film is made of the reference data's photos: a pan over each, in H.264. Both sides find its scenes by the same measure and threshold, take frames of each, leave
out blurred ones, cut the middle square, make it 256 pixels large and write it as a PNG. Toonlake takes the sharpest frame of each part of a scene, the script the middle one.
"""
import argparse
import json
import os
import pathlib
import shutil
import tempfile

import av
import cv2
import scenedetect

import sides

RATE = 25


def make_film(path, photos, width, height, frames_each):
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "20"}
        for photo in photos:
            picture = cv2.imread(str(photo))
            scale = max((width + frames_each) / picture.shape[1], height / picture.shape[0])
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            top = (picture.shape[0] - height) // 2
            for x in range(frames_each):
                x = min(x, picture.shape[1] - width)
                frame = av.VideoFrame.from_ndarray(picture[top:top + height, x:x + width], format="bgr24")
                film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def script(film, folder, frames_per_scene, pixels):
    """What one would write with the two libraries."""
    scenes = scenedetect.detect(str(film), scenedetect.ContentDetector(threshold=27, min_scene_len=15))
    capture = cv2.VideoCapture(str(film))
    taken = 0
    for start, end in scenes:
        first, length = start.frame_num, end.frame_num - start.frame_num
        for part in range(frames_per_scene):
            number = first + length * (2 * part + 1) // (2 * frames_per_scene)
            capture.set(cv2.CAP_PROP_POS_FRAMES, number)
            read, frame = capture.read()
            if not read:
                continue
            side = min(frame.shape[:2])
            top, left = (frame.shape[0] - side) // 2, (frame.shape[1] - side) // 2
            sample = cv2.resize(frame[top:top + side, left:left + side], (pixels, pixels), interpolation=cv2.INTER_AREA)
            if cv2.Laplacian(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var() < 20:
                continue
            cv2.imwrite(str(folder / f"{number}.png"), sample)
            taken += 1
    return {"scenes": len(scenes), "taken": taken}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("REFERENCE_DATA", sides.ROOT.parent / "shared/data")) / "photos")
    parser.add_argument("--film", type=pathlib.Path, help="a film to use instead of one that is made")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--size", type=int, nargs=2, default=[1280, 720])
    parser.add_argument("--frames-per-photo", type=int, default=75)
    parser.add_argument("--frames-per-scene", type=int, default=2)
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--segment-seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    results = {}
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        film = options.film
        if film is None:
            film = work / "film.mp4"
            make_film(film, sorted(options.photos.iterdir()), *options.size, options.frames_per_photo)
        sides.print_head(f"PySceneDetect {scenedetect.__version__}, OpenCV {cv2.__version__}")
        for threads in options.threads:
            # OpenCV's FFmpeg takes as many threads as there are cores unless told otherwise.
            os.environ["OPENCV_FFMPEG_THREADS"] = str(threads)
            os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = f"threads;{threads}"
            cv2.setNumThreads(threads)
            folders = {side: work / side for side in ("ours", "theirs")}
            for folder in folders.values():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            ours = sides.Ours("FilmToFrames", [film, folders["ours"], threads, options.frames_per_scene, options.pixels,
                                               options.segment_seconds], threads, "ingest")
            theirs = sides.Theirs(lambda: script(film, folders["theirs"], options.frames_per_scene, options.pixels))
            answers, first = sides.alternate(ours, theirs, options.warm_up, options.repetitions)
            ours.close()
            found = {side: first[side]["result"] for side in first}
            if found["ours"]["scenes"] != found["theirs"]["scenes"] or found["ours"]["taken"] < found["theirs"]["taken"]:
                raise SystemExit(f"Cannot compare: {found}")
            row = (f"film to samples, {found['ours']['frames']} frames, {found['ours']['scenes']} scenes, "
                   f"{found['ours']['taken']} taken, {threads} threads")
            results[row] = sides.compare(answers)
            sides.print_row(row, results[row])
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

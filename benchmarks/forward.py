"""The generator's forward pass, ND4J's against ONNX Runtime's. Run by benchmarks/run."""
import argparse
import json
import pathlib
import tempfile

import onnxruntime
import torch

import networks
import sides


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=21)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    generator = networks.draw(networks.generator(options.width), 1, 0.02).eval()
    photo = torch.rand(options.batch, 3, options.pixels, options.pixels,
                       generator=torch.Generator().manual_seed(4)) * 2 - 1
    results = {}
    sides.print_head(f"ONNX Runtime {onnxruntime.__version__}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        torch.onnx.export(generator, (photo,), str(folder / "generator.onnx"), dynamo=False, opset_version=17,
                          input_names=["photo"], output_names=["cartoon"])
        networks.flat(generator).numpy().tofile(folder / "generator")
        photo.numpy().tofile(folder / "photo")
        for threads in options.threads:
            session_options = onnxruntime.SessionOptions()
            session_options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(str(folder / "generator.onnx"), session_options,
                                                   providers=["CPUExecutionProvider"])
            expected = session.run(None, {"photo": photo.numpy()})[0]
            expected.tofile(folder / "expected")
            ours = sides.Ours("GeneratorForward", [folder, options.batch, options.pixels, options.width], threads, "stylize")
            theirs = sides.Theirs(lambda: session.run(None, {"photo": photo.numpy()}) and None)
            answers, first = sides.alternate(ours, theirs, options.warm_up, options.repetitions)
            ours.close()
            difference = first["ours"]["result"]["largest_difference"]
            if difference > 1e-3:
                raise SystemExit(f"Cannot compare: outputs in [-1, 1] differ by up to {difference}")
            row = f"generator forward, {options.pixels}×{options.pixels}, batch {options.batch}, {threads} threads"
            results[row] = sides.compare(answers)
            sides.print_row(row, results[row])
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

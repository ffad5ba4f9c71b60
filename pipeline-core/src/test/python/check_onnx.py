"""Checks a model folder's generator.onnx, and generator.int8.onnx where there is one, with tools that are not ours: ONNX's checker, pip's ONNX Runtime, and ONNX's own reference
evaluator, which is plain NumPy (and slow: use a narrow model).

    python -m venv VENV && VENV/bin/pip install onnx==1.23.2 onnxruntime==1.32.0
    VENV/bin/python check_onnx.py MODEL_DIR [...]
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnx.reference
import onnxruntime

TOLERANCE = 1e-4

# Integers that round the other way are steps of their own: what is compared is the mean.
INT8_TOLERANCE = 1e-2


def check(folder):
    compared(folder, folder / "generator.onnx", numpy.max, TOLERANCE)
    if (folder / "generator.int8.onnx").exists():
        compared(folder, folder / "generator.int8.onnx", numpy.mean, INT8_TOLERANCE)


def compared(folder, file, measure, tolerance):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    metadata = {property_.key: property_.value for property_ in model.metadata_props}
    described = json.loads((folder / "model.json").read_text())
    if metadata["fingerprint"] != described["fingerprint"]:
        raise SystemExit(f"{file}: made of model {metadata['fingerprint']}, not {described['fingerprint']}")
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    reference = onnx.reference.ReferenceEvaluator(model)
    random = numpy.random.default_rng(1)
    largest = 0
    for batch, height, width in ((1, 16, 24), (2, 20, 8)):
        photo = random.uniform(-1, 1, (batch, 3, height, width)).astype(numpy.float32)
        cartoon = session.run(None, {"photo": photo})[0]
        expected = reference.run(None, {"photo": photo})[0]
        if cartoon.shape != photo.shape:
            raise SystemExit(f"{file}: a picture of {photo.shape} became {cartoon.shape}")
        largest = max(largest, float(measure(numpy.abs(cartoon - expected))))
    if not largest <= tolerance:
        raise SystemExit(f"{file}: ONNX Runtime and the reference differ by {largest:.1e}")
    print(f"{file}: passes the checker; ONNX Runtime {onnxruntime.__version__} gives the reference's pictures to {largest:.1e}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    for argument in sys.argv[1:]:
        check(pathlib.Path(argument))

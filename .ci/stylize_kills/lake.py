"""Draws a lake of small photos with bad files among them, and a narrow model to stylize them with. The same every time."""

import hashlib
import io
import json
import math
import random
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

GOOD = 520
BAD_OF_EACH_KIND = 2
WIDTH = 4

# Every folder and kind of name that has ever been trouble: names that look like URIs, patterns or pictures.
FOLDERS = [
    "",
    "plain/",
    "x.jpg/",
    "x.jpg/deep.png/deeper/",
    "Ferien 2019/Tag #1/",
    "ünïcödé/日本/",
    "100%25 off/",
    "a+b&c=d/",
    "taken at 12:30:05/",
    "[brackets]{curly}/",
    "what? *really*/",
    "it's/",
]


def photo(seed: int) -> Image.Image:
    """A sky, a ground and some things between them: smooth parts, edges and noise."""
    draw = random.Random(seed)
    size = draw.randint(64, 160), draw.randint(64, 160)
    sky = Image.linear_gradient("L").resize(size)
    top, bottom, ground = (tuple(draw.randrange(256) for _ in range(3)) for _ in range(3))
    picture = Image.composite(Image.new("RGB", size, top), Image.new("RGB", size, bottom), sky)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, size[1] * 2 // 3, size[0], size[1]), fill=ground)
    for _ in range(draw.randint(3, 9)):
        x, y, r = draw.randrange(size[0]), draw.randrange(size[1]), draw.randint(4, 40)
        shape = pen.ellipse if draw.random() < 0.5 else pen.rectangle
        shape((x - r, y - r, x + r, y + r), fill=tuple(draw.randrange(256) for _ in range(3)))
    noise = Image.frombytes("L", size, draw.randbytes(size[0] * size[1])).convert("RGB")
    return Image.blend(picture, noise, 0.08)


def saved(picture: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bad(seed: int) -> list[tuple[str, bytes, str]]:
    """One of each kind: a name, its bytes, and the reason for the quarantine."""
    draw = random.Random(-seed)
    jpeg, png = saved(photo(-seed), "JPEG", quality=90), bytearray(saved(photo(-seed), "PNG"))
    progressive = saved(photo(-seed), "JPEG", quality=90, progressive=True)
    short = bytes(png[: len(png) * 2 // 3])
    damaged = png.index(b"IDAT") + 40
    png[damaged] ^= 0x10  # so that the chunk's checksum is wrong
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb += png_chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + png_chunk(b"IEND", b"")
    frame = struct.pack(">BHHB", 8, 50_000, 50_000, 3) + bytes((1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
    wide = b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    moving = saved(photo(-seed), "WEBP", save_all=True, append_images=[photo(-seed).transpose(Image.Transpose.ROTATE_180)])
    return [
        ("cut.jpg", jpeg[: len(jpeg) * draw.randint(40, 90) // 100], "truncated"),
        ("cut progressive.jpeg", progressive[: len(progressive) // 2], "truncated"),
        ("cut.png", short, "truncated"),
        ("flipped bit.png", bytes(png), "corrupt"),
        ("text.jpg", b"No picture at all.\n" * 20, "not-an-image"),
        ("noise.png", b"\x07" + draw.randbytes(900), "not-an-image"),
        ("empty.jpg", b"", "empty"),
        ("bomb.png", bomb, "too-many-pixels"),
        ("huge.jpg", wide, "too-many-pixels"),
        ("really a gif.jpg", saved(photo(-seed), "GIF"), "unsupported-format"),
        ("photo.heic", struct.pack(">I", 24) + b"ftypheic" + draw.randbytes(600), "unsupported-format"),
        ("moving.webp", moving, "animated"),
        ("lab.tif", saved(photo(-seed).convert("RGB").convert("LAB"), "TIFF"), "unsupported-colour"),
    ]


def good(number: int) -> tuple[str, bytes]:
    """A name and its bytes; every format, some under another's name, some twice the same picture."""
    picture = photo(number if number % 50 else 50)
    kinds = [
        (f"IMG_{number:04}.jpg", "JPEG"),
        (f"IMG_{number:04}.JPG", "JPEG"),
        (f"scan {number}.jpeg", "JPEG"),
        (f"drawing-{number}.png", "PNG"),
        (f"really a png {number}.jpg", "PNG"),
        (f"web-{number}.webp", "WEBP"),
        (f"no extension {number}", "JPEG"),
        (f"old-{number}.bmp", "BMP"),
    ]
    name, form = kinds[number % len(kinds)]
    return name, saved(picture, form, **({"quality": 90} if form in ("JPEG", "WEBP") else {}))


def picture_of(name: str) -> str:
    """The name of a photo's picture, by what `toonlake stylize --help` promises; for the kinds of names above."""
    extension = Path(name).suffix.lower()
    if extension in (".jpg", ".jpeg"):
        return name
    return name + (".jpg" if extension else ".toon.jpg")


def draw(folder: Path) -> dict[str, str]:
    """Makes the lake where it is not there yet. Gives every file's name with the reason it is refused for; empty for good ones."""
    index = folder.parent / f"{folder.name}.json"
    if index.exists():
        return json.loads(index.read_text("utf-8"))
    fates = {}

    def place(name: str, data: bytes, reason: str) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        fates[name] = reason

    for number in range(GOOD):
        name, data = good(number)
        place(FOLDERS[number % len(FOLDERS)] + name, data, "")
    places = random.Random(7)
    for number in range(1, BAD_OF_EACH_KIND + 1):
        for name, data, reason in bad(number):
            place(f"{places.choice(FOLDERS)}bad {number} {name}", data, reason)
    # What the store does not give is asked for again by every run, so no run has nothing to do.
    (folder / "plain" / "link to nowhere.jpg").symlink_to(folder / "gone.jpg")
    fates["plain/link to nowhere.jpg"] = "unreadable"
    index.write_text(json.dumps(fates, ensure_ascii=False, indent=1), "utf-8")
    return fates


def tensors() -> dict[str, tuple[list[int], bytes]]:
    """A generator of width 4 with one residual block and random weights: every layer is there, and a photo takes milliseconds."""
    draw = random.Random(11)
    made = {}

    def tensor(name: str, mean: float, *shape: int) -> None:
        values = [draw.gauss(mean, 0.2) for _ in range(math.prod(shape))]
        made[name] = list(shape), struct.pack(f"<{len(values)}f", *values)

    def convolution(name: str, first: int, second: int, kernel: int, outputs: int) -> None:
        tensor(name + ".weight", 0, first, second, kernel, kernel)
        tensor(name + ".bias", 0, outputs)

    w = WIDTH
    convolution("conv01_1", w, 3, 7, w)
    convolution("conv02_1", 2 * w, w, 3, 2 * w)
    convolution("conv02_2", 2 * w, 2 * w, 3, 2 * w)
    convolution("conv03_1", 4 * w, 2 * w, 3, 4 * w)
    convolution("conv03_2", 4 * w, 4 * w, 3, 4 * w)
    convolution("conv04_1", 4 * w, 4 * w, 3, 4 * w)
    convolution("conv04_2", 4 * w, 4 * w, 3, 4 * w)
    convolution("deconv01_1", 4 * w, 2 * w, 3, 2 * w)
    convolution("deconv01_2", 2 * w, 2 * w, 3, 2 * w)
    convolution("deconv02_1", 2 * w, w, 3, w)
    convolution("deconv02_2", w, w, 3, w)
    convolution("deconv03_1", 3, w, 7, 3)
    norms = {"in01_1": w, "in02_1": 2 * w, "in03_1": 4 * w, "in04_1": 4 * w, "in04_2": 4 * w, "in05_1": 2 * w, "in06_1": w}
    for name, channels in norms.items():
        tensor(name + ".scale", 1, channels)
        tensor(name + ".shift", 0, channels)
    return made


def model(folder: Path) -> None:
    """A model folder as docs/formats/model.md has it, written without Toonlake."""
    made = tensors()
    hashed = hashlib.sha256()
    epsilon = struct.pack(">d", 1e-5).hex()
    for line in [
        "toonlake-model 1",
        "kind cartoongan-generator",
        f"width {WIDTH}",
        "residual-blocks 1",
        "padding zero",
        f"norm-epsilon {epsilon}",
        "channel-order BGR",
        "layout NCHW",
        "value-range [-1, 1]",
    ]:
        hashed.update(f"{line}\n".encode())
    header: dict = {}
    data = b""
    for name, (shape, values) in sorted(made.items()):
        hashed.update(f"tensor {name} {shape}\n".encode() + values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    fingerprint = hashed.hexdigest()
    header["__metadata__"] = {"format": "toonlake-model", "fingerprint": fingerprint}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "generator.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    says = {
        "format": "toonlake-model",
        "format-version": 1,
        "fingerprint": fingerprint,
        "title": "random",
        "source": ".ci/stylize-kills",
        "licence": "Apache-2.0",
        "origin": {"making": "imported", "run-id": "", "settings-fingerprint": ""},
        "architecture": {
            "kind": "cartoongan-generator",
            "width": WIDTH,
            "residual-blocks": 1,
            "padding": "zero",
            "upsampling": "transposed",
            "norm-epsilon": 1e-5,
            "parameters": len(data) // 4,
        },
        "input": {"channel-order": "BGR", "layout": "NCHW", "value-range": [-1.0, 1.0], "size-multiple": 4},
    }
    (folder / "model.json").write_text(json.dumps(says, indent=1), "utf-8")

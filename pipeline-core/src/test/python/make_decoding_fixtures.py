"""Small picture files and what an independent decoder makes of them, for DecodedPixelsTest.

Run in a virtual environment outside of the repository:

    pip install pillow==11.3.0 numpy==2.2.6 tifffile==2025.6.11
    python make_decoding_fixtures.py ../resources/decoding

Writes NAME (the file), NAME.raw (RGB or RGBA, 8 bits, as Pillow decodes it, upright and in sRGB) and index.tsv:
name, width, height, channels, orientation, bits, colour, profile, tolerance.

Tolerances, in steps of 255, and why they are not 0 everywhere:
  0  baseline, progressive and CMYK JPEG (both sides are libjpeg's integer transform), PNG, BMP, TIFF of 8 bits, WebP
  2  ICC: Pillow's Little CMS and the JDK's are different versions, with different built-in sRGB profiles
16-bit samples are expected as round(v * 255 / 65535), computed here: Pillow itself takes the upper byte.
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps

# Little CMS otherwise replaces a CMYK profile's table by a coarser one, up to 12 steps off.
NO_SHORTCUTS = 0x0100

out = Path(sys.argv[1])
index = []
W, H = 40, 24



def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in (x, y, z))


def gamma(g):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(g * 256))


def icc(space, pcs, kind, tags):
    """A version 2 profile."""
    tags = [("desc", b"desc\0\0\0\0" + struct.pack(">I", 2) + b"t\0" + bytes(78)), ("cprt", b"text\0\0\0\0none\0"),
            ("wtpt", xyz(0.9642, 1.0, 0.8249))] + tags
    at, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for sig, content in tags:
        content += bytes(-len(content) % 4)
        table += sig.encode() + struct.pack(">II", at + len(data), len(content))
        data += content
    size = at + len(data)
    head = struct.pack(">I", size) + bytes(4) + b"\x02\x40\0\0" + kind + space + pcs
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    assert len(head) == 128, len(head)
    return head + struct.pack(">I", len(tags)) + table + data


# Display P3's and Adobe RGB's primaries, adapted to D50 (ICC registry, Adobe RGB (1998) specification).
P3 = icc(b"RGB ", b"XYZ ", b"mntr", [
    ("rXYZ", xyz(0.5151, 0.2412, -0.0011)), ("gXYZ", xyz(0.2920, 0.6922, 0.0419)), ("bXYZ", xyz(0.1571, 0.0666, 0.7841)),
    ("rTRC", gamma(2.2)), ("gTRC", gamma(2.2)), ("bTRC", gamma(2.2))])
ADOBE = icc(b"RGB ", b"XYZ ", b"mntr", [
    ("rXYZ", xyz(0.60974, 0.31111, 0.01947)), ("gXYZ", xyz(0.20528, 0.62567, 0.06087)), ("bXYZ", xyz(0.14919, 0.06322, 0.74457)),
    ("rTRC", gamma(2.2)), ("gTRC", gamma(2.2)), ("bTRC", gamma(2.2))])
GREY18 = icc(b"GRAY", b"XYZ ", b"mntr", [("kTRC", gamma(1.8))])


def cmyk_profile():
    """Ink by a two-point table: Lab of each of the 16 overprints, roughly a press's."""
    clut = b""
    for i in range(16):
        c, m, y, k = (i >> 3 & 1, i >> 2 & 1, i >> 1 & 1, i & 1)
        light = 95 - 40 * c - 45 * m - 6 * y
        light = max(8, light) * (0.12 if k else 1)
        a = (-35 * c + 70 * m - 5 * y) * (0.1 if k else 1)
        b = (-45 * c - 5 * m + 85 * y) * (0.1 if k else 1)
        clut += bytes([round(light * 2.55), round(a + 128), round(b + 128)])
    identity = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0])
    lut += b"".join(struct.pack(">i", 65536 if i % 4 == 0 else 0) for i in range(9))
    lut += identity * 4 + clut + identity * 3
    return icc(b"CMYK", b"Lab ", b"prtr", [("A2B0", lut)])


CMYK = cmyk_profile()

rng = np.random.default_rng(7)
yy, xx = np.mgrid[0:H, 0:W]
rgb = np.stack([xx * 255 // (W - 1), yy * 255 // (H - 1), (xx * 5 + yy * 9) % 256], -1).astype(np.uint8)
rgb[6:14, 10:22] = (250, 30, 20)
rgb = np.clip(rgb.astype(int) + rng.integers(-6, 7, rgb.shape), 0, 255).astype(np.uint8)
alpha = ((xx * 7 + yy * 3) % 256).astype(np.uint8)
grey = rgb[..., 1]
cmyk = np.stack([rgb[..., 0] // 2, rgb[..., 1] // 2, rgb[..., 2] // 2, alpha // 3], -1).astype(np.uint8)
wide = (rgb.astype(np.uint32) * 257 + rng.integers(0, 257, rgb.shape) - 128).clip(0, 65535).astype(np.uint16)
wide_alpha = (alpha.astype(np.uint32) * 257 + rng.integers(0, 257, alpha.shape) - 128).clip(0, 65535).astype(np.uint16)


def to8(a):
    return ((a.astype(np.uint64) * 255 + 32767) // 65535).astype(np.uint8)


def add(name, data, expected, orientation=1, bits=8, colour="rgb", profile="srgb", tolerance=0):
    if isinstance(expected, Image.Image):
        expected = np.asarray(expected)
    if expected.ndim == 2:
        expected = np.stack([expected] * 3, -1)
    if expected.shape[2] == 2:
        expected = np.concatenate([np.repeat(expected[..., :1], 3, 2), expected[..., 1:]], 2)
    (out / name).write_bytes(data)
    (out / (name + ".raw")).write_bytes(np.ascontiguousarray(expected, np.uint8).tobytes())
    h, w, c = expected.shape
    index.append("\t".join(map(str, (name, w, h, c, orientation, bits, colour, profile, tolerance))))


def save(image, fmt, **options):
    buffer = io.BytesIO()
    image.save(buffer, fmt, **options)
    return buffer.getvalue()


def pil(data, mode):
    return Image.open(io.BytesIO(data)).convert(mode)


def converted(image, profile, intent=0):
    return ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
                                     renderingIntent=intent, outputMode="RGB", flags=NO_SHORTCUTS)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, bits, colour, rows, *extra):
    raw = b"".join(b"\0" + r for r in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
            + b"".join(extra) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


im, im_a, im_g = Image.fromarray(rgb), Image.fromarray(np.dstack([rgb, alpha])), Image.fromarray(grey)
im_c = Image.fromarray(cmyk, "CMYK")

# JPEG
for name, options in {"baseline-420": {}, "baseline-444": {"subsampling": 0}, "baseline-422": {"subsampling": 1},
                      "progressive": {"progressive": True}}.items():
    data = save(im, "JPEG", quality=85, **options)
    add(name + ".jpg", data, pil(data, "RGB"))
data = save(im, "JPEG", quality=90, keep_rgb=True)
add("stored-as-rgb.jpg", data, pil(data, "RGB"))
data = save(im_g, "JPEG", quality=85)
add("grey.jpg", data, pil(data, "L"), colour="grey")
data = save(im_c, "JPEG", quality=90)
decoded = Image.open(io.BytesIO(data))
decoded.load()
ink = np.asarray(decoded).astype(int)


def naive(ink):
    return (((255 - ink[..., :3]) * (255 - ink[..., 3:]) + 127) // 255).astype(np.uint8)


add("cmyk.jpg", data, naive(ink), colour="cmyk", profile="naive-cmyk")
data = save(im_c, "JPEG", quality=90, icc_profile=CMYK)
add("cmyk-icc.jpg", data, converted(decoded, CMYK, 1), colour="cmyk", profile="icc", tolerance=2)
for name, profile in {"p3": P3, "adobe-rgb": ADOBE}.items():
    data = save(im, "JPEG", quality=95, icc_profile=profile)
    add(name + ".jpg", data, converted(pil(data, "RGB"), profile), profile="icc", tolerance=2)
data = save(im_g, "JPEG", quality=95, icc_profile=GREY18)
add("grey-icc.jpg", data, converted(pil(data, "L"), GREY18), colour="grey", profile="icc", tolerance=2)
srgb_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
srgb_profile = srgb_profile[:24] + bytes(12) + srgb_profile[36:]  # the time of making
data = save(im, "JPEG", quality=95, icc_profile=srgb_profile)
add("srgb-icc.jpg", data, pil(data, "RGB"))
data = save(im, "JPEG", quality=95, icc_profile=P3[:200])
add("broken-icc.jpg", data, pil(data, "RGB"), profile="ignored")
for orientation in range(0, 10):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = save(im, "JPEG", quality=90, exif=exif)
    add(f"orientation-{orientation}.jpg", data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))),
        orientation=orientation if 1 <= orientation <= 8 else 1)
exif = Image.Exif()
exif[0x0112] = 6
exif = exif.tobytes()

# PNG
add("rgb.png", save(im, "PNG"), rgb)
add("rgba.png", save(im_a, "PNG"), np.dstack([rgb, alpha]), colour="rgb-alpha")
add("grey.png", save(im_g, "PNG"), grey, colour="grey")
add("grey-alpha.png", save(Image.merge("LA", [im_g, Image.fromarray(alpha)]), "PNG"), np.dstack([grey, alpha]), colour="grey-alpha")
data = save(im.quantize(60), "PNG")
add("palette.png", data, pil(data, "RGB"), bits=8, colour="palette")
data = save(im.quantize(60), "PNG", transparency=bytes(range(0, 240, 4)))
add("palette-transparent.png", data, pil(data, "RGBA"), colour="palette")
for bits in (1, 2, 4):
    values = (grey >> (8 - bits)).astype(np.uint8)
    rows = [bytes(np.packbits(np.unpackbits(r[:, None], axis=1)[:, 8 - bits:].ravel())) for r in values]
    scaled = (values.astype(int) * 255 // ((1 << bits) - 1)).astype(np.uint8)
    add(f"grey-{bits}-bit.png", png(W, H, bits, 0, rows), scaled, bits=bits, colour="grey")
values = grey >> 6
data = save(Image.fromarray(values), "PNG")
rows = [bytes(np.packbits(np.unpackbits(r[:, None], axis=1)[:, 6:].ravel())) for r in values]
add("palette-2-bit.png", png(W, H, 2, 3, rows, chunk(b"PLTE", bytes(range(10, 250, 20)))),
    np.array(list(range(10, 250, 20)), np.uint8).reshape(4, 3)[values], bits=2, colour="palette")
add("rgb-16.png", png(W, H, 16, 2, [r.astype(">u2").tobytes() for r in wide]), to8(wide), bits=16)
both = np.dstack([wide, wide_alpha])
add("rgba-16.png", png(W, H, 16, 6, [r.astype(">u2").tobytes() for r in both]), to8(both), bits=16, colour="rgb-alpha")
add("grey-16.png", png(W, H, 16, 0, [r.astype(">u2").tobytes() for r in wide[..., 0]]), to8(wide[..., 0]), bits=16, colour="grey")
ga = np.dstack([wide[..., 0], wide_alpha])
add("grey-alpha-16.png", png(W, H, 16, 4, [r.astype(">u2").tobytes() for r in ga]), to8(ga), bits=16, colour="grey-alpha")
key = tuple(int(v) for v in rgb[3, 3])
data = png(W, H, 8, 2, [r.tobytes() for r in rgb], chunk(b"tRNS", struct.pack(">3H", *key)))
add("rgb-keyed.png", data, pil(data, "RGBA"), colour="rgb-alpha")
data = png(W, H, 8, 0, [r.tobytes() for r in grey], chunk(b"tRNS", struct.pack(">H", int(grey[5, 5]))))
add("grey-keyed.png", data, pil(data, "RGBA"), colour="grey-alpha")
add("p3.png", save(im, "PNG", icc_profile=P3), converted(im, P3), profile="icc", tolerance=2)
add("p3-alpha.png", save(im_a, "PNG", icc_profile=P3), np.dstack([np.asarray(converted(im, P3)), alpha]), colour="rgb-alpha", profile="icc", tolerance=2)
add("grey-icc.png", save(im_g, "PNG", icc_profile=GREY18), converted(im_g, GREY18), colour="grey", profile="icc", tolerance=2)
add("orientation.png", save(im, "PNG", exif=exif), im.transpose(Image.Transpose.ROTATE_270), orientation=6)

# WebP
data = save(im, "WEBP", quality=85)
add("lossy.webp", data, pil(data, "RGB"))
add("lossless.webp", save(im, "WEBP", lossless=True), rgb)
data = save(im_a, "WEBP", quality=85)
add("lossy-alpha.webp", data, pil(data, "RGBA"), colour="rgb-alpha")
add("lossless-alpha.webp", save(im_a, "WEBP", lossless=True, exact=True), np.dstack([rgb, alpha]), colour="rgb-alpha")
add("orientation-alpha.webp", save(im_a, "WEBP", lossless=True, exact=True, exif=exif),
    im_a.transpose(Image.Transpose.ROTATE_270), orientation=6, colour="rgb-alpha")
add("p3.webp", save(im, "WEBP", lossless=True, icc_profile=P3), converted(im, P3), profile="icc", tolerance=2)

# BMP
add("rgb.bmp", save(im, "BMP"), rgb)
add("palette.bmp", save(im.quantize(60), "BMP"), im.quantize(60).convert("RGB"), colour="palette")
add("grey.bmp", save(im_g, "BMP"), grey, colour="palette")
add("bilevel.bmp", save(im_g.convert("1"), "BMP"), im_g.convert("1").convert("L"), bits=1, colour="palette")
add("alpha.bmp", save(im_a, "BMP"), rgb)  # Pillow writes 32 bits without saying that the fourth byte is alpha
v4 = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 122)
v4 += struct.pack("<IiiHHIIiiII", 108, W, -H, 1, 32, 3, W * H * 4, 0, 0, 0, 0)
v4 += struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(48)
data = v4 + np.dstack([rgb[..., ::-1], alpha]).tobytes()
add("alpha-v4-top-down.bmp", data, pil(data, "RGBA"), colour="rgb-alpha")
five = ((rgb[..., 0].astype(int) >> 3) << 10 | (rgb[..., 1].astype(int) >> 3) << 5 | rgb[..., 2] >> 3).astype("<u2")
data = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, W, -H, 1, 16, 0, 0, 0, 0, 0, 0) + five.tobytes()
levels = np.stack([rgb[..., i] >> 3 for i in range(3)], -1).astype(int)
add("555.bmp", data, ((levels * 255 + 15) // 31).astype(np.uint8), bits=5)
runs = b""
for r in (grey[::-1] >> 6):
    for v in r:
        runs += bytes([1, v])
    runs += b"\0\0"
runs += b"\0\1"
colours = bytes([0, 0, 0, 0, 80, 90, 100, 0, 160, 170, 180, 0, 255, 250, 245, 0])
data = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 70) + struct.pack("<IiiHHIIiiII", 40, W, H, 1, 8, 1, len(runs), 0, 0, 4, 4) + colours + runs
add("rle8.bmp", data, np.array([[0, 0, 0], [100, 90, 80], [180, 170, 160], [245, 250, 255]], np.uint8)[grey >> 6], colour="palette")


# TIFF
def tiff(array, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, metadata=None, **options)
    return buffer.getvalue()


for name, compression in {"raw": None, "lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate", "packbits": "packbits"}.items():
    add(f"rgb-{name}.tif", save(im, "TIFF", compression=compression), rgb)
add("rgb-predictor.tif", save(im, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}), rgb)
add("grey.tif", save(im_g, "TIFF"), grey, colour="grey")
add("bilevel.tif", save(im_g.convert("1"), "TIFF"), im_g.convert("1").convert("L"), bits=1, colour="grey")
add("palette.tif", save(im.quantize(60), "TIFF"), im.quantize(60).convert("RGB"), colour="palette")
add("white-is-zero.tif", tiff(grey, photometric="miniswhite"), 255 - grey, colour="grey")
add("rgb-16.tif", tiff(wide, photometric="rgb", byteorder=">"), to8(wide), bits=16)
add("grey-16.tif", tiff(wide[..., 0], photometric="minisblack"), to8(wide[..., 0]), bits=16, colour="grey")
add("planar.tif", tiff(np.ascontiguousarray(rgb.transpose(2, 0, 1)), photometric="rgb", planarconfig="separate", rowsperstrip=5), rgb)
add("tiled.tif", tiff(rgb, photometric="rgb", tile=(16, 16)), rgb)
add("straight-alpha.tif", tiff(np.dstack([rgb, alpha]), photometric="rgb", extrasamples=["unassalpha"]), np.dstack([rgb, alpha]), colour="rgb-alpha")
pre = ((rgb.astype(int) * alpha[..., None] + 127) // 255).astype(np.uint8)
un = np.where(alpha[..., None] == 0, 0, np.minimum(255, (pre.astype(int) * 255 + alpha[..., None].astype(int) // 2) // np.maximum(1, alpha[..., None].astype(int)))).astype(np.uint8)
add("premultiplied-alpha.tif", tiff(np.dstack([pre, alpha]), photometric="rgb", extrasamples=["assocalpha"]), np.dstack([un, alpha]), colour="rgb-alpha")
add("cmyk.tif", save(im_c, "TIFF"), naive(cmyk.astype(int)), colour="cmyk", profile="naive-cmyk")
add("cmyk-icc.tif", save(im_c, "TIFF", icc_profile=CMYK), converted(im_c, CMYK, 1), colour="cmyk", profile="icc", tolerance=2)
add("p3.tif", save(im, "TIFF", icc_profile=P3), converted(im, P3), profile="icc", tolerance=2)
add("orientation.tif", save(im, "TIFF", tiffinfo={274: 6}), im.transpose(Image.Transpose.ROTATE_270), orientation=6)
pages = io.BytesIO()
im.save(pages, "TIFF", save_all=True, append_images=[Image.new("RGB", (8, 8))])
add("two-pages.tif", pages.getvalue(), rgb)

(out / "index.tsv").write_text("\n".join(index) + "\n")
print(len(index), "fixtures")

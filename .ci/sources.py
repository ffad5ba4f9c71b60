"""What the checks of collections are made from: metadata in the form of YFCC100M, a server that misbehaves, and films."""
import bz2
import collections
import gzip
import hashlib
import http.server
import random
import socket
import struct
import threading
import time
import urllib.parse
import zlib

LICENCES = {4: ("Attribution License", "by"), 5: ("Attribution-ShareAlike License", "by-sa"), 6: ("Attribution-NoDerivs License", "by-nd")}

# What becomes of a row, with its share; "image" rows are added as asked for.
ROW_FATES = {"licence": 300, "tags": 300, "video": 60, "taken": 120, "bad-layout": 10, "bad-id": 10, "bad-date": 10, "bad-place": 10, "bad-encoding": 10,
             "unknown-licence": 10, "bad-marker": 10}
# What becomes of an image that is asked for, with its share. The last three are good at the second try.
IMAGE_FATES = {"good": 60, "gone": 8, "taken-down": 4, "opted-out": 4, "forbidden": 4, "not-an-image": 4, "truncated": 4,
               "busy-first": 4, "cut-first": 4, "reset-first": 4}
GOOD = ("good", "busy-first", "cut-first", "reset-first")


def drawn(generator, shares):
    return generator.choices(list(shares), list(shares.values()))[0]


def png(seed, width=200, height=160, shift=0):
    """A picture of coloured blocks, another for every seed."""
    generator = random.Random(seed)
    columns, rows = width // 8 + 16, height // 20
    blocks = [[generator.randbytes(3) for _ in range(columns)] for _ in range(rows)]
    lines = []
    for y in range(height):
        row = b"".join(block * 8 for block in blocks[y * rows // height])
        lines.append(b"\0" + row[3 * shift:3 * (shift + width)])

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(lines), 1)) + chunk(b"IEND", b"")


def avi(frames, width, height, rate=25):
    """A film whose frames are PNG files, all of them key frames."""
    def chunk(kind, data):
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def listed(kind, data):
        return chunk(b"LIST", kind + data)

    largest = max(map(len, frames))
    main = struct.pack("<14I", 1_000_000 // rate, largest * rate, 0, 0x10, len(frames), 0, 1, largest, width, height, 0, 0, 0, 0)
    stream = b"vidsMPNG" + struct.pack("<IHHIIIIIIII4h", 0, 0, 0, 0, 1, rate, 0, len(frames), largest, 0xffffffff, 0, 0, 0, width, height)
    picture = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MPNG", largest, 0, 0, 0, 0)
    head = listed(b"hdrl", chunk(b"avih", main) + listed(b"strl", chunk(b"strh", stream) + chunk(b"strf", picture)))
    movie, index, at = [], [], 4
    for frame in frames:
        data = chunk(b"00dc", frame)
        movie.append(data)
        index.append(b"00dc" + struct.pack("<III", 0x10, at, len(frame)))
        at += len(data)
    return chunk(b"RIFF", b"AVI " + head + listed(b"movi", b"".join(movie)) + chunk(b"idx1", b"".join(index)))


class Collection:
    """Rows of metadata, drawn one by one, and what is to become of them."""

    def __init__(self, rows, images, port):
        self.rows, self.port = rows, port
        generator = random.Random(rows)
        self.fates = [drawn(generator, ROW_FATES) for _ in range(rows - images)] + ["image"] * images
        generator.shuffle(self.fates)
        self.images = {row: drawn(generator, IMAGE_FATES) for row, fate in enumerate(self.fates) if fate == "image"}
        # Every tenth row of an image stands twice.
        self.repeated = [row for row in self.images if row % 10 == 0]

    def line(self, row, numbered):
        fate, generator = self.fates[row], random.Random(row)
        owner = f"{generator.randrange(10_000, 99_999_999)}@N0{generator.randrange(10)}"
        name, kind = LICENCES[6 if fate == "licence" else generator.choice([4, 5])]
        taken = "2011-02-31 10:00:00.0" if fate == "bad-date" else "2014-05-01 10:00:00.0" if fate == "taken" else "2011-05-01 10:00:00.0"
        columns = [f"x{row}" if fate == "bad-id" else str(3_000_000_000 + row), owner, "P%C3%A4ule", taken, "1320000000", "NIKON+D90",
                   urllib.parse.quote_plus(f"Lake & hills, no. {row}"), "a+day+out",
                   "50%,lake" if fate == "bad-encoding" else "lakeside,city" if fate == "tags" else "mountain,Lake", "", "-200" if fate == "bad-place" else "6.5", "46.5", "16",
                   f"http://www.flickr.com/photos/{owner}/{3_000_000_000 + row}/", f"http://127.0.0.1:{self.port}/{row}.jpg",
                   "Beerware" if fate == "unknown-licence" else name, f"http://creativecommons.org/licenses/{kind}/2.0/", "5", "6", "0123456789",
                   "9876543210", "jpg", "photo" if fate == "bad-marker" else "1" if fate == "video" else "0"]
        if numbered:
            columns = [str(row), columns[0], hashlib.md5(str(row).encode()).hexdigest(), *columns[1:]]
        return "\t".join(columns[:-1] if fate == "bad-layout" else columns) + "\n"

    def write(self, folder):
        folder.mkdir(parents=True)
        thirds = [0, self.rows // 3, 2 * self.rows // 3, self.rows]
        for part, (name, opened, numbered) in enumerate((("a.tsv", open, False), ("b.tsv.gz", gzip.open, True), ("c.tsv.bz2", bz2.open, False))):
            with opened(folder / name, "wt", encoding="utf-8") as out:
                for row in range(thirds[part], thirds[part + 1]):
                    out.write(self.line(row, numbered))
                if part == 2:
                    for row in self.repeated:
                        out.write(self.line(row, False))

    def read(self):
        return self.rows + len(self.repeated)

    def filtered(self):
        counts = collections.Counter(fate for fate in self.fates if fate in ("licence", "tags", "video", "taken"))
        counts["repeated"] = len(self.repeated)
        return {filter_: count for filter_, count in counts.items() if count}

    def refused(self):
        no_refusals = {*self.filtered(), "image"}
        rows = collections.Counter(fate for fate in self.fates if fate not in no_refusals)
        images = collections.Counter(fate for fate in self.images.values() if fate not in GOOD)
        return {reason: count for reason, count in (rows + images).items()}

    def good(self):
        return sum(fate in GOOD for fate in self.images.values())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.collection, self.asked, self.given, self.lock = None, collections.Counter(), collections.Counter(), threading.Lock()
        self.same_as = {}  # Rows whose images are another row's.
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # Clients that are killed.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def send(self, status, body, kind, headers=(), whole=True):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body if whole else body[:len(body) // 2])
        if not whole:
            self.close_connection = True

    def answer(self, get):
        path = urllib.parse.urlparse(self.path).path
        if path == "/photo_unavailable.png":
            return self.send(200, png("unavailable"), "image/png")
        row = int(path[1:-4])
        fate = self.server.collection.images[row]
        with self.server.lock:
            self.server.asked[row] += get
            first = self.server.asked[row] <= 1
        if fate == "gone":
            return self.send(404, b"gone", "text/plain")
        if fate == "taken-down":
            return self.send(302, b"", "text/plain", [("Location", f"http://127.0.0.1:{self.server.server_port}/photo_unavailable.png")])
        if fate == "forbidden":
            return self.send(403, b"no", "text/plain")
        if fate == "not-an-image":
            return self.send(200, b"<html>sign in</html>", "text/html")
        if fate == "busy-first" and get and first:
            return self.send(503, b"busy", "text/plain")
        picture = png(self.server.same_as.get(row, row))
        if fate == "truncated":
            picture = picture[:len(picture) // 2]
        if fate == "cut-first" and get and first:
            return self.send(200, picture, "image/png", whole=False)
        if fate == "reset-first" and get and first:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return None
        time.sleep(0.01)
        self.send(200, picture, "image/png", [("X-Robots-Tag", "noai")] if fate == "opted-out" else ())
        with self.server.lock:
            self.server.given[row] += get
        return None

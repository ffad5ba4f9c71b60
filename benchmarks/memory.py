"""Peak memory of a training step for pictures, batches and networks of several sizes, beside docs/memory.md's formula. Run by benchmarks/run."""
import argparse
import json
import pathlib
import tempfile

import sides
import step

# By how the generator enlarges: pixels, batch, width of the generator, of the discriminator, of VGG19. The last with all that is not in the
# paper: colour loss, total variation loss, colour jitter, pool of past fakes.
SIZES = {
    "transposed": [(128, 1, 16, 16, 16), (128, 4, 16, 16, 16), (256, 1, 16, 16, 16), (256, 4, 16, 16, 16), (256, 8, 32, 32, 16),
                   (128, 4, 64, 32, 64), (256, 1, 64, 32, 16), (256, 1, 64, 32, 64), (256, 2, 64, 32, 64), (256, 4, 64, 32, 64),
                   (256, 8, 64, 32, 64), (384, 2, 64, 32, 64)],
    "resize": [(128, 2, 16, 16, 16), (256, 4, 16, 16, 16), (256, 1, 64, 32, 64), (256, 2, 64, 32, 64), (256, 4, 64, 32, 64)],
    "resize, extended": [(128, 2, 16, 16, 16), (256, 4, 16, 16, 16), (256, 2, 64, 32, 64)],
}
MIB = 1 << 20
# Bytes of a pixel and channel. Resize-convolutions keep the enlarged maps besides.
PER_CHANNEL = {"transposed": 130, "resize": 160, "resize, extended": 160}

# TrainingStep's pool where all takes part.
PAST_FAKES = 50

# All of the heap is in memory from the start, so that what the process has beyond it is native; JavaCPP would allow it four times the heap in all.
HEAP_MIB = 768
HEAP = (f"-Xms{HEAP_MIB}m", f"-Xmx{HEAP_MIB}m", "-XX:+AlwaysPreTouch", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0")


def how(upsampling):
    """TrainingStep's last arguments."""
    return [upsampling.split(",")[0], "extended" in upsampling]


def parameters(network):
    return sum(p.numel() for p in network.parameters())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    parser.add_argument("--only", choices=SIZES, help="some of the sizes")
    options = parser.parse_args()

    results = []
    print("\n| pixels | batch | generator | discriminator | VGG19 | upsampling | native peak, MiB | by the formula, MiB | peak over formula |\n" + "|---:" * 5 + "|---" + "|---:" * 3 + "|")
    for upsampling, (pixels, batch, width, discriminator, vgg19) in ((key, size) for key, sizes in SIZES.items() for size in sizes
                                                             if options.only in (None, key)):
        theirs = step.Step(width, discriminator, vgg19, batch, pixels)
        trained = parameters(theirs.generator) + parameters(theirs.discriminator)
        frozen = parameters(theirs.vgg19)
        with tempfile.TemporaryDirectory() as folder:
            theirs.write(pathlib.Path(folder))
            del theirs
            ours = sides.Ours("TrainingStep", [folder, batch, pixels, width, discriminator, vgg19, *how(upsampling)], options.threads, "train",
                              HEAP)
            native = max(ours()["peak_bytes"] for _ in range(options.steps)) / MIB - HEAP_MIB
            ours.close()
        said = formula(batch, pixels, width, upsampling, trained, frozen)
        results.append({"pixels": pixels, "batch": batch, "width": width, "discriminator_width": discriminator, "vgg19_width": vgg19,
                        "upsampling": upsampling, "trained": trained, "frozen": frozen, "native_mib": native, "formula_mib": said})
        print(f"| {pixels} | {batch} | {width} | {discriminator} | {vgg19} | {upsampling} | {native:,.0f} | {said:,.0f} | {native / said:.2f} |", flush=True)
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


def formula(batch, pixels, width, upsampling, trained, frozen):
    """docs/memory.md's, in MiB."""
    extended = (800 * batch + 16 * PAST_FAKES) * pixels * pixels if how(upsampling)[1] else 0
    return (350 * MIB + 50 * trained + 5 * frozen + (1800 + PER_CHANNEL[upsampling] * width) * batch * pixels * pixels + extended) / MIB


if __name__ == "__main__":
    main()

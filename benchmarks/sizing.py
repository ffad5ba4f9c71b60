#!/usr/bin/env python3
"""How much a night of stylizing takes: core hours, GPU hours, cores and executors for a number of photos. docs/sizing.md has its table.

    benchmarks/sizing.py [--photos N ...] [--megapixels M ...] [--hours H] [--price P] [--seconds-per-megapixel FP32 INT8]

Without options, for the figures measured in docs/benchmarks.md and docs/gpu.md. For your machines put in what a night's summary says:
core seconds a megapixel are its seconds times its cores, divided by its megapixels.
"""
import argparse
import math

CORES_PER_EXECUTOR = 4
# What onnxruntime takes whole in stylize.engine-memory's 6 GiB at the published width (docs/memory.md), and what tiles take beyond (docs/benchmarks.md).
WHOLE_MEGAPIXELS, TILES = 4.6, 1.3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--megapixels", type=float, nargs="+", default=[0.79, 3.1, 12.2], help="of a photo")
    parser.add_argument("--hours", type=float, default=8, help="that the night has; a tenth is kept free")
    parser.add_argument("--price", type=float, help="of a core hour, in any currency")
    parser.add_argument("--seconds-per-megapixel", type=float, nargs=2, default=[10.5, 6.3], metavar=("FP32", "INT8"), help="core seconds")
    parser.add_argument("--gpu-megapixels-per-second", type=float, nargs=2, default=[13.5, 29.4], metavar=("FP32", "FP16"))
    options = parser.parse_args()

    cost = " cost, fp32; int8 |" if options.price else ""
    print(f"| photos | megapixels each | core hours, fp32; int8 | executors of {CORES_PER_EXECUTOR} cores for {options.hours:g} h, fp32; int8 | GPU hours, fp32; fp16 |{cost}")
    print("|---:|---:|---:|---:|---:|" + ("---:|" if cost else ""))
    for photos in options.photos:
        for megapixels in options.megapixels:
            total = photos * megapixels
            factor = TILES if megapixels > WHOLE_MEGAPIXELS else 1
            hours = [factor * total * seconds / 3600 for seconds in options.seconds_per_megapixel]
            executors = [math.ceil(each / (0.9 * options.hours) / CORES_PER_EXECUTOR) for each in hours]
            gpu = [total / rate / 3600 for rate in options.gpu_megapixels_per_second]
            costs = f" {options.price * hours[0]:,.2f}; {options.price * hours[1]:,.2f} |" if cost else ""
            print(f"| {photos:,} | {megapixels:g} | {shown(hours[0])}; {shown(hours[1])} | {executors[0]:,}; {executors[1]:,} | {shown(gpu[0])}; {shown(gpu[1])} |{costs}")


def shown(hours):
    return f"{hours:,.0f}" if hours >= 20 else f"{hours:.1f}" if hours >= 1 else f"{hours:.2f}"


if __name__ == "__main__":
    main()

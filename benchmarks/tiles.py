"""One photo through the published generator whole, in tiles (with and without a map for the branch) and on ND4J, in turns. Run by benchmarks/run."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess

# Name in the table, the engine's, GiB that it may take: tiles that may take nothing keep no map for the branch.
ENGINES = [("onnxruntime", "ONNXRUNTIME", 1000), ("onnxruntime-tiled", "ONNXRUNTIME_TILED", 1000),
           ("onnxruntime-tiled without a map for the branch", "ONNXRUNTIME_TILED", 0), ("nd4j", "ND4J", 1000)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, nargs=2, default=[2048, 1536], help="width and height, multiples of 4")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--heap", default="1g")
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    results = {name: [] for name, _, _ in ENGINES}
    for _ in range(options.repetitions):
        for name, engine, gibibytes in ENGINES:
            results[name].append(seconds(options, engine, gibibytes))
    print("\n| engine | seconds | processor, s | times onnxruntime's | in processor time |\n|---|---:|---:|---:|---:|")
    for name, turns in results.items():
        ratios = [statistics.median(turn[i] / whole[i] for turn, whole in zip(turns, results["onnxruntime"])) for i in (0, 1)]
        wall, processor = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
        print(f"| `{name}` | {wall:.1f} | {processor:.1f} | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


def seconds(options, engine, gibibytes):
    command = ["java", f"-Xmx{options.heap}", "-cp", os.environ["BENCHMARK_CLASSPATH"], "io.toonlake.stylize.EngineBenchmark",
               engine, *map(str, options.size), str(options.threads), str(gibibytes)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads), "OMP_WAIT_POLICY": "passive"}
    lines = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [float(figure) for figure in lines[-1].split()]


if __name__ == "__main__":
    main()

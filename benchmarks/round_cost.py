#!/usr/bin/env python3
"""What a round of parameter averaging costs with 2 ... 1,000 executors: a calculation. Python 3.9, standard library only.

    benchmarks/round_cost.py [--table] [--svg docs/images/round-cost.svg]     (--help names every assumption)

Each executor has one worker. A round is: the driver serializes the state; it spreads as a torrent, each executor sending what it has; K local
steps, of which the slowest executor counts; every executor cuts its state into chunks and sends each to the task that averages it; the driver
collects the averaged chunks; every C-th round it writes a checkpoint. Parts follow each other, nothing overlaps.
"""
import argparse
import math

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--floats", type=float, default=36.8e6, help="parameters and Adam's moments, generator and discriminator")
p.add_argument("--bytes", type=int, default=4, help="bytes of each on the wire; 2 with train.transfer = bfloat16")
p.add_argument("--steps", type=int, default=10, help="K, local steps a round")
p.add_argument("--step-seconds", type=float, default=2.95, help="a full-size step, batch 1, on one core; measured")
p.add_argument("--step-spread", type=float, default=0.02, help="standard deviation of a worker's round among workers, of its mean")
p.add_argument("--network", type=float, default=1.25e9, help="bytes/s of each machine's network (1.25e9: 10 Gbit/s)")
p.add_argument("--serialize", type=float, default=0.6e9, help="bytes/s, state to bytes, through the network's buffers and back")
p.add_argument("--sum", type=float, default=1.0e9, help="bytes/s at which a task adds states up")
p.add_argument("--chunks", type=int, default=141, help="chunks of the state at most (2^18 floats each at least)")
p.add_argument("--stage-seconds", type=float, default=0.02, help="to schedule a stage")
p.add_argument("--task-seconds", type=float, default=0.001, help="to launch a task; the driver launches one after another")
p.add_argument("--checkpoint", type=float, default=0.25e9, help="bytes/s of a checkpoint: hashing and writing")
p.add_argument("--checkpoint-rounds", type=int, default=10, help="rounds a checkpoint")
p.add_argument("--critical-batch", type=float, default=256, help="pictures a step beyond which more of them hardly help; assumed")
p.add_argument("--table", action="store_true")
p.add_argument("--svg")
a = p.parse_args()

EXECUTORS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]
PIECE = 16 << 20  # of a broadcast


def parts(n):
    state = a.floats * a.bytes
    chunks = min(a.chunks, n)
    broadcast = 2 * state / a.serialize + state / a.network + math.log2(n + 1) * PIECE / a.network
    steps = a.steps * a.step_seconds * (1 + a.step_spread * math.sqrt(2 * math.log(n)))
    arriving = n * state / chunks  # at each of the tasks that average, all but its own share over the network
    shuffle = (2 * state + 2 * arriving) / a.serialize / 2 + (n - 1) / n * arriving / a.network + arriving / a.sum
    collect = state / a.network + state / a.serialize
    scheduling = 2 * a.stage_seconds + (n + chunks) * a.task_seconds
    checkpoint = 4 * a.floats / a.checkpoint / a.checkpoint_rounds
    return {"broadcast": broadcast, "steps": steps, "shuffle and sum": shuffle, "collect": collect,
            "scheduling": scheduling, "checkpoint": checkpoint}


def outcome(n):
    cost = parts(n)
    total = sum(cost.values())
    alone = a.steps * a.step_seconds
    throughput = n * alone / total
    # McCandlish et al. (2018), equation 2.7: a step on a batch B gets 1 / (1 + B_critical / B) of the way of a noiseless one.
    progress = throughput / n * (1 + a.critical_batch) / (1 + a.critical_batch / n)
    return cost, total, alone / total, throughput, progress


def table():
    names = list(parts(1))
    print("| executors | " + " | ".join(names) + " | round, s | in local steps | examples/s, times one | progress/s, times one |")
    print("|" + "---:|" * (len(names) + 5))
    for n in EXECUTORS[1:]:
        cost, total, efficiency, throughput, progress = outcome(n)
        print(f"| {n:,} | " + " | ".join(f"{cost[name]:.2f}" for name in names)
              + f" | {total:.1f} | {efficiency:.0%} | {throughput:.1f} | {progress:.1f} |")


def svg(path):
    width, height, left, bottom, top = 640, 400, 60, 50, 20
    x = lambda n: left + (width - left - 20) * math.log10(n) / 3
    y = lambda v: height - bottom - (height - bottom - top) * math.log10(max(v, 1)) / 3
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for power in range(4):
        v = 10 ** power
        out.append(f'<path d="M{left} {y(v):.1f}H{width - 20}M{x(v):.1f} {top}V{height - bottom}" stroke="#ddd" fill="none"/>')
        out.append(f'<text x="{left - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:,}</text>')
        out.append(f'<text x="{x(v):.1f}" y="{height - bottom + 18}" text-anchor="middle">{v:,}</text>')
    out.append(f'<text x="{(left + width) / 2}" y="{height - 10}" text-anchor="middle">executors</text>')
    out.append(f'<text x="16" y="{height / 2}" transform="rotate(-90 16 {height / 2})" text-anchor="middle">times one executor</text>')
    lines = [("as many times faster as executors", "#999", "4 4", lambda n: n), ("examples per second", "#1f5fa8", "", lambda n: outcome(n)[3]),
             (f"progress per second, critical batch {a.critical_batch:.0f}", "#b3401f", "", lambda n: outcome(n)[4])]
    for i, (name, colour, dash, value) in enumerate(lines):
        points = " ".join(f"{x(n):.1f},{y(value(n)):.1f}" for n in EXECUTORS)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        out.append(f'<text x="{left + 14}" y="{top + 18 + 17 * i}" fill="{colour}">{name}</text>')
    with open(path, "w") as f:
        f.write("\n".join(out + ["</svg>", ""]))


if a.svg:
    svg(a.svg)
if a.table or not a.svg:
    table()

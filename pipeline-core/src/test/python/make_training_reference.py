"""What PyTorch makes of CartoonGAN's training from seeded weights: losses, gradients, 5 steps of the initialization phase, then 20 alternating ones.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch==2.15.0 numpy==2.4.6 safetensors==0.8.0
    /tmp/reference/bin/python make_training_reference.py small ../resources/io/toonlake/training/reference
    /tmp/reference/bin/python make_training_reference.py full /tmp/reference/full

`small` writes the fixtures of TrainingReferenceTest and AdamReferenceTest: narrow networks, computed in double precision. `full`
writes 3 GB for FullSizeReferenceTest: the published sizes, in single precision as trained, with a double-precision run of
the same steps beside it that tells PyTorch's own rounding. Everything runs on the CPU.

The networks are PyTorch's own modules, the optimiser is torch.optim.Adam, the gradients are autograd's; of the paper (section 3) they
follow the formulas, and where it leaves a choice, the authors' released code: instance norm for batch norm, a leaky slope of
0.2, beta1 0.5. A loss is a mean over all entries of what it is taken of. A bias right before a norm has no effect on anything, so
its gradient is rounding noise; the authors' code sets it to zero before each step, and so does step() below.

Tensors are kept in single precision, in files of safetensors: a thousandth of the rounding that the tests allow. What the networks start
from and look at was drawn in single or half precision, so that it is the same number on both sides.
"""
import argparse
import copy
import json
import pathlib
from dataclasses import asdict, dataclass, replace

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

INITIALIZATION, ADVERSARIAL = "initialization", "adversarial"


@dataclass(frozen=True)
class Settings:
    name: str
    width: int
    blocks: int
    discriminator_width: int
    adversarial: str = "bce"
    content: str = "l1"
    edge_term: bool = True
    padding: str = "zero"
    upsampling: str = "transposed"
    feature_padding: str = "zero"
    feature_widths: tuple = (64, 128, 256, 512)
    content_weight: float = 10.0
    initialization_steps: int = 5
    adversarial_steps: int = 20
    # Learning rates of the initialization phase, the generator and the discriminator; then of each phase how many steps
    # pass at the full rate, and over how many it falls in a line towards 0 (0: it does not fall).
    rates: tuple = (2e-4, 1e-4, 2e-4)
    initialization_decay: tuple = (0, 0)
    adversarial_decay: tuple = (0, 0)
    betas: tuple = (0.5, 0.999)
    epsilon: float = 1e-8

    def phases(self):
        return [INITIALIZATION] * self.initialization_steps + [ADVERSARIAL] * self.adversarial_steps


def convolution(in_, out, kernel=3, stride=1, padding="zero"):
    mode = {"zero": "zeros", "reflect": "reflect"}[padding]
    return nn.Conv2d(in_, out, kernel, stride, kernel // 2, padding_mode=mode)


def norm(channels):
    return nn.InstanceNorm2d(channels, eps=1e-5, affine=True, track_running_stats=False)


class Generator(nn.Module):
    """Modules carry the names of the published weights."""

    def __init__(self, s):
        super().__init__()
        w, p = s.width, s.padding
        self.blocks, self.resizes = s.blocks, s.upsampling == "resize"

        def up(in_, out):
            return (convolution(in_, out, padding=p) if self.resizes
                    else nn.ConvTranspose2d(in_, out, 3, stride=2, padding=1, output_padding=1))

        self.conv01_1, self.in01_1 = convolution(3, w, 7, padding="reflect"), norm(w)
        self.conv02_1 = convolution(w, 2 * w, stride=2, padding=p)
        self.conv02_2, self.in02_1 = convolution(2 * w, 2 * w, padding=p), norm(2 * w)
        self.conv03_1 = convolution(2 * w, 4 * w, stride=2, padding=p)
        self.conv03_2, self.in03_1 = convolution(4 * w, 4 * w, padding=p), norm(4 * w)
        for stage in range(4, 4 + s.blocks):
            for half in (1, 2):
                self.add_module(f"conv{stage:02d}_{half}", convolution(4 * w, 4 * w, padding="reflect"))
                self.add_module(f"in{stage:02d}_{half}", norm(4 * w))
        self.deconv01_1, self.deconv01_2 = up(4 * w, 2 * w), convolution(2 * w, 2 * w, padding=p)
        self.add_module(f"in{4 + s.blocks:02d}_1", norm(2 * w))
        self.deconv02_1, self.deconv02_2 = up(2 * w, w), convolution(w, w, padding=p)
        self.add_module(f"in{5 + s.blocks:02d}_1", norm(w))
        self.deconv03_1 = convolution(w, 3, 7, padding="reflect")

    def biases_before_norms(self):
        residual = [f"conv{stage:02d}_{half}" for stage in range(4, 4 + self.blocks) for half in (1, 2)]
        return ["conv01_1", "conv02_2", "conv03_2", *residual, "deconv01_2", "deconv02_2"]

    def enlarge(self, x):
        return F.interpolate(x, scale_factor=2, mode="nearest") if self.resizes else x

    def forward(self, photo):
        m = self._modules
        x = self.in01_1(self.conv01_1(photo)).relu()
        x = self.in02_1(self.conv02_2(self.conv02_1(x))).relu()
        x = self.in03_1(self.conv03_2(self.conv03_1(x))).relu()
        for stage in range(4, 4 + self.blocks):
            y = m[f"in{stage:02d}_1"](m[f"conv{stage:02d}_1"](x)).relu()
            x = x + m[f"in{stage:02d}_2"](m[f"conv{stage:02d}_2"](y))
        x = m[f"in{4 + self.blocks:02d}_1"](self.deconv01_2(self.deconv01_1(self.enlarge(x)))).relu()
        x = m[f"in{5 + self.blocks:02d}_1"](self.deconv02_2(self.deconv02_1(self.enlarge(x)))).relu()
        return self.deconv03_1(x).tanh()


class Discriminator(nn.Module):
    def __init__(self, s):
        super().__init__()
        w = s.discriminator_width
        self.conv01_1 = convolution(3, w)
        self.conv02_1 = convolution(w, 2 * w, stride=2)
        self.conv02_2, self.in02_1 = convolution(2 * w, 4 * w), norm(4 * w)
        self.conv03_1 = convolution(4 * w, 4 * w, stride=2)
        self.conv03_2, self.in03_1 = convolution(4 * w, 8 * w), norm(8 * w)
        self.conv04_1, self.in04_1 = convolution(8 * w, 8 * w), norm(8 * w)
        self.conv05_1 = convolution(8 * w, 1)
        self.leaky = nn.LeakyReLU(0.2)

    def biases_before_norms(self):
        return ["conv02_2", "conv03_2", "conv04_1"]

    def forward(self, pictures):
        x = self.leaky(self.conv01_1(pictures))
        x = self.leaky(self.in02_1(self.conv02_2(self.leaky(self.conv02_1(x)))))
        x = self.leaky(self.in03_1(self.conv03_2(self.leaky(self.conv03_1(x)))))
        x = self.leaky(self.in04_1(self.conv04_1(x)))
        return self.conv05_1(x)


class Features(nn.Module):
    """VGG19 up to conv4_4, before its ReLU. It takes BGR pictures as Caffe's does: 0 to 255, less the mean."""

    GROUPS = (2, 2, 4, 4)

    def __init__(self, s):
        super().__init__()
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68], dtype=torch.float64).view(1, 3, 1, 1))
        in_ = 3
        for group, (layers, out) in enumerate(zip(self.GROUPS, s.feature_widths), 1):
            for layer in range(1, layers + 1):
                self.add_module(f"conv{group}_{layer}", convolution(in_, out, padding=s.feature_padding))
                in_ = out
        self.requires_grad_(False)

    def forward(self, pictures):
        x = (pictures + 1) * 127.5 - self.mean
        for group, layers in enumerate(self.GROUPS, 1):
            if group > 1:
                x = F.max_pool2d(x, 2)
            for layer in range(1, layers + 1):
                x = self._modules[f"conv{group}_{layer}"](x)
                if (group, layer) != (4, 4):
                    x = x.relu()
        return x


def draw(module, seed, deviation):
    """Normal weights, scales around 1, and, so that nothing hides behind a zero, biases and shifts around 0."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            drawn = torch.randn(parameter.shape, generator=random)
            if name.endswith(".bias"):
                parameter.copy_(drawn * 0.05)
            elif parameter.dim() == 1:
                parameter.copy_(1 + drawn * 0.1)
            else:
                parameter.copy_(drawn * deviation(name, parameter))
    return module


def he(name, weight):
    """Keeps activations of the order of 1; the feature network's first layer also takes pictures of 0 to 255 there."""
    return (2 / weight[0].numel()) ** 0.5 * (1 / 64 if name.startswith("conv1_1.") else 1)


def published(name, weight):
    return 0.02


class Training:
    """Both networks, their optimisers, and what one step does."""

    def __init__(self, s, networks, dtype):
        self.s = s
        self.generator, self.discriminator = Generator(s).to(dtype), Discriminator(s).to(dtype)
        self.features = Features(s).to(dtype)
        self.generator.load_state_dict(networks[0])
        self.discriminator.load_state_dict(networks[1])
        self.features.load_state_dict(networks[2], strict=False)
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimisers = {name: torch.optim.Adam(network.parameters(), lr=1.0, betas=s.betas, eps=s.epsilon)
                           for name, network in self.networks.items()}

    def load(self, other):
        """Takes over another training's networks and optimisers, whatever its precision."""
        for name, network in self.networks.items():
            network.load_state_dict(other.networks[name].state_dict())
            # load_state_dict shares the step count with where it comes from.
            self.optimisers[name].load_state_dict(copy.deepcopy(other.optimisers[name].state_dict()))

    def adversarial(self, logits, real):
        wanted = torch.full_like(logits, 1.0 if real else 0.0)
        return (F.binary_cross_entropy_with_logits(logits, wanted) if self.s.adversarial == "bce"
                else F.mse_loss(logits, wanted))

    def content(self, generated, photo):
        distance = F.l1_loss if self.s.content == "l1" else F.mse_loss
        return distance(self.features(generated), self.features(photo))

    def rate(self, phase, taken, name):
        initialization, generator, discriminator = self.s.rates
        constant, falling = self.s.initialization_decay if phase == INITIALIZATION else self.s.adversarial_decay
        full = initialization if phase == INITIALIZATION else {"generator": generator, "discriminator": discriminator}[name]
        return full * (1 - max(0, taken - constant) / falling if falling else 1)

    def update(self, name, loss, phase, taken):
        network, optimiser = self.networks[name], self.optimisers[name]
        optimiser.zero_grad()
        # What else the loss reaches, such as the discriminator from the generator's, takes no part in this update.
        loss.backward(inputs=list(network.parameters()))
        for layer in network.biases_before_norms():
            network.get_submodule(layer).bias.grad.zero_()
        optimiser.param_groups[0]["lr"] = self.rate(phase, taken, name)
        optimiser.step()

    def step(self, phase, taken, photo, cartoon, edge_smoothed):
        """One step, the given number of this phase's being behind; returns the losses before the updates, by name."""
        generated = self.generator(photo)
        losses = {"content": self.content(generated, photo)}
        objective = self.s.content_weight * losses["content"]
        if phase == ADVERSARIAL:
            judged = {"discriminator_real": self.adversarial(self.discriminator(cartoon), True)}
            if self.s.edge_term:
                judged["discriminator_edge"] = self.adversarial(self.discriminator(edge_smoothed), False)
            judged["discriminator_fake"] = self.adversarial(self.discriminator(generated.detach()), False)
            self.update("discriminator", sum(judged.values()), phase, taken)
            losses["generator_adversarial"] = self.adversarial(self.discriminator(generated), True)
            losses |= judged
            objective = objective + losses["generator_adversarial"]
        self.update("generator", objective, phase, taken)
        return {name: loss.item() for name, loss in losses.items()}

    def parameters(self, of=lambda parameter: parameter):
        """{network/published name: tensor}, a norm's weight and bias being called scale and shift there."""
        named = {}
        for network, module in self.networks.items():
            for name, parameter in module.named_parameters():
                layer, kind = name.rsplit(".", 1)
                if layer.startswith("in"):
                    kind = {"weight": "scale", "bias": "shift"}[kind]
                named[f"{network}/{layer}.{kind}"] = of(parameter).detach().clone()
        return named

    def gradients(self, phase):
        return {name: gradient for name, gradient in self.parameters(lambda p: torch.zeros(()) if p.grad is None else p.grad).items()
                if phase == ADVERSARIAL or name.startswith("generator/")}

    def moments(self, moment):
        states = {id(p): state for optimiser in self.optimisers.values() for p, state in optimiser.state.items()}
        return self.parameters(lambda p: states[id(p)][moment] if id(p) in states else torch.zeros_like(p))


def pictures(seed, batches, *shape):
    """Seeded pictures of three domains, smooth and with edges, in half precision."""
    random = torch.Generator().manual_seed(seed)
    drawn = {}
    for domain, cells in {"photo": 8, "cartoon": 4, "edge-smoothed": 4}.items():
        for batch in range(batches):
            n, c, h, w = shape
            coarse = torch.rand(n, c, h // cells, w // cells, generator=random) * 2 - 1
            mode = {"mode": "nearest"} if domain == "cartoon" else {"mode": "bilinear", "align_corners": False}
            grain = torch.rand(shape, generator=random) * 0.4 - 0.2
            drawn[f"{domain}.{batch}"] = (F.interpolate(coarse, (h, w), **mode) * 0.8 + grain).half()
    return drawn


def batch(drawn, step, dtype):
    count = len(drawn) // 3
    return [drawn[f"{domain}.{step % count}"].to(dtype) for domain in ("photo", "cartoon", "edge-smoothed")]


def save(path, tensors):
    kept = {name: tensor if tensor.dtype == torch.float16 else tensor.float() for name, tensor in tensors.items()}
    save_file({name: tensor.contiguous() for name, tensor in kept.items()}, path, metadata={"made-by": pathlib.Path(__file__).name})


def prefixed(prefix, tensors):
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def small(folder):
    """Four trainings in which every value of every setting meets every value of every other."""
    common = Settings("", 2, 1, 2, feature_widths=(4, 5, 6, 7), rates=(2e-3, 1e-3, 3e-3))
    decay = {"initialization_decay": (2, 3), "adversarial_decay": (5, 15)}
    cases = [
        replace(common, name="bce-l1-edge", **decay),
        replace(common, name="bce-l2", content="l2", edge_term=False, padding="reflect", upsampling="resize",
                feature_padding="reflect"),
        replace(common, name="lsgan-l1", adversarial="lsgan", edge_term=False, padding="reflect",
                feature_padding="reflect"),
        replace(common, name="lsgan-l2-edge", adversarial="lsgan", content="l2", upsampling="resize", **decay),
    ]
    # Three poolings do not divide the width evenly, and the pictures are not square.
    drawn = pictures(1, 2, 2, 3, 32, 36)
    save(folder / "pictures.safetensors", drawn)
    initial, references = {}, []
    for s in cases:
        networks = [draw(network, seed, he).state_dict()
                    for seed, network in enumerate((Generator(s), Discriminator(s), Features(s)), 10)]
        training = Training(s, networks, torch.float64)
        initial |= {f"{s.upsampling}/{name}": tensor for name, tensor in training.parameters().items()}
        initial |= prefixed("features", dict(training.features.named_parameters()))
        tensors, losses = {}, []
        for step, phase in enumerate(s.phases()):
            taken = step if phase == INITIALIZATION else step - s.initialization_steps
            losses.append({"phase": phase, **training.step(phase, taken, *batch(drawn, step, torch.float64))})
            if taken == 0:
                tensors |= prefixed(f"{phase}-gradient", training.gradients(phase))
        tensors |= prefixed("final", training.parameters())
        save(folder / f"{s.name}.safetensors", tensors)
        references.append({"settings": asdict(s), "losses": losses})
    save(folder / "initial.safetensors", initial)
    lines = ",\n".join(json.dumps(reference) for reference in references)
    (folder / "cases.json").write_text(f"[\n{lines}\n]\n")
    adam(folder)


def adam(folder):
    """Adam alone, on gradients from nothing to large, steady and changing sign; epsilon 1e-8 is larger than some of them."""
    sizes = [0.0, 1e-14, 1e-11, 1e-9, 1e-8, 1e-7, 1e-4, 1.0, 1e3]
    steps = []
    parameter = torch.zeros(len(sizes), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([parameter], lr=0.01, betas=(0.5, 0.999), eps=1e-8)
    for sign in (1, 1, -1, 1, 0, -1, 1, 1):
        parameter.grad = torch.tensor([sign * size for size in sizes], dtype=torch.float64)
        gradient = parameter.grad.tolist()
        optimiser.step()
        steps.append({"gradient": gradient, "parameter": parameter.tolist()})
    lines = ",\n".join(json.dumps(step) for step in steps)
    (folder / "adam.json").write_text(f"[\n{lines}\n]\n")


RETAKEN = 8


def full(folder, pixels, teacher_steps):
    """The published sizes, and before each of some steps the whole state, so that each can be taken from the same place.

    `single` trains; `double` takes those steps from where `single` stands; `alone` takes all 25 by itself. `again` takes them in single precision
    too, RETAKEN times from four units in the last place beside where `single` stands: which signs and winners rounding turns over is chance, and so is, in one
    step, how far from double precision that leads.
    """
    s = Settings("full", 64, 8, 32)
    drawn = pictures(1, 2, 1, 3, pixels, pixels)
    networks = [draw(Generator(s), 10, published).state_dict(), draw(Discriminator(s), 11, published).state_dict(),
                draw(Features(s), 12, he).state_dict()]
    save(folder / "pictures.safetensors", drawn)
    single, double, alone, again = (
        Training(s, networks, dtype) for dtype in (torch.float32, torch.float64, torch.float64, torch.float32))
    random = torch.Generator().manual_seed(13)
    save(folder / "features.safetensors", dict(single.features.named_parameters()))
    save(folder / "initial.safetensors", single.parameters())
    losses, exact_losses, exact_steps, retaken = [], [], {}, {}
    for step, phase in enumerate(s.phases()):
        taken = step if phase == INITIALIZATION else step - s.initialization_steps
        chosen = step + 1 in teacher_steps
        tensors = {}
        if chosen:
            before = single.parameters()
            tensors |= prefixed("before", before)
            tensors |= prefixed("mean", single.moments("exp_avg")) | prefixed("square", single.moments("exp_avg_sq"))
            double.load(single)
            exactly = double.parameters()
            exact_steps[step + 1] = double.step(phase, taken, *batch(drawn, step, torch.float64))
            exact = {"gradient": double.gradients(phase), "update": difference(double.parameters(), exactly)}
            retaken[step + 1] = [retake(again, single, random, exact, phase, taken, batch(drawn, step, torch.float32)) for _ in range(RETAKEN)]
        losses.append({"phase": phase, **single.step(phase, taken, *batch(drawn, step, torch.float32))})
        if chosen:
            tensors |= prefixed("gradient", single.gradients(phase)) | prefixed("exact-gradient", exact["gradient"])
            tensors |= prefixed("update", difference(single.parameters(), before))
            tensors |= prefixed("exact-update", exact["update"])
            save(folder / f"step-{step + 1:02d}.safetensors", tensors)
        exact_losses.append({"phase": phase, **alone.step(phase, taken, *batch(drawn, step, torch.float64))})
        print(step + 1, losses[-1], flush=True)
    save(folder / "final.safetensors", single.parameters() | prefixed("exact", alone.parameters()))
    reference = {"settings": asdict(s), "losses": losses, "exact_losses": exact_losses, "exact_steps": exact_steps, "retaken": retaken}
    (folder / "full.json").write_text(json.dumps(reference, indent=1))


def retake(training, start, random, exact, phase, taken, drawn):
    """How far a step leads from exact values, by tensor, whose parameters are four units in the last place beside another training's."""
    training.load(start)
    with torch.no_grad():
        for module in training.networks.values():
            for parameter in module.parameters():
                parameter.mul_(1 + (torch.randint(0, 2, parameter.shape, generator=random) * 2 - 1) * 2.0**-21)
    before = training.parameters()
    training.step(phase, taken, *drawn)
    return {"gradient": distances(training.gradients(phase), exact["gradient"]),
            "update": distances(difference(training.parameters(), before), exact["update"])}


def distances(values, exact):
    """Norm of the difference over the norm of the exact value; 0 where there is no difference."""
    found = {}
    for name, value in values.items():
        off = (value.double() - exact[name]).norm().item()
        found[name] = off / exact[name].norm().item() if off else 0.0
    return found


def difference(after, before):
    return {name: after[name] - before[name] for name in after}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("what", choices=("small", "full"))
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--pixels", type=int, default=128, help="of `full`: side of its pictures")
    arguments.add_argument("--steps", type=int, nargs="*", default=(1, 2, 5, 6, 7, 15, 25), help="of `full`: those taken from the same state")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.what == "small":
        small(chosen.folder)
    else:
        full(chosen.folder, chosen.pixels, set(chosen.steps))

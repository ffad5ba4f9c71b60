"""One full alternating step of CartoonGAN, Toonlake's against PyTorch's. Run by benchmarks/run."""
import argparse
import json
import pathlib
import tempfile

import torch
import torch.nn.functional as F

import networks
import sides

MEAN = torch.tensor([103.939, 116.779, 123.68]).reshape(1, 3, 1, 1)


class Step:
    """The paper's step as one would write it in PyTorch: no gradient is computed that nobody uses."""

    def __init__(self, width, discriminator_width, vgg_width, batch, pixels):
        self.generator = networks.draw(networks.generator(width), 1, 0.02)
        self.discriminator = networks.draw(networks.discriminator(discriminator_width), 2, 0.02)
        self.vgg19 = networks.draw(networks.vgg19(vgg_width), 3)
        with torch.no_grad():
            self.vgg19[0].weight /= 64  # its input is 0 to 255
        random = torch.Generator().manual_seed(4)
        self.photo, self.cartoon, self.edge_smoothed = (
            F.interpolate(torch.rand(batch, 3, pixels // 8, pixels // 8, generator=random) * 2 - 1, scale_factor=8,
                          mode="bilinear") for _ in range(3))
        betas = (0.5, 0.999)
        self.generator_adam = torch.optim.Adam(self.generator.parameters(), 2e-4, betas, fused=True)
        self.discriminator_adam = torch.optim.Adam(self.discriminator.parameters(), 2e-4, betas, fused=True)

    def write(self, folder):
        for name in ("photo", "cartoon", "edge_smoothed"):
            getattr(self, name).numpy().tofile(folder / name.replace("_", "-"))
        networks.flat(self.generator).numpy().tofile(folder / "generator")
        networks.flat(self.discriminator).numpy().tofile(folder / "discriminator")
        convolutions = [layer for layer in self.vgg19 if isinstance(layer, torch.nn.Conv2d)]
        names = [f"conv{group + 1}_{k + 1}" for group, count in enumerate((2, 2, 4, 4)) for k in range(count)]
        for name, layer in zip(names, convolutions, strict=True):
            layer.weight.numpy().tofile(folder / f"{name}.weight")
            layer.bias.numpy().tofile(folder / f"{name}.bias")

    def features(self, pictures):
        return self.vgg19((pictures + 1) * 127.5 - MEAN)

    def __call__(self):
        generated = self.generator(self.photo)

        self.discriminator.requires_grad_(True)
        self.discriminator_adam.zero_grad()
        real = towards_real(self.discriminator(self.cartoon))
        edge = towards_fake(self.discriminator(self.edge_smoothed))
        fake = towards_fake(self.discriminator(generated.detach()))
        (real + edge + fake).backward()
        self.discriminator_adam.step()

        self.discriminator.requires_grad_(False)
        self.generator_adam.zero_grad()
        adversarial = towards_real(self.discriminator(generated))
        with torch.no_grad():
            target = self.features(self.photo)
        content = (self.features(generated) - target).abs().mean()
        (adversarial + 10 * content).backward()
        self.generator_adam.step()
        return {"content": content.item(), "generator_adversarial": adversarial.item(), "discriminator_real": real.item(),
                "discriminator_edge": edge.item(), "discriminator_fake": fake.item()}


def towards_real(logits):
    return F.softplus(-logits).mean()


def towards_fake(logits):
    return F.softplus(logits).mean()


def same(ours, theirs):
    """The first step's losses, which come from the same weights and pictures."""
    for name, value in theirs.items():
        if abs(ours[name] - value) > 1e-3 * abs(value):
            raise SystemExit(f"Cannot compare: {name} is {ours[name]} on our side, {value} on PyTorch's")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--width", type=int, default=64, help="of the generator")
    parser.add_argument("--discriminator-width", type=int, default=32)
    parser.add_argument("--vgg-width", type=int, default=64)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=11)
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    results = {}
    sides.print_head(f"PyTorch {torch.__version__}")
    for batch in options.batch:
        torch.manual_seed(0)
        theirs = Step(options.width, options.discriminator_width, options.vgg_width, batch, options.pixels)
        with tempfile.TemporaryDirectory() as folder:
            theirs.write(pathlib.Path(folder))
            ours = sides.Ours("TrainingStep", [folder, batch, options.pixels, options.width,
                                               options.discriminator_width, options.vgg_width, "transposed"], options.threads, "train")
            answers, first = sides.alternate(ours, sides.Theirs(theirs), options.warm_up, options.repetitions)
            ours.close()
        same(first["ours"]["result"], first["theirs"]["result"])
        name = f"step, {options.pixels}×{options.pixels}, batch {batch}, {options.threads} threads"
        results[name] = sides.compare(answers)
        sides.print_row(name, results[name])
    if options.output:
        options.output.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

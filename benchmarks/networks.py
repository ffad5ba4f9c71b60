"""CartoonGAN's networks in PyTorch, as pipeline-core has them: the other side of the benchmarks."""
import torch
from torch import nn

EPSILON = 1e-5


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.branch = nn.Sequential(*reflected(channels, channels, 3), norm(channels), nn.ReLU(inplace=True),
                                    *reflected(channels, channels, 3), norm(channels))

    def forward(self, x):
        return x + self.branch(x)


def norm(channels):
    return nn.InstanceNorm2d(channels, eps=EPSILON, affine=True)


def reflected(in_, out, kernel):
    return nn.ReflectionPad2d(kernel // 2), nn.Conv2d(in_, out, kernel)


def normalized(in_, out):
    return nn.Conv2d(in_, out, 3, padding=1), norm(out), nn.ReLU(inplace=True)


def generator(w, blocks=8):
    return nn.Sequential(
        *reflected(3, w, 7), norm(w), nn.ReLU(inplace=True),
        nn.Conv2d(w, 2 * w, 3, 2, 1), *normalized(2 * w, 2 * w),
        nn.Conv2d(2 * w, 4 * w, 3, 2, 1), *normalized(4 * w, 4 * w),
        *(Residual(4 * w) for _ in range(blocks)),
        nn.ConvTranspose2d(4 * w, 2 * w, 3, 2, 1, 1), *normalized(2 * w, 2 * w),
        nn.ConvTranspose2d(2 * w, w, 3, 2, 1, 1), *normalized(w, w),
        *reflected(w, 3, 7), nn.Tanh())


def discriminator(w):
    def leaky(in_, out, stride=1, normalizes=False):
        return [nn.Conv2d(in_, out, 3, stride, 1), *([norm(out)] if normalizes else []), nn.LeakyReLU(0.2, inplace=True)]

    return nn.Sequential(
        *leaky(3, w), *leaky(w, 2 * w, 2), *leaky(2 * w, 4 * w, normalizes=True), *leaky(4 * w, 4 * w, 2),
        *leaky(4 * w, 8 * w, normalizes=True), *leaky(8 * w, 8 * w, normalizes=True), nn.Conv2d(8 * w, 1, 3, 1, 1))


def vgg19(w):
    """To conv4_4, before its ReLU."""
    layers, in_ = [], 3
    for group, convolutions in enumerate((2, 2, 4, 4)):
        if group:
            layers.append(nn.MaxPool2d(2))
        for _ in range(convolutions):
            out = w * 2 ** group
            layers += [nn.Conv2d(in_, out, 3, padding=1), nn.ReLU(inplace=True)]
            in_ = out
    return nn.Sequential(*layers[:-1]).requires_grad_(False)


def draw(network, seed, deviation=None):
    """Seeded weights: N(0, deviation), or He's where none is given; biases and shifts 0, scales 1."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                inputs = module.weight[0].numel()
                module.weight.normal_(0, deviation or (2 / inputs) ** 0.5, generator=random)
                module.bias.zero_()
    return network


def flat(network):
    """All parameters in the order in which pipeline-core's Network has them."""
    return torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])

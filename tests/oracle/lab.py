"""Writes tests/lab/step.f32: one training step of a small model, made by PyTorch.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements-torch.txt
    venv/bin/python tests/oracle/lab.py

The file is a row of little-endian f32: the learned numbers before the step, the logits, the gradient, the learned numbers
after one and after two steps of AdamW, and the losses of both steps. The shape, the tokens and the labels are those of
`tests/lab/main.rs`. The positions are computed here from their formula, in f64.
"""

import math
import pathlib

import numpy
import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent / "lab" / "step.f32"
VOCABULARY, WIDTH, HEADS, HIDDEN, LAYERS = 13, 12, 3, 20, 2
TOKENS = [0, 5, 12, 3, 3, 7, 1, 11, 2, 6, 4, 9, 10, 8, 0, 5, 12]
LABELS = [-100] * 6 + TOKENS[6:14] + [-100] * 3
assert torch.__version__.split("+")[0] == "2.15.0"
torch.manual_seed(20260131)


def positions(count):
    table = torch.zeros(count, WIDTH, dtype=torch.float64)
    for at in range(count):
        for pair in range(WIDTH // 2):
            angle = at * 0.5 ** (pair / 2)
            table[at, 2 * pair], table[at, 2 * pair + 1] = math.sin(angle), math.cos(angle)
    return (0.02 * table).float()


def tensors():
    """In the order in which lossmask keeps them."""
    make = lambda *shape, scale: (torch.randn(*shape) * scale).requires_grad_()
    gain = lambda: (1 + 0.2 * torch.randn(WIDTH)).requires_grad_()
    yield make(VOCABULARY, WIDTH, scale=0.3)
    for _ in range(LAYERS):
        yield gain()
        yield make(WIDTH, 3 * WIDTH, scale=0.4)
        yield make(WIDTH, WIDTH, scale=0.3)
        yield gain()
        yield make(WIDTH, HIDDEN, scale=0.3)
        yield make(HIDDEN, WIDTH, scale=0.3)
    yield gain()


def logits(numbers):
    vectors, *layers, last = numbers
    x = vectors[torch.tensor(TOKENS)] + positions(len(TOKENS))
    norm = lambda x, gain: F.rms_norm(x, (WIDTH,), gain, eps=1e-5)
    heads = lambda x: x.view(len(TOKENS), HEADS, WIDTH // HEADS).transpose(0, 1)
    for at in range(LAYERS):
        norm_1, qkv, out, norm_2, up, down = layers[6 * at : 6 * at + 6]
        q, k, v = (norm(x, norm_1) @ qkv).chunk(3, dim=-1)
        taken = F.scaled_dot_product_attention(heads(q), heads(k), heads(v), is_causal=True)
        x = x + taken.transpose(0, 1).reshape(len(TOKENS), WIDTH) @ out
        x = x + F.relu(norm(x, norm_2) @ up).square() @ down
    return norm(x, last) @ vectors.T


def flat(values):
    return torch.cat([value.detach().flatten() for value in values])


def main():
    numbers = list(tensors())
    optimiser = torch.optim.AdamW(numbers, lr=3e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    written, losses = [flat(numbers)], []
    for step in range(2):
        optimiser.zero_grad()
        rows = logits(numbers)
        loss = F.cross_entropy(rows[:-1], torch.tensor(LABELS[1:]), ignore_index=-100)
        loss.backward()
        losses.append(loss)
        if step == 0:
            written += [flat([rows]), flat(number.grad for number in numbers)]
        optimiser.step()
        written.append(flat(numbers))
    written.append(flat(losses))
    OUT.write_bytes(torch.cat(written).numpy().astype(numpy.dtype("<f4")).tobytes())


main()

"""The work of xtask/tools/bench_loss.rs in PyTorch, on one thread: prints a line of milliseconds for each row of its table.

The model is the lab's: its samples are of one length here, so that PyTorch takes them as one batch without padding.
"""

import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
ROWS, VOCABULARY, PIECE = 512, 32768, 8
STEPS = [(2, 70, 67), (4, 128, 400), (4, 512, 1000)]
WIDTH, HEADS, HIDDEN, LAYERS = 48, 3, 96, 2


def least(times, work):
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def pieces(logits, work):
    """As in Rust: all pieces each time round, the least time of each, added up."""
    parts = logits.split(PIECE)
    best = [float("inf")] * len(parts)
    for _ in range(8):
        for at, part in enumerate(parts):
            best[at] = min(best[at], least(1, lambda: work(part)))
    return sum(best)


def cross_entropy(part):
    part = part.detach().requires_grad_()
    F.cross_entropy(part, torch.full((PIECE,), 7)).backward()


# Debian's python3-torch is 1.13, which has neither of these yet: there they are spelt out.
if hasattr(F, "rms_norm"):
    rms_norm = lambda x, gain: F.rms_norm(x, (WIDTH,), gain, eps=1e-5)
else:
    rms_norm = lambda x, gain: x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt() * gain

if hasattr(F, "scaled_dot_product_attention"):
    attention = lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)
else:

    def attention(q, k, v):
        later = torch.ones(q.shape[-2], q.shape[-2], dtype=torch.bool).triu(1)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        return scores.masked_fill(later, float("-inf")).softmax(-1) @ v


class Model(torch.nn.Module):
    def __init__(self, length, vocabulary):
        super().__init__()
        make = lambda *shape: torch.nn.Parameter(torch.randn(*shape) * 0.1)
        self.vectors = make(vocabulary, WIDTH)
        self.layers = torch.nn.ParameterList()
        for _ in range(LAYERS):
            self.layers += [torch.nn.Parameter(torch.ones(WIDTH)), make(WIDTH, 3 * WIDTH), make(WIDTH, WIDTH)]
            self.layers += [torch.nn.Parameter(torch.ones(WIDTH)), make(WIDTH, HIDDEN), make(HIDDEN, WIDTH)]
        self.last = torch.nn.Parameter(torch.ones(WIDTH))
        self.positions = torch.randn(length, WIDTH) * 0.02

    def forward(self, tokens):
        x = self.vectors[tokens] + self.positions
        heads = lambda x: x.unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2)
        for at in range(0, 6 * LAYERS, 6):
            norm_1, qkv, out, norm_2, up, down = self.layers[at : at + 6]
            q, k, v = (rms_norm(x, norm_1) @ qkv).chunk(3, dim=-1)
            taken = attention(heads(q), heads(k), heads(v))
            x = x + taken.transpose(1, 2).flatten(2) @ out
            x = x + F.relu(rms_norm(x, norm_2) @ up).square() @ down
        return rms_norm(x, self.last) @ self.vectors.T


def step(samples, length, vocabulary):
    model = Model(length, vocabulary)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    tokens = (torch.arange(length) * 31 % vocabulary).repeat(samples, 1)
    labels = tokens.clone()
    labels[:, : length // 2] = -100

    def once():
        optimiser.zero_grad()
        logits = model(tokens)
        F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()).backward()
        optimiser.step()

    return least(40, once)


logits = torch.randn(ROWS, VOCABULARY)
print(pieces(logits, lambda part: part.mul_(1.000001)))
print(pieces(logits, cross_entropy))
for sizes in STEPS:
    print(step(*sizes))

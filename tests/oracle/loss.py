"""Writes tests/loss/expected.json: what PyTorch and transformers make of small logits and labels.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements-torch.txt
    venv/bin/python tests/oracle/loss.py

A case has the fields of `lossmask loss --json`, its input and its output in one. `batches` are optimiser steps: what
`ForCausalLMLoss` of transformers makes of micro-batches, with and without `num_items_in_batch`.
"""

import json
import pathlib

import numpy
import torch
import torch.nn.functional as F
import transformers
from transformers.loss.loss_utils import ForCausalLMLoss

OUT = pathlib.Path(__file__).resolve().parent.parent / "loss" / "expected.json"
assert torch.__version__.split("+")[0] == "2.15.0" and transformers.__version__ == "5.23.0"
torch.manual_seed(20260131)


def numbers(tensor):
    """As plain lists of the shortest decimals that are these f32; NaN is null."""
    if tensor.dim():
        return [numbers(row) for row in tensor]
    value = float(str(numpy.float32(tensor.item())))
    return None if value != value else value


def logits_of(rows, vocabulary, scale):
    return (torch.randn(rows, vocabulary) * scale * 1000).round() / 1000


def case(name, logits, labels, reduction="mean", ignore_index=-100, weights=None, shift=False):
    entry = {"name": name, "logits": numbers(logits), "labels": labels}
    entry |= {"ignore_index": ignore_index, "reduction": reduction, "shift": shift}
    if weights:
        entry["weights"] = weights
    logits = torch.tensor(entry["logits"], dtype=torch.float32, requires_grad=True)
    x, y = logits, torch.tensor(labels)
    w = torch.tensor(weights or [1.0] * len(labels))
    if shift:
        x, y, w = x[:-1], y[1:], w[1:]
    terms = F.cross_entropy(x, y, ignore_index=ignore_index, reduction="none")
    if weights is None:
        loss = F.cross_entropy(x, y, ignore_index=ignore_index, reduction=reduction)
    else:
        loss = {
            "none": lambda: terms * w,
            "sum": lambda: (terms * w).sum(),
            "mean": lambda: (terms * w).sum() / w[y != ignore_index].sum(),
        }[reduction]()
    loss.sum().backward()
    # Where all is ignored PyTorch's mean has the gradient 0, not NaN; this asserts it.
    assert (y != ignore_index).any() or not logits.grad.any()
    entry |= {"loss": numbers(loss.detach()), "per_token": numbers(terms.detach())}
    entry |= {"count": int((y != ignore_index).sum()), "grad": numbers(logits.grad)}
    return entry


def cases():
    some = [3, -100, 0, 6, -100, 2]
    for reduction in ["mean", "sum", "none"]:
        for shift in [False, True]:
            for weights in [None, [0.5, 1.0, 0.25, 2.0, 1.0, 0.0]]:
                words = [reduction, "shifted" if shift else "aligned", "weighted" if weights else "plain"]
                yield case(" ".join(words), logits_of(6, 7, 2), some, reduction, -100, weights, shift)
    yield case("nothing ignored", logits_of(4, 5, 1), [0, 4, 2, 2])
    yield case("everything ignored", logits_of(3, 5, 1), [-100] * 3)
    yield case("everything ignored, sum", logits_of(3, 5, 1), [-100] * 3, "sum")
    yield case("only the first label, shifted", logits_of(3, 5, 1), [1, -100, -100], shift=True)
    yield case("an id is the ignore_index", logits_of(5, 5, 1), [0, 3, 0, 1, 2], ignore_index=0)
    yield case("ignore_index -1", logits_of(4, 5, 1), [-1, 3, -1, 1], ignore_index=-1, shift=True)
    yield case("far apart", logits_of(4, 9, 300), [1, 8, 0, 3])
    yield case("large and close", 30000 + logits_of(3, 6, 1).round(), [1, 5, 0])
    yield case("one word", logits_of(3, 1, 1), [0, 0, -100])
    yield case("a longer row", logits_of(2, 133, 3), [132, 17])
    yield case("one position", logits_of(1, 4, 1), [2])


def batch(lengths):
    """A step of micro-batches, each of samples of one length that count from some place on."""
    micro_batches, means, sums, counts, per_sample = [], [], [], [], []
    for length, starts in lengths:
        logits = logits_of(len(starts) * length, 5, 2).view(len(starts), length, 5)
        labels = torch.randint(0, 5, (len(starts), length))
        for row, start in enumerate(starts):
            labels[row, :start] = -100
        micro_batches.append({"logits": numbers(logits), "labels": labels.tolist()})
        counts.append((labels[..., 1:] != -100).sum())
        means.append(ForCausalLMLoss(logits, labels, 5))
        per_sample += [ForCausalLMLoss(logits[row], labels[row], 5) for row in range(len(starts))]
        sums.append((logits, labels))
    items = sum(counts)
    return {
        "micro_batches": micro_batches,
        "num_items_in_batch": int(items),
        "per_token": numbers(sum(ForCausalLMLoss(x, y, 5, num_items_in_batch=items) for x, y in sums)),
        "per_micro_batch": numbers(sum(means) / len(means)),
        "per_sample": numbers(sum(per_sample) / len(per_sample)),
    }


def main():
    batches = [batch([(6, [1, 4]), (9, [2])]), batch([(4, [3]), (12, [1, 2, 3])]), batch([(5, [2, 2]), (5, [2, 2])])]
    entries = ",\n".join(json.dumps(entry) for entry in cases())
    steps = ",\n".join(json.dumps(step) for step in batches)
    OUT.write_text(f'{{"cases": [\n{entries}\n], "batches": [\n{steps}\n]}}\n')


main()

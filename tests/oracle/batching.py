"""What the oracles of batches share: samples in, golden files out.

A golden file is `tests/batch/NAME.json.gz`; `tests/batch.rs` compares every one of them with `lossmask::batch`. `shapes`
are lists of samples by name. A case names a shape, a way (`trl-bfd`, ...) and its settings, and has what came out: batches,
each with the keys that the collator returned, or `{"error": what it raised}`.
"""

import gzip
import json
import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent
GOLDENS = HERE.parent / "batch"
PAD, EOS, IGNORED = 0, 2, -100


def sample(number, length, prompt, ends=True):
    """A sample of its own ids, whose first `prompt` labels are masked and which ends with EOS."""
    ids = [100 * number + 10 + at for at in range(length)]
    if ends and ids:
        ids[-1] = EOS
    return {"input_ids": ids, "labels": [IGNORED] * min(prompt, length) + ids[prompt:]}


def samples(lengths, prompt=lambda length: length // 2):
    return [sample(number, length, prompt(length)) for number, length in enumerate(lengths)]


def shapes():
    made = {
        "one": samples([5]),
        "equal": samples([6, 6, 6]),
        "ragged": samples([5, 8, 3, 8, 1, 7]),
        "boundary": samples([7, 8, 9, 16, 17, 8]),
        "long": samples([40, 3, 19, 2]),
        "masked": samples([6, 12, 4, 9], lambda length: length - 1),
        "all-masked": samples([4, 6], lambda length: length),
        "all-trained": samples([4, 6, 3, 7, 2], lambda length: 0),
        "fits": samples([3, 5, 2, 6, 4, 4, 1, 7]),
        "ties": samples([4, 4, 4, 4, 4, 3, 3, 3, 5, 5]),
        "empties": samples([0, 4, 0, 7, 0]),
        "pads-inside": [{"input_ids": [9, PAD, 8, EOS, PAD, 7], "labels": [-100, PAD, 8, EOS, PAD, 7]},
                        {"input_ids": [9, 8, EOS], "labels": [-100, 8, EOS]}],
    }
    # More than are packed at a time.
    made["thousand"] = samples([random.Random(seed).randint(1, 4) for seed in range(1010)])
    made["many"] = samples([random.Random(seed).randint(1, 30) for seed in range(60)])
    return made


def case(shape, way, settings, run):
    """What `run` makes of the samples of a shape, copied."""
    try:
        out = {"batches": run([{key: list(value) for key, value in it.items()} for it in ALL[shape]])}
    except (ImportError, NameError, AttributeError):
        raise  # ours
    except Exception as error:  # whatever stops the trainer is its answer
        out = {"error": f"{type(error).__name__}: {error}"[:200]}
    return {"shape": shape, "way": way, "settings": settings, **out}


ALL = shapes()
# What every way is asked about.
SHAPES = {name: shape for name, shape in ALL.items() if name != "thousand"}
KEYS = ("input_ids", "labels", "attention_mask", "position_ids")


def plain(batch):
    """The arrays of a batch as lists; where the first sample is empty, torch makes floats of them."""
    listed = {key: batch[key].long().tolist() for key in KEYS if key in batch and batch[key] is not None}
    assert all(isinstance(row, list) for rows in listed.values() for row in rows)
    return listed


def groups(rows, size):
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def write(name, package, version, function, cases):
    used = {name: ALL[name] for name in ALL if any(case["shape"] == name for case in cases)}
    golden = {"package": package, "version": version, "function": function, "shapes": used, "cases": cases}
    errors = sum("error" in case for case in cases)
    print(name, len(cases), "cases,", errors, "errors", {case["error"] for case in cases if "error" in case})
    text = json.dumps(golden, separators=(",", ":")) + "\n"
    GOLDENS.mkdir(exist_ok=True)
    path = GOLDENS / f"{name}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(path.name, path.stat().st_size, "bytes")


class Settings(dict):
    """Settings with the defaults that a case may leave out."""

    def __getattr__(self, name):
        return self[name]


def settings(**changed):
    """One setting in full: `pad` is the pad token's id, None where the tokenizer has none."""
    base = {"max_length": None, "truncation": "keep_start", "padding_side": "right", "pad": PAD, "multiple_of": None,
            "batch_size": 8}
    return Settings(base | changed)


def cut(rows, s):
    """Truncation as a tokenizer does it with `truncation_side`; labels are cut alike."""
    if s.max_length is None:
        return rows
    if s.truncation == "drop":
        return [row for row in rows if len(row["input_ids"]) <= s.max_length]
    part = slice(None, s.max_length) if s.truncation == "keep_start" else slice(-s.max_length, None)
    return [{key: value[part] for key, value in row.items()} for row in rows]


def word_tokenizer(s):
    """A tokenizer of nothing but ids: collators ask it for its pad token and side."""
    import tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {f"w{i}": i for i in range(20_000)}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="w1"))
    pad = None if s.pad is None else f"w{s.pad}"
    return PreTrainedTokenizerFast(tokenizer_object=inner, pad_token=pad, eos_token=f"w{EOS}", padding_side=s.padding_side)

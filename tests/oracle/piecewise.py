"""What the oracle scripts of trainers that encode pieces apart share: conversations, tokenizers, golden files.

A golden file is tests/recipes/NAME.json.gz:

    {"recipe": "llama-factory", "source": "llamafactory 0.9.5", "tokenizer": "embedded" or "qwen2_5",
     "added_tokens": ["<x>"], "tokenizer_config": {"bos_token": "<x>"},
     "runs": [{"options": {"template": "qwen"}, "rows": {"conversation id": ROWS}}]}

ROWS is a list of `{"input_ids", "labels"}` (and `"weights"`, where one is neither 0 nor 1), or `{"dropped": why}` where
the trainer leaves the conversation out, or `{"error": why}` where it fails. `added_tokens` are added to the tokenizer as
special ones, after its own, and `tokenizer_config` is what its file says on top.
"""

import gzip
import json
import pathlib
import tempfile

import embedded_tokenizer

HERE = pathlib.Path(__file__).resolve().parent
CONVERSATIONS = json.loads((HERE / "conversations.json").read_text())
FEW = ("single", "multi-zh", "system-multi", "reasoning-inline-history", "tool-call-with-words", "newlines-edges",
       "emoji-edges", "special-im-end", "long-multi", "consecutive-user", "digits")


def few():
    """The conversations of a smaller set."""
    return [one for one in CONVERSATIONS if one["id"] in FEW]


def embedded(added_tokens=(), **config):
    """A folder with the embedded tokenizer, `added_tokens` after its own."""
    folder = pathlib.Path(tempfile.mkdtemp())
    embedded_tokenizer.write(folder, **config)
    path = folder / "tokenizer.json"
    file = json.loads(path.read_text())
    first = 1 + max(token["id"] for token in file["added_tokens"])
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    for i, content in enumerate(added_tokens):
        file["added_tokens"].append({"id": first + i, "content": content, **plain})
    path.write_text(json.dumps(file, ensure_ascii=False))
    return folder


def write(name, header, runs):
    """Writes a golden file; the same runs give the same bytes."""
    folder = HERE.parent / "recipes"
    folder.mkdir(exist_ok=True)
    text = json.dumps({**header, "runs": runs}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = gzip.compress(text.encode(), 9, mtime=0)
    (folder / f"{name}.json.gz").write_bytes(packed)
    rows = [row for run in runs for row in run["rows"].values()]
    kinds = [next(iter(row)) if isinstance(row, dict) else "sample" for row in rows]
    print(name, len(packed), "bytes,", {kind: kinds.count(kind) for kind in sorted(set(kinds))})


def attempt(make):
    """`make()`, or the error that it ends with."""
    try:
        return make()
    except Exception as error:  # whatever it is, the trainer would end with it
        return {"error": f"{type(error).__name__}: {error}"[:200]}

"""What the oracles share: conversations in, golden files out.

A golden file is `tests/recipes/NAME.json.gz`; `tests/recipes.rs` compares every one of them with our recipe. Its runs
name the options, the tokenizer (`embedded`, or a real one that only some machines have) and the chat template (a file of
`tests/oracle/templates/`, `tokenizer` for the tokenizer's own, `official/NAME` for a file that only some machines have, or
`none` where the trainer brings its own). `rows` has, for each conversation, the list of samples the trainer made of it, or
`{"dropped": why}`, or `{"error": what it raised}`.
"""

import argparse
import copy
import gzip
import json
import os
import pathlib
import secrets

HERE = pathlib.Path(__file__).resolve().parent

# Another folder with a `conversations.json`, for golden files that are not kept (`random_conversations.py`).
OTHER = os.environ.get("LOSSMASK_RECIPES")
CONVERSATIONS = pathlib.Path(OTHER or HERE) / "conversations.json"
GOLDENS = pathlib.Path(OTHER) if OTHER else HERE.parent / "recipes"
IGNORED = -100

# Our templates.
OURS = sorted(path.stem for path in (HERE / "templates").glob("*.jinja"))

# A few of every kind: what is asked of real tokenizers and of option values that need no more.
FEW = [
    "single-zh", "multi", "system-multi", "reasoning-inline-history", "tool-call-with-words", "empty-reply-then-words",
    "echo-repeated", "special-im-end", "reply-ends-with-im-end", "whitespace", "newlines-edges", "emoji-edges", "combining",
    "chinese-rare", "mixed", "code", "long-multi", "marker-chatml-in-user", "consecutive-assistant", "last-is-user", "arguments-nested", "content-null",
    "combining-first", "zero-width", "carriage-returns",
]


class Dropped(Exception):
    """The trainer makes no sample of this conversation."""


def conversations(ids=None):
    """Every conversation by id, or those of `ids`."""
    listed = json.loads(CONVERSATIONS.read_text())
    return {it["id"]: it for it in listed if ids is None or OTHER or it["id"] in ids}


def template(name):
    """The text of a template: one of ours, `tokenizer` for the tokenizer's own, or `official/NAME`, someone else's that
    is not ours to keep, from the folder that LOSSMASK_TEMPLATES names."""
    if name == "tokenizer":
        return None
    if name.startswith("official/"):
        return (pathlib.Path(os.environ["LOSSMASK_TEMPLATES"]) / f"{name[9:]}.jinja").read_text()
    return (HERE / "templates" / f"{name}.jinja").read_text()


def settings(args, table):
    """Every folder of a tokenizer, its name, the conversations it is asked about, and an entry of the table, which has a
    value for each template: the embedded tokenizer meets all of ours, Qwen2.5's meets all with a few conversations."""
    for template, value in table.items():
        if template in OURS:
            yield args.embedded, "embedded", None, template, value
    for template, value in table.items():
        if args.qwen2_5 and (not template.startswith("official/") or "LOSSMASK_TEMPLATES" in os.environ):
            yield args.qwen2_5, "qwen2_5", FEW, template, value


def arguments(description):
    """The folders of the tokenizers: the embedded one as `export_tokenizer` writes it, and Qwen2.5's if there is one."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("embedded", help="folder written by `cargo run --example export_tokenizer FOLDER`")
    parser.add_argument("qwen2_5", nargs="?", help="folder with Qwen2.5's tokenizer.json and tokenizer_config.json")
    return parser.parse_args()


def load(folder, chat_template=None):
    """A tokenizer of transformers, with a chat template."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    if chat_template is not None:
        tokenizer.chat_template = chat_template
    return tokenizer


def quick_datasets():
    """Turns off what `datasets` does around each step: bars, files, and hashes that take a second for a tokenizer."""
    import datasets

    datasets.disable_progress_bars()
    datasets.disable_caching()
    datasets.fingerprint.Hasher.hash = staticmethod(lambda value: secrets.token_hex(8))


def row(input_ids, labels):
    """One sample, as plain numbers."""
    ids, labels = [int(i) for i in input_ids], [int(i) for i in labels]
    assert len(ids) == len(labels), (len(ids), len(labels))
    return {"input_ids": ids, "labels": labels}


def ask(trainer, ids=None):
    """What `trainer` makes of each conversation: it gets a copy and returns the samples, or raises."""
    rows = {}
    for name, conversation in conversations(ids).items():
        try:
            rows[name] = trainer(copy.deepcopy(conversation))
        except Dropped as why:
            rows[name] = {"dropped": str(why)}
        except (ImportError, NameError):
            raise  # ours, not the trainer's
        except Exception as error:  # whatever stops the trainer is its answer
            rows[name] = {"error": f"{type(error).__name__}: {error}"[:300]}
    return rows


def write(name, recipe, package, version, function, runs, **more):
    """Writes a golden file; the same answers give the same bytes. `more` is what piecewise.py says."""
    golden = {"recipe": recipe, "package": package, "version": version, "function": function, **more, "runs": runs}
    for run in runs:
        kinds = [next(iter(it)) if isinstance(it, dict) else len(it) for it in run["rows"].values()]
        count = {kind: kinds.count(kind) for kind in sorted(set(kinds), key=str)}
        print(run["tokenizer"], run["template"], run["options"], count)
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n"
    path = GOLDENS / f"{name}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(path, path.stat().st_size, "bytes")

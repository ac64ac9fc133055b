"""What the oracles of trainers share that bring their own templates: tokenizers with more tokens, and their own rows.

A golden file of such a trainer may have two more keys: `tokenizers` says how a tokenizer that a run names is made of the
embedded one (`added_tokens` after its own, `tokenizer_config` on top of it, keys of `tokenizer.json` replaced), and
`conversations` has rows beside those of conversations.json.
"""

import json
import pathlib
import tempfile

import golden

# Fewer than golden.FEW, for option values and templates that share their code with another one.
FEW = ["single-zh", "multi", "system-multi", "reasoning-inline-history", "tool-call-with-words", "newlines-edges",
       "special-im-end", "long-multi", "consecutive-assistant", "digits"]

# A tokenizer to which the markers of ChatML are ordinary text.
PLAIN = {
    "tokenizer_config": {"eos_token": "<|endoftext|>"},
    "tokenizer_json": {"added_tokens": [
        {"id": 8183, "content": "<|endoftext|>", "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}]},
}


def variant(folder, added_tokens=(), tokenizer_config=None, tokenizer_json=None):
    """A folder with a tokenizer made of another one."""
    made = pathlib.Path(tempfile.mkdtemp())
    file = json.loads((pathlib.Path(folder) / "tokenizer.json").read_text())
    first = 1 + max(token["id"] for token in file["added_tokens"])
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    for i, content in enumerate(added_tokens):
        file["added_tokens"].append({"id": first + i, "content": content, **plain})
    file.update(tokenizer_json or {})
    config = json.loads((pathlib.Path(folder) / "tokenizer_config.json").read_text())
    config.update(tokenizer_config or {})
    (made / "tokenizer.json").write_text(json.dumps(file, ensure_ascii=False))
    (made / "tokenizer_config.json").write_text(json.dumps(config))
    return made


def ask(trainer, ids=None, own=()):
    """What `trainer` makes of each conversation, and of its own rows."""
    listed = golden.conversations
    golden.conversations = lambda ids: {**listed(ids), **{it["id"]: it for it in own}}
    try:
        return golden.ask(trainer, ids)
    finally:
        golden.conversations = listed


def run(tokenizer, options, rows, template="none"):
    """One run of a golden file."""
    return {"tokenizer": tokenizer, "template": template, "options": options, "rows": rows}


def labelled(ids, trained):
    """A row whose labels are the ids of the trained tokens."""
    ids = list(ids)
    return golden.row(ids, [i if it else golden.IGNORED for i, it in zip(ids, trained, strict=True)])

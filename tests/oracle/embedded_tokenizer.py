"""The embedded tokenizer as a folder that transformers reads, encoding as src/tokenizer/embedded.rs does.

    python tests/oracle/embedded_tokenizer.py FOLDER
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUST = (ROOT / "src/tokenizer/embedded.rs").read_text()
MERGES = (ROOT / "src/tokenizer/lossmask.txt").read_text()


def alphabet():
    """The 256 characters that stand for bytes, in the order of their code points."""
    own = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = 256 - len(own)
    return sorted([chr(c) for c in own] + [chr(0x100 + i) for i in range(others)])


def tokenizer_json():
    words = re.search(r'const WORDS: &str = r"(.*)";', RUST).group(1)
    added = re.search(r"const ADDED.*?\];", RUST, re.S).group(0)
    added = re.findall(r'\("(.*?)", (true|false)\)', added)
    vocab = {}
    for c in alphabet():
        vocab.setdefault(c, len(vocab))
    merges = [line.split(" ", 1) for line in MERGES.split("\n") if line and not line.startswith("# ")]
    for left, right in merges:
        vocab.setdefault(left + right, len(vocab))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": words}, "behavior": "Isolated", "invert": False}
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": len(vocab) + i, "content": content, **plain, "special": special == "true"}
            for i, (content, special) in enumerate(added)
        ],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, byte_level]},
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": vocab, "merges": merges,
        },
    }


def write(folder, **config):
    """Writes the folder; `config` is put into `tokenizer_config.json`."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(), ensure_ascii=False))
    special = re.search(r'CONFIG: &str = r#"(.*)"#;', RUST).group(1)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", **json.loads(special), **config}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


if __name__ == "__main__":
    write(sys.argv[1])

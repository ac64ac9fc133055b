"""Golden files of torchtune's SFT samples, made by the package itself.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    git clone https://github.com/meta-pytorch/torchtune && git -C torchtune checkout bd2a0fc
    MAIN=torchtune python tests/oracle/torchtune_samples.py EMBEDDED [QWEN2.5]

0.6.1 is the last release. Its `train_on_input` became `masking_strategy` on the main branch, of which one function is
taken: `mask_messages`.
"""

import base64
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import tempfile

import no_torchao  # noqa: F401
import golden
import piecewise
from torchtune.data import OpenAIToMessages
from torchtune.datasets._sft import SFTTransform
from torchtune.models.llama3 import Llama3Tokenizer
from torchtune.models.llama3._tokenizer import CL100K_PATTERN
from torchtune.models.qwen2_5 import qwen2_5_tokenizer
from torchtune.models.qwen2_5._tokenizer import Qwen2_5Tokenizer

assert importlib.metadata.version("torchtune") == "0.6.1"

OWN = [
    {"id": "null-content", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}]},
    {"id": "parts", "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": " there"}]},
        {"role": "assistant", "content": " Hello "}]},
]
SPLIT = {"type": "Split", "pattern": {"Regex": CL100K_PATTERN}, "behavior": "Isolated", "invert": False}
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
# A tokenizer as Llama 3's is: no normaliser, its own words, its own special tokens.
LLAMA = {
    "added_tokens": ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
                     "<|eom_id|>", "<|python_tag|>", "<|finetune_right_pad_id|>", "<|step_id|>", "<|image|>"],
    "tokenizer_json": {"normalizer": None, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [SPLIT, BYTE_LEVEL]}},
}
STRATEGIES = ["train_on_assistant", "train_on_all", "train_on_last"]


def main_branch():
    """The module with `mask_messages`."""
    path = pathlib.Path(os.environ["MAIN"]) / "torchtune/data/_messages.py"
    spec = importlib.util.spec_from_file_location("main_messages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAIN = main_branch()


def ask(tokenizer, strategy, ids):
    def to_messages(sample):
        made = OpenAIToMessages()(sample)
        MAIN.mask_messages(made["messages"], strategy)
        return made

    transform = SFTTransform(message_transform=to_messages, model_transform=tokenizer)

    def trainer(one):
        try:
            made = transform({"messages": one["messages"]})
        except UnboundLocalError as error:  # torchtune's: the first content is null
            raise RuntimeError(error) from error
        return [golden.row(made["tokens"], made["labels"])]

    return piecewise.ask(trainer, ids, OWN)


def runs(name, tokenizer, model, ids):
    made = []
    for strategy in STRATEGIES:
        options = {"model": model, "masking_strategy": strategy}
        made.append(piecewise.run(name, options, ask(tokenizer, strategy, ids)))
    return made


def two_files(file, special_tokens=None):
    """A `tokenizer.json` as the two files that Qwen2.5's tokenizer is read from."""
    folder = pathlib.Path(tempfile.mkdtemp())
    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    vocab.write_text(json.dumps(file["model"]["vocab"], ensure_ascii=False))
    pairs = [pair if isinstance(pair, str) else " ".join(pair) for pair in file["model"]["merges"]]
    merges.write_text("\n".join(pairs) + "\n")
    if special_tokens is None:
        return qwen2_5_tokenizer(str(vocab), str(merges))
    return Qwen2_5Tokenizer(str(vocab), str(merges), special_tokens=special_tokens)


def llama(file, special_tokens):
    """The vocabulary of a `tokenizer.json` as the file that Llama 3's tokenizer is read from."""
    alphabet = {}
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    for byte in own:
        alphabet[chr(byte)] = byte
    for place, byte in enumerate(byte for byte in range(256) if byte not in own):
        alphabet[chr(0x100 + place)] = byte
    path = pathlib.Path(tempfile.mkdtemp()) / "tokenizer.model"
    with path.open("wb") as out:
        for token, rank in file["model"]["vocab"].items():
            out.write(base64.b64encode(bytes(alphabet[c] for c in token)) + f" {rank}\n".encode())
    return Llama3Tokenizer(str(path), special_tokens=special_tokens)


def main():
    folders = golden.arguments(__doc__)
    read = lambda folder: json.loads((pathlib.Path(folder) / "tokenizer.json").read_text())
    file = read(folders.embedded)
    special = {token["content"]: token["id"] for token in file["added_tokens"]}
    size = max(special.values()) + 1
    # The tokenizer asks for these two: whoever uses it with another vocabulary has to name them.
    tools = {"<tool_call>": size, "</tool_call>": size + 1}
    made = runs("embedded", two_files(file, {**special, **tools}), "qwen2_5", None)
    own = {token: size + i for i, token in enumerate(LLAMA["added_tokens"])}
    made += runs("llama", llama(file, own), "llama3", None)
    if folders.qwen2_5:
        made += runs("qwen2_5", two_files(read(folders.qwen2_5)), "qwen2_5", golden.FEW)
    golden.write("torchtune", "torchtune", "torchtune", "0.6.1", "models/*/_tokenizer.py tokenize_messages", made,
                 tokenizers={"llama": LLAMA}, conversations=OWN)


main()

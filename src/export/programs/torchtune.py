# pip install torchtune==0.6.1 torchao tokenizers==0.23.3
# (It was run with an empty module in place of torchao, which quantises models.)
# `masking_strategy` is on torchtune's main branch; what it does to the messages of 0.6.1 is written out below.
import base64
import pathlib
import tempfile

from tokenizers import Tokenizer
from torchtune.data import OpenAIToMessages
from torchtune.datasets._sft import SFTTransform
from torchtune.models.llama3 import Llama3Tokenizer
from torchtune.models.qwen2_5._tokenizer import Qwen2_5Tokenizer

# torchtune reads a vocabulary from the files it was published in: they are made of the one in tokenizer.json.
known = pathlib.Path(TOKENIZER) / "tokenizer.json"
file = json.loads((Tokenizer.from_file(str(known)) if known.exists() else Tokenizer.from_pretrained(TOKENIZER)).to_str())
special = {token["content"]: token["id"] for token in file["added_tokens"]}
vocab, folder = file["model"]["vocab"], pathlib.Path(tempfile.mkdtemp())
if $model == "llama3":
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    alphabet = {chr(byte): byte for byte in own}
    alphabet |= {chr(0x100 + at): byte for at, byte in enumerate(sorted(set(range(256)) - set(own)))}
    lines = [base64.b64encode(bytes(alphabet[c] for c in token)).decode() + f" {rank}" for token, rank in vocab.items()]
    (folder / "tokenizer.model").write_text("\n".join(lines) + "\n")
    tokenizer = Llama3Tokenizer(str(folder / "tokenizer.model"), special_tokens=special)
else:
    for token in ("<tool_call>", "</tool_call>"):  # it asks for these two
        special.setdefault(token, max(*vocab.values(), *special.values()) + 1)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in file["model"]["merges"]]
    (folder / "vocab.json").write_text(json.dumps(vocab))
    (folder / "merges.txt").write_text("\n".join(merges) + "\n")
    tokenizer = Qwen2_5Tokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), special_tokens=special)


def to_messages(row):
    messages = OpenAIToMessages()(row)["messages"]
    last = max((at for at, message in enumerate(messages) if message.role == "assistant"), default=None)
    for at, message in enumerate(messages):
        trained = {"train_on_all": True, "train_on_last": at == last}.get($masking_strategy, message.role == "assistant")
        message.masked = message.role == "system" or not trained
    return {"messages": messages}


transform = SFTTransform(message_transform=to_messages, model_transform=tokenizer)


def samples(conversation):
    made = transform({"messages": conversation["messages"]})
    yield made["tokens"], made["labels"]

"""A small tokenizer of BLOOM's make-up, and what `tokenizers` makes of a few texts with it ▶ tests/tokenizer/bloom_like.json.

BLOOM's own files are not part of the project. Its make-up is: no normaliser, a `Split` by the expression below, `ByteLevel` without
an expression of its own, byte pair merges, and four special tokens. Needs only `tokenizers` 0.23 (requirements.txt).
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

WORDS = r" ?[^(\s|[.,!?…。，、।۔،])]+"
LINES = [
    "帮我写一首诗。春风拂面花开放，碧水潺潺鸟语香。", "The quick brown fox (and the lazy dog) jumps | over it... really!? [yes]",
    "春眠不觉晓，处处闻啼鸟、夜来风雨声。", "bonjour, ça va ? très bien !", "यह एक वाक्य है। دوسرا جملہ۔ مرحبا، كيف الحال",
    "def f(x):\n\treturn x  # 12345",
]
TEXTS = [
    "帮我写一首诗。", "Hello, world… (quick|brown) [fox]!", "  two  spaces,and،none। 春眠不觉晓、处处", "é🐦‍⬛ \n\n\tdef f(x): 1.5",
    "<s>user: hi</s> ok<pad>", "a(b)c|d[e]f", "\u00a0x\u3000y\u2028z",
]

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
])
tokenizer.post_processor = processors.ByteLevel(add_prefix_space=True, trim_offsets=False, use_regex=False)
tokenizer.decoder = decoders.ByteLevel(add_prefix_space=True, trim_offsets=True, use_regex=False)
trainer = trainers.BpeTrainer(
    vocab_size=420, special_tokens=["<unk>", "<s>", "</s>", "<pad>"], show_progress=False,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
)
tokenizer.train_from_iterator(LINES * 3, trainer)
golden = {
    "tokenizer": json.loads(tokenizer.to_str()),
    "texts": TEXTS,
    "ids": [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS],
    "offsets": [tokenizer.encode(text, add_special_tokens=False).offsets for text in TEXTS],
}
text = json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n"
(Path(__file__).parent.parent / "tokenizer/bloom_like.json").write_text(text, encoding="utf-8")

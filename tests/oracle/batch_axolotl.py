"""Golden file of axolotl's multipack: its filters, its sampler and its collator.

    venv/bin/pip install -r tests/oracle/requirements-trl.txt
    venv/bin/pip install --no-deps axolotl==0.19.0 addict colorama art python-dotenv
    venv/bin/python tests/oracle/batch_axolotl.py

numba only compiles what the sampler does, so its decorator is left out here; posthog would only report that it ran. The sampler goes through the rows in order
(axolotl shuffles them unless `curriculum_sampling` is on). As with flash attention a batch is one row of up to
`micro_batch_size * sequence_len` tokens; rows are padded as `pad_to_sequence_len: true` does, which axolotl sets itself
when `sample_packing` is on.
"""

import functools
import importlib.metadata
import math
import os
import sys
import types

os.environ["AXOLOTL_DO_NOT_TRACK"] = "1"
for name in ("numba", "posthog"):
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["numba"].njit = lambda function: function

from axolotl.utils.collators.batching import V2BatchSamplerDataCollatorForSeq2Seq
from axolotl.utils.data.utils import truncate_long_seq
from axolotl.utils.samplers.multipack import MultipackBatchSampler
from axolotl.utils.trainer import add_position_ids, filter_sequences_by_length
from torch.utils.data import SequentialSampler

from batching import SHAPES, case, plain, settings, word_tokenizer, write

VERSION = importlib.metadata.version("axolotl")
assert VERSION == "0.19.0", VERSION


def multipack(s, sequential):
    # `pad_to_sequence_len: true`, from core/builders/causal.py.
    multiple = 64 * math.ceil(s.max_length / 64)
    collate = V2BatchSamplerDataCollatorForSeq2Seq(word_tokenizer(s), padding=True, pad_to_multiple_of=multiple)

    def run(rows):
        if s.truncation == "drop":
            keep = functools.partial(filter_sequences_by_length, sequence_len=s.max_length)
        else:
            keep = lambda row: len(row["input_ids"]) >= 2  # `_filter_short_sequences`
            for row in rows:
                one = truncate_long_seq({key: [value] for key, value in row.items()}, s.max_length)
                row.update({key: value[0] for key, value in one.items()})
        rows = [row for row in rows if keep(row)]
        # `drop_no_trainable_tokens`, which is inside a function.
        rows = [row for row in rows if any(label != -100 for label in row["labels"])]
        rows = [add_position_ids(row) | {"attention_mask": [1] * len(row["input_ids"])} for row in rows]
        sampler = MultipackBatchSampler(
            SequentialSampler(rows), batch_size=1, batch_max_len=s.batch_size * s.max_length,
            lengths=[len(row["input_ids"]) for row in rows], bin_size=200, group_size=100_000, sequential=sequential,
            drop_last=True,
        ) if rows else []
        return [plain(collate([[rows[at] for at in bin] for bin in batch])) for batch in sampler]

    return run


def main():
    cases = []
    for changed in [{"max_length": 8}, {"max_length": 31}, {"max_length": 8, "batch_size": 1}, {"max_length": 64, "batch_size": 2},
                    {"max_length": 100, "batch_size": 1}, {"max_length": 9, "truncation": "keep_start", "batch_size": 1},
                    {"max_length": 31, "padding_side": "left", "batch_size": 1}]:
        s = settings(**({"truncation": "drop"} | changed))
        for shape in SHAPES:
            cases.append(case(shape, "multipack", s, multipack(s, False)))
            cases.append(case(shape, "multipack-sequential", s, multipack(s, True)))
    function = "axolotl/utils/samplers/multipack.py, axolotl/utils/collators/batching.py"
    write("axolotl", "axolotl", VERSION, function, cases)


main()

# git clone https://github.com/allenai/open-instruct && git -C open-instruct checkout e6c3044
# pip install transformers==5.23.0 datasets torch ray requests; run with PYTHONPATH=open-instruct
import importlib.machinery
import types

for name in ("beaker", "wandb"):  # they start jobs and report about them
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__spec__ = importlib.machinery.ModuleSpec(name, None)
from open_instruct import dataset_transformation as tulu

$tokenizer
MOST = $max_seq_length or 1 << 20


def samples(conversation):
    row = tulu.sft_tulu_tokenize_and_truncate_v1(conversation, tokenizer, MOST)
    if tulu.sft_tulu_filter_v1(row, tokenizer):
        yield row["input_ids"].tolist(), row["labels"].tolist()

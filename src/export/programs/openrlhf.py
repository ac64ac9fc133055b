# pip install openrlhf==0.11.2 transformers==5.23.0 datasets torch
from types import SimpleNamespace

from datasets import Dataset
from openrlhf.datasets.sft_dataset import SFTDataset

$tokenizer
data = SimpleNamespace(input_key="messages", output_key=None, apply_chat_template=True)
strategy = SimpleNamespace(args=SimpleNamespace(data=data))


def samples(conversation):
    rows = Dataset.from_list([{"messages": conversation["messages"]}])
    for ids, _, mask in SFTDataset(rows, tokenizer, $max_len, strategy, num_processors=None, multiturn=False):
        ids, mask = ids[0].tolist(), mask[0].tolist()
        # The mask at a position is for the prediction of the next token.
        yield ids, [i if trained else -100 for i, trained in zip(ids, [0, *mask])]

# pip install fschat==0.2.36 transformers==5.23.0 torch
from fastchat.train import train
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(
    TOKENIZER, model_max_length=$model_max_length, padding_side="right", use_fast=False
)
tokenizer.pad_token = tokenizer.unk_token  # as `train` does
tokenizer.legacy = $legacy


def samples(conversation):
    names = {"user": "human", "assistant": "gpt"}
    row = [{"from": names.get(it["role"], it["role"]), "value": it.get("content")} for it in conversation["messages"]]
    made = train.preprocess([row], tokenizer)
    # FastChat pads every row to `model_max_length`: what it pads with is left out.
    count = int(made["attention_mask"][0].sum())
    yield made["input_ids"][0][:count].tolist(), made["labels"][0][:count].tolist()

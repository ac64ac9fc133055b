# pip install llamafactory==0.9.5 transformers==5.23.0
# (It was run with empty modules in place of av and torchaudio, which are for video and sound.)
import os

os.environ["DISABLE_VERSION_CHECK"] = "1"  # it asks for an older transformers
from llamafactory.data import tool_utils
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import DatasetAttr
from llamafactory.data.processor.supervised import SupervisedDatasetProcessor
from llamafactory.data.template import get_template_and_fix_tokenizer
from llamafactory.hparams import DataArguments
from transformers import AutoTokenizer

$clock
tool_utils.datetime = Clock  # the description of tools for Llama 3 has today's date
tokenizer = AutoTokenizer.from_pretrained(TOKENIZER, use_fast=True, split_special_tokens=False, padding_side="right")
arguments = DataArguments(
    template=$template,
    train_on_prompt=$train_on_prompt,
    mask_history=$mask_history,
    enable_thinking={"true": True, "false": False}.get($enable_thinking),
    cutoff_len=$cutoff_len,
)
template = get_template_and_fix_tokenizer(tokenizer, arguments)
processor = SupervisedDatasetProcessor(template, tokenizer, None, arguments)
tags = dict(role_tag="role", content_tag="content", user_tag="user", assistant_tag="assistant", system_tag="system")
tags |= dict(observation_tag="tool", function_tag="function_call")
columns = DatasetAttr("file", "my_data", $formatting, messages="messages", tools="tools", **tags)
convert = get_dataset_converter($formatting, columns, arguments)


def samples(conversation):
    tools = conversation.get("tools")
    tools = json.dumps(tools, ensure_ascii=False) if tools else ""
    row = convert({"messages": conversation["messages"], "tools": tools})
    made = processor.preprocess_dataset({key: [value] for key, value in row.items()})
    yield from zip(made.get("input_ids", []), made.get("labels", []))

# pip install unsloth_zoo==2026.10.9 transformers==5.23.0 torch
import importlib.util
import pathlib

$tokenizer
# The function's own file: the package refuses to be imported without a GPU.
[package] = importlib.util.find_spec("unsloth_zoo").submodule_search_locations
spec = importlib.util.spec_from_file_location("responses", pathlib.Path(package) / "dataset_utils.py")
unsloth = importlib.util.module_from_spec(spec)
spec.loader.exec_module(unsloth)
mask = unsloth.train_on_responses_only(
    None,
    instruction_part=$instruction_part or None,
    response_part=$response_part or None,
    last_response_only=$last_response_only,
    tokenizer=tokenizer,
    return_function=True,
)


def samples(conversation):
    ids = tokenizer.apply_chat_template(conversation["messages"], tools=conversation.get("tools"), return_dict=False)
    [labels] = mask({"input_ids": [ids]})["labels"]
    if any(label != -100 for label in labels):  # Unsloth drops the other rows
        yield ids, labels

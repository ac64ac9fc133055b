"""Writes FOLDER/conversations.json: conversations that nobody would write, to look for what the kept ones do not show.

    python3 tests/oracle/random_conversations.py FOLDER [SEED] [COUNT]
    LOSSMASK_RECIPES=FOLDER venv/bin/python tests/oracle/….py EMBEDDED
    LOSSMASK_RECIPES=FOLDER cargo test --test recipes

Arguments of tool calls have one shape: Arrow, through which some trainers read, gives each the keys of the others.
"""

import json
import pathlib
import random
import sys

WORDS = ["Hello", "Paris", "user: ", "assistant", "a", "1", "23", ".", "!", "'s", "-", "=", "{", '"', "你好", "春风", "。", "𠮷"]
SPACES = [" ", "  ", "\t", "\n", "\n\n", "\r\n", "\u200b", "\ufeff"]
MARKS = ["é", "e\u0301", "\u0301", "👋🏽", "👨\u200d👩\u200d👧"]
MARKERS = ["<|im_end|>", "<|im_start|>", "<|im_start|>assistant\n", "<|im_start|>user\n", "<|endoftext|>", "<assistant>"]
MARKERS += ["<think>", "</think>", "<think>\n\n</think>\n\n", "### Response:\n", "### Instruction:\n", "### "]
MARKERS += ["[[", "]]", "[[dummy_message]]", "zz", "zzdummymessagezz"]


def text(longest):
    return "".join(random.choice(WORDS + SPACES + MARKS + MARKERS) for _ in range(random.randint(0, longest)))


def message(role):
    made = {"role": role, "content": text(random.choice([1, 4, 8, 25]))}
    if role == "assistant" and random.random() < 0.2:
        made["reasoning_content"] = text(4)
    if role == "assistant" and random.random() < 0.15:
        call = {"name": "f", "arguments": {"x": text(2)}}
        made["tool_calls"] = [{"id": "c", "type": "function", "function": call}]
    return made


def conversation(name):
    messages = [message("system")] if random.random() < 0.3 else []
    in_turn = random.random() < 0.6
    for turn in range(random.randint(1, 6)):
        role = ["user", "assistant"][turn % 2] if in_turn else random.choice(["user", "assistant", "tool", "system"])
        messages.append(message(role))
    made = {"id": name, "messages": messages}
    if random.random() < 0.15:
        parameters = {"type": "object", "properties": {"x": {"type": "string"}}}
        made["tools"] = [{"type": "function", "function": {"name": "f", "description": text(3), "parameters": parameters}}]
    return made


folder = pathlib.Path(sys.argv[1])
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
made = [conversation(f"r{index}") for index in range(int(sys.argv[3]) if len(sys.argv) > 3 else 200)]
folder.mkdir(parents=True, exist_ok=True)
(folder / "conversations.json").write_text(json.dumps(made, ensure_ascii=False))

"""Writes what ms-swift 4.6.0 makes of rows of several formats, a row and its messages a line.

    python3 -m venv venv && venv/bin/pip install ms-swift==4.6.0
    venv/bin/python tests/oracle/rows.py > tests/dialogue_rows.jsonl
"""

import copy
import json

from datasets import Dataset
from swift.dataset.preprocessor.core import AutoPreprocessor, MessagesPreprocessor

QUESTIONS = ["query", "prompt", "input", "instruction", "question", "problem"]
ANSWERS = ["response", "answer", "output", "targets", "target", "answer_key", "answers", "solution"]
ANSWERS += ["text", "completion", "content"]

ROWS = [{question: "问 1", "response": "答 1"} for question in QUESTIONS]
ROWS += [{"query": "q", answer: "a\n"} for answer in ANSWERS]
ROWS += [
    {"instruction": "say", "input": "春\n", "output": "spring"},
    {"instruction": "say", "input": "", "output": "spring"},
    {"instruction": "", "input": "x", "output": "y"},
    {"instruction": "say", "input": "x", "output": "y", "system": "s"},
    {"instruction": "say", "input": "x", "output": "y", "history": [["q", "a"], ["r", "b"]]},
    {"query": "q", "response": "a", "system_prompt": "s"},
    {"query": "q", "response": "a", "history": [["q1", "a1"]]},
    {"query": "q", "response": "a", "history": "[['q1', 'a1']]"},
    {"query": "q", "answers": ["first", "second"]},
    {"query": "q", "response": "a", "history": None},
    {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
    {"conversations": [{"from": "user", "value": "q"}, {"from": "bot", "value": "a"}], "system": "s"},
    {"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q"}, {"from": "assistant", "value": "a"}]},
    {"conversation": [{"human": "q", "assistant": "a"}, {"human": "r", "assistant": "b"}]},
    {"conversation": [{"user": "q", "assistant": "a"}], "system": "s"},
    {"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]},
    {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "system": "s"},
    {"messages": "[{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a'}]"},
    {"messages": '[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]'},
    {"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "value": "a"}]},
]

# Blocks of several types are no column of one type, so these go to the preprocessor of messages itself.
BLOCKS = [
    [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": [
            {"type": "text", "text": "let me "},
            {"type": "text", "text": "look"},
            {"type": "tool_use", "id": "1", "name": "f", "input": {"x": 1}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "r"}]},
            {"type": "text", "text": "and?"},
        ]},
    ],
    [
        {"role": "user", "content": [{"type": "text", "text": "q"}]},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "1", "name": "f", "input": {}},
            {"type": "tool_use", "id": "2", "name": "g", "input": {"y": "z"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "1", "content": "r"},
            {"type": "tool_result", "tool_use_id": "2", "content": "s"},
        ]},
    ],
]


def messages(row):
    dataset = Dataset.from_list([row])
    options = {"num_proc": 1, "load_from_cache_file": False, "strict": True, "enable_auto_mapping": True}
    return AutoPreprocessor()(dataset, **options)[0]["messages"]


def show(row, found):
    print(json.dumps({"row": row, "messages": found}, ensure_ascii=False))


for row in ROWS:
    show(row, messages(row))
for blocks in BLOCKS:
    row = {"messages": blocks}
    show(row, MessagesPreprocessor().preprocess(copy.deepcopy(row))["messages"])

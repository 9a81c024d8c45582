"""Holds JSON against the schemas of schema/openapi.yaml: the part of OpenAPI 3.0 that this file uses, and no more."""
import re
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent.parent.parent / "schema" / "openapi.yaml"
KNOWN = {"type", "properties", "required", "additionalProperties", "items", "enum", "allOf", "nullable", "minimum", "maximum",
         "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "description", "default", "example", "$ref"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
FORMATS = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "date": r"\d{4}-\d\d-\d\d", "binary": r".*",
           "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}


class Interface:
    def __init__(self):
        self.document = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    def follow(self, node):
        while "$ref" in node:
            at = self.document
            for part in node["$ref"][2:].split("/"):
                at = at[part.replace("~1", "/")]
            node = at
        return node

    def operations(self):
        """(method, path, operation with the path's own parameters)"""
        for path, item in self.document["paths"].items():
            for method in ("get", "put", "post", "patch", "delete"):
                if method in item:
                    operation = dict(item[method])
                    both = item.get("parameters", []) + operation.get("parameters", [])
                    operation["parameters"] = [self.follow(p) for p in both]
                    yield method.upper(), path, operation

    def answer(self, operation, status):
        """The description of this answer; None if there is none."""
        found = operation["responses"].get(str(status), operation["responses"].get("default"))
        return self.follow(found) if found else None

    def schema(self, name):
        return self.document["components"]["schemas"][name]

    def faults(self, value, schema, at="$", extra=True):
        """What does not fit, as texts. Objects may not have members that their schema does not name: the file is to be exact."""
        schema = self.follow(schema)
        unknown = set(schema) - KNOWN
        assert not unknown, f"openapi_check.py does not know {unknown}"
        if value is None:
            return [] if schema.get("nullable") else [f"{at}: is null"]
        out = []
        members = {}
        for part in schema.get("allOf", []):
            members.update(self.follow(part).get("properties", {}))
            out += self.faults(value, part, at, extra=False)
        kind = schema.get("type")
        if kind in TYPES and not isinstance(value, TYPES[kind]):
            return [f"{at}: is {value!r}, not {kind}"]
        if kind in ("number", "integer"):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or kind == "integer" and value != int(value):
                return [f"{at}: is {value!r}, not {kind}"]
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                out.append(f"{at}: {value} is out of range")
        if "enum" in schema and value not in schema["enum"]:
            out.append(f"{at}: {value!r} is none of {schema['enum']}")
        if isinstance(value, str):
            pattern = schema.get("pattern") or "^(?:" + FORMATS.get(schema.get("format"), ".*") + ")$"
            if not re.search(pattern, value, re.DOTALL):
                out.append(f"{at}: {value!r} does not match {pattern}")
        if isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                out.append(f"{at}: has {len(value)} items")
            for i, item in enumerate(value):
                out += self.faults(item, schema.get("items", {}), f"{at}[{i}]")
        if isinstance(value, dict):
            own = schema.get("properties", {})
            members.update(own)
            out += [f"{at}.{name}: is missing" for name in schema.get("required", []) if name not in value]
            for name, item in value.items():
                if name in own:
                    out += self.faults(item, own[name], f"{at}.{name}")
                elif isinstance(schema.get("additionalProperties"), dict):
                    out += self.faults(item, schema["additionalProperties"], f"{at}.{name}")
                elif extra and members and name not in members:
                    out.append(f"{at}.{name}: is not described")
        return out

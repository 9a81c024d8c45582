"""What tools/tidy.py needs to know of a source text: its includes, and where its functions begin and end.

Lexing by hand, not a compiler: fast, needs nothing installed, and good enough to count lines (names are for people).
"""
import ast
import re
from typing import NamedTuple

CONTROL = {"if", "for", "while", "switch", "catch", "do", "else", "try", "return"}
SCOPES = re.compile(r"\b(namespace|class|struct|enum|union|extern|concept)\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'', re.S)


class Include(NamedTuple):
    line: int
    angle: bool
    path: str


class Function(NamedTuple):
    name: str
    line: int
    lines: int


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    return [Include(line_of(text, m.start(1)), m[1] == "<", m[2]) for m in INCLUDE.finditer(text)]


def blank(text, keep_comments=False):
    """The same text with comments, strings and characters blanked, newlines kept."""
    def spaces(match):
        if keep_comments and match[0].startswith("/"):
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])
    return NOT_CODE.sub(spaces, text)


def comment_lines(text):
    """Lines with a comment, lines with code (a line can be both)."""
    comments = set()
    for match in NOT_CODE.finditer(text):
        if match[0].startswith("/"):
            first = line_of(text, match.start())
            comments.update(range(first, first + match[0].count("\n") + 1))
    code = sum(1 for line in blank(text).split("\n") if line.strip())
    return len(comments), code


def closing(text, opening):
    """The offset of the brace that closes the one at `opening`; the end where there is none."""
    depth = 0
    for at in range(opening, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def is_function(head):
    """Whether the text before a brace, since the last statement, declares a function."""
    words = re.findall(r"[A-Za-z_]\w*", head)
    if not words or words[0] in CONTROL or "(" not in head:
        return False
    before = head.split("(", 1)[0]
    while re.search(r"<[^<>]*>", before):  # `template <class T = int>` assigns nothing
        before = re.sub(r"<[^<>]*>", " ", before)
    if "operator" in before:
        return True
    if "=" in before:  # data, unless it is a lambda with a name
        return bool(re.search(r"\[[^\]]*\]\s*$", before))
    return not SCOPES.search(before)


def in_initializer(head, text, end):
    """A brace of `: a_{1}, b_{2} {`: more initializers or the body follow its end."""
    after = text[end + 1:end + 80].lstrip()[:1]
    return bool(re.search(r"\)[\w\s]*:[^:]", head)) and head.rstrip()[-1:].isidentifier() and after in (",", "{")


def name_of(head):
    match = re.search(r"(operator\s*\S+|[~\w:]+)\s*\(", head)
    name = match[1] if match else "?"
    if len(name) > 3 and name.isupper():  # a macro (TEST, TEST_F, RC_GTEST_PROP): its arguments are the name
        return re.sub(r"\s+", " ", head[match.start():].strip())[:80]
    return name.strip(":")


def functions(text):
    """Every function with a body; lambdas and local classes count as part of the function around them."""
    text = re.sub(r"^[ \t]*#[^\n]*(\\\n[^\n]*)*", lambda m: re.sub(r"[^\n]", " ", m[0]), blank(text), flags=re.M)
    found, at, start = [], 0, 0
    while at < len(text):
        character = text[at]
        if character == "{":
            head = text[start:at]
            end = closing(text, at)
            if in_initializer(head, text, end):
                at = end + 1
                continue
            if is_function(head):
                first = line_of(text, start + len(head) - len(head.lstrip()))
                found.append(Function(name_of(head), first, line_of(text, end) - line_of(text, at) + 1))
                at = end
            start = at + 1
        elif character in ";}":
            start = at + 1
        elif character == ":" and re.search(r"\b(public|private|protected)\s*$", text[start:at]):
            start = at + 1
        at += 1
    return found


def python_functions(text):
    tree = ast.parse(text)
    return [Function(node.name, node.lineno, node.end_lineno - node.lineno + 1) for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

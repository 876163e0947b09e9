"""The links and the anchors of a page in Markdown."""

import re

# What a link must not be looked for in: blocks and spans of code, and comments.
CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`+[^`\n]*`+|<!--.*?-->", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}[^\n]*(?:\n|\Z)|\n(?= {4}))+")
# [text](target), ![text](target), [name]: target, and the attributes of HTML.
LINK = re.compile(
    r"\]\(\s*<?(?P<inline>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)"
    r"|^\[[^\]]+\]:\s*(?P<reference>\S+)"
    r"|\b(?:href|src|srcset)=\"(?P<attribute>[^\"]+)\"",
    re.MULTILINE,
)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*$", re.MULTILINE)


def without_code(text):
    """The same text with spaces in place of code, so that positions and lines stay."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    return INDENTED.sub(blank, CODE.sub(blank, text))


def links(text):
    """[(line, target)]"""
    found = []
    for match in LINK.finditer(without_code(text)):
        found.append((text.count("\n", 0, match.start()) + 1, match[match.lastgroup]))
    return found


def with_links(text, replacement):
    """The text with `replacement(target)` in place of each target."""
    parts, end = [], 0
    for match in LINK.finditer(without_code(text)):
        start, stop = match.span(match.lastgroup)
        parts += [text[end:start], replacement(match[match.lastgroup])]
        end = stop
    return "".join([*parts, text[end:]])


def headings(text):
    """The texts of the headings, without the marks of Markdown."""
    plain = CODE.sub(lambda match: match[0] if match[0].startswith("`") and "\n" not in match[0] else "", text)
    for match in HEADING.finditer(plain):
        yield re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[2]).replace("`", "").replace("*", "")


def anchors(text):
    """The anchors that GitHub gives to the headings: lower case, a hyphen for each space, no punctuation."""
    seen, found = {}, set()
    for heading in headings(text):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen[anchor] = seen.get(anchor, -1) + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found | set(re.findall(r"\b(?:id|name)=\"([^\"]+)\"", without_code(text)))

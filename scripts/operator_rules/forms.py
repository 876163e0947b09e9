"""Values as YAML has them and as Go reads them, which is not always what a reader expects."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Form:
    """A scalar: its text in YAML, and what Go's reader makes of it."""

    text: str
    value: object


def yaml(node):
    """The node in flow style."""
    if isinstance(node, Form):
        return node.text
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {yaml(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(yaml(value) for value in node) + "]"
    return json.dumps(node)


def go(node):
    """The node as Go reads its YAML."""
    if isinstance(node, Form):
        return node.value
    if isinstance(node, dict):
        return {key: go(value) for key, value in node.items()}
    if isinstance(node, list):
        return [go(value) for value in node]
    return node


def integer(random, number):
    """A number in one of its forms; rarely one that Go reads as something else."""
    forms = [Form(str(number), number)] * 12
    forms += (
        [Form(f"{number}.0", float(number)), Form(hex(number), number), Form(f"+{number}", number)]
        if number >= 0
        else []
    )
    forms += [Form(f'"{number}"', str(number))]
    if number > 7 and "8" not in f"0{number}" and "9" not in f"0{number}":
        forms.append(Form(f"0{number}", int(str(number), 8)))
    return random.choice(forms)


def text(random, value):
    """A string, in quotes or without them."""
    plain = value.replace("-", "").replace("/", "").replace(".", "").isalnum() and value[:1].isalpha()
    is_word = value.lower() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n", "none")
    if plain and (not is_word or value == "None") and random.random() < 0.6:
        return Form(value, value)
    if "'" not in value and random.random() < 0.3:
        return Form(f"'{value}'", value)
    return value


def boolean(random, value):
    words = ["true", "True", "yes", "on"] if value else ["false", "FALSE", "no", "off"]
    return Form(random.choice(words), value)

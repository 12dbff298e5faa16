"""A strict reader of OpenMetrics 1.0 text: what breaks a rule is an error, with
the line.

families = parse(text): name to Family(type, unit, help, samples), and samples
{(name, labels): value} with labels a tuple of pairs, sorted.
"""
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|"
                    r"\.[0-9]+(?:[eE][+-]?[0-9]+)?)$|[+-]?[iI]nf$|NaN$")
SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",),
            "histogram": ("_bucket", "_count", "_sum", "_created"),
            "info": ("_info",), "unknown": ("",)}


class Family:
    def __init__(self):
        self.type, self.unit, self.help, self.samples = None, None, None, {}


class Wrong(Exception):
    pass


def check(good, words, line):
    if not good:
        raise Wrong(f"{words}: {line!r}")


def unescape(text, line):
    check(re.fullmatch(r'(?:[^\\"\n]|\\[\\n"])*', text),
          "text is not escaped as it should be", line)
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text)


def parse_labels(text, line):
    """Behind "{": pairs, and what follows "}"."""
    pairs = []
    while not text.startswith("}"):
        name = LABEL.match(text)
        check(name, "a label's name is missing", line)
        text = text[name.end():]
        value = re.match(r'="((?:[^\\"]|\\.)*)"', text)
        check(value, "a label's value is not quoted", line)
        check(name[0] not in dict(pairs), "a label stands twice", line)
        pairs.append((name[0], unescape(value[1], line)))
        text = text[value.end():]
        if text.startswith(","):
            text = text[1:]
            check(not text.startswith("}"), "a comma ends the labels", line)
        else:
            check(text.startswith("}"), "labels are not separated", line)
    return tuple(sorted(pairs)), text[1:]


def parse_sample(line):
    name = NAME.match(line)
    check(name, "no name", line)
    rest, labels = line[name.end():], ()
    if rest.startswith("{"):
        labels, rest = parse_labels(rest[1:], line)
    check(rest.startswith(" "), "no blank before the value", line)
    parts = rest[1:].split(" ")
    check(len(parts) in (1, 2), "more than value and time", line)
    for part in parts:
        check(NUMBER.match(part), "not a number", line)
    return name[0], labels, float(parts[0])


def parse_meta(line, families, current):
    word, name, *rest = line[2:].split(" ", 2)
    check(word in ("TYPE", "UNIT", "HELP"), "an unknown comment", line)
    check(NAME.fullmatch(name), "a wrong name", line)
    if name != current:
        check(name not in families, "a family stands twice", line)
        families[name] = Family()
    family, text = families[name], rest[0] if rest else ""
    check(not family.samples, "it comes behind the samples", line)
    check(getattr(family, word.lower()) is None, "it stands twice", line)
    if word == "TYPE":
        check(text in SUFFIXES, "an unknown type", line)
        check(not name.endswith("_total"), "a family ends in _total", line)
    if word == "UNIT":
        check(name.endswith("_" + text), "the name lacks its unit", line)
    setattr(family, word.lower(),
            unescape(text, line) if word == "HELP" else text)
    return name


def check_sample(family, current, name, labels, value, line):
    check(family is not None and name.startswith(current) and
          name[len(current):] in SUFFIXES[family.type or "unknown"],
          "the name is not one of its family", line)
    check((name, labels) not in family.samples, "it stands twice", line)
    if family.type == "counter":
        check(value >= 0 and not math.isnan(value), "no counter", line)
    if name == current + "_bucket" and family.type == "histogram":
        bound = dict(labels).get("le")
        check(bound is not None, "a bucket without le", line)
        check(re.fullmatch(r"\+Inf|[0-9]+\.[0-9]+|[0-9.]+e[+-][0-9]+", bound),
              "le is not as it is written", line)


def check_histogram(name, family):
    buckets = [(float(dict(labels)["le"]), value)
               for (sample, labels), value in family.samples.items()
               if sample == name + "_bucket"]
    check(buckets == sorted(buckets), "buckets are out of order", name)
    values = [value for _, value in buckets]
    check(values == sorted(values), "buckets do not add up", name)
    check(buckets and math.isinf(buckets[-1][0]), "no bucket +Inf", name)
    check(family.samples.get((name + "_count", ())) == values[-1],
          "count and +Inf differ", name)
    check((name + "_sum", ()) in family.samples, "no sum", name)


def parse(text):
    check(text.endswith("# EOF\n"), "no # EOF at the end", text[-80:])
    families, current = {}, None
    for line in text[:-len("# EOF\n")].split("\n")[:-1]:
        check(line and line == line.strip(), "an empty or padded line", line)
        if line.startswith("# "):
            current = parse_meta(line, families, current)
            continue
        check(not line.startswith("#"), "a comment of no kind", line)
        name, labels, value = parse_sample(line)
        family = families.get(current)
        check_sample(family, current or "", name, labels, value, line)
        family.samples[name, labels] = value
    for name, family in families.items():
        check(family.type and family.help, "no type or no help", name)
        check(family.samples, "no samples", name)
        if family.type == "histogram":
            check_histogram(name, family)
    return families

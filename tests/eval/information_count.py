#!/usr/bin/env python3
"""information_count.py - counts the words that stages/dedup/information.c knows.

    information_count.py DIRECTORY LANGUAGE:KIND:FILE...

writes information_words.def and information_pairs.def into DIRECTORY. The kinds:

    texts   reviews, one a line
    short   titles of reviews, one a line; texts of at most 80 characters count here as well
    stock   generic phrases, one a line, by hand
    list    "word count" a line, of the language at large

The cost of a word is -log2 of a mixture of what the kinds say of its frequency; each file of
texts counts for at most FILE_WORDS words, so that no single trade makes the language. A pair
of neighbours is kept where the first word makes the second cheaper by PAIR_GAIN bits or more.
"""

import collections
import html
import math
import re
import sys
import unicodedata

FILE_WORDS = 400_000
SHARES = {"texts": 0.35, "short": 0.25, "stock": 0.20, "list": 0.20}
PAIR_COUNTS = {"texts": 1, "short": 5, "stock": 10}  # what one pair of the kind counts
PAIR_BACKOFF = 20  # pairs' worth of the word alone
PAIR_GAIN = 1.0
PAIR_MIN = 6.0  # count, in units of texts
STEP = 0.5
SHORT_LETTERS = 80
WORDS_OF = {"en": 6000, "fr": 6000}
WORDS_ELSE = 1500
PAIRS_OF = {"en": 9000, "fr": 9000}
PAIRS_ELSE = 1000
STOCK_MAX = 8.0  # bits: what a word of the stock phrases costs at most
LINE = 84
GROUP = 3600  # characters: a string of C has at most 4,095


def fold(text):
    """Near to fold.h's key: words of a-z0-9."""
    text = re.sub(r"<[^>]{1,40}>", " ", html.unescape(text))
    for a, b in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("ß", "ss")):
        text = text.replace(a, b)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    text = re.sub(r"[^\w]|_", " ", text.casefold())
    text = re.sub(r"([^\W\d])\1{2,}", r"\1\1", text)
    return text.split()


class Kind:
    """Counts of one kind of source."""

    def __init__(self):
        self.words = collections.Counter()
        self.pairs = collections.Counter()

    def add(self, words, weight=1.0):
        for i, word in enumerate(words):
            self.words[word] += weight
            if i:
                self.pairs[words[i - 1], word] += weight


class Language:
    """All counts of a language."""

    def __init__(self, code):
        self.code = code
        self.kinds = {kind: Kind() for kind in SHARES}

    def read(self, kind, path):
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip()]
        if kind == "list":
            for line in lines:
                word, count = line.rsplit(None, 1)
                self.kinds[kind].add(fold(word.replace("'", " ")), int(count))
            return
        texts = [fold(line) for line in lines]
        weight = min(1.0, FILE_WORDS / max(1, sum(map(len, texts))))
        for words in texts:
            self.kinds[kind].add(words, weight)
            if kind == "texts" and sum(map(len, words)) + len(words) <= SHORT_LETTERS:
                self.kinds["short"].add(words)

    def costs(self):
        """word: bits, of the words that are kept."""
        kinds = {k: v for k, v in self.kinds.items() if v.words}
        share = sum(SHARES[kind] for kind in kinds)
        mixed = collections.Counter()
        for name, kind in kinds.items():
            total = sum(kind.words.values())
            for word, count in kind.words.items():
                mixed[word] += SHARES[name] / share * count / total
        stock = set(self.kinds["stock"].words)
        costs = {}
        for word, p in mixed.most_common(WORDS_OF.get(self.code, WORDS_ELSE)):
            costs[word] = -math.log2(p)
        for word in stock:
            costs[word] = min(costs.get(word, STOCK_MAX), STOCK_MAX)
        return {w: c for w, c in costs.items() if re.fullmatch("[a-z0-9]*[a-z][a-z0-9]*", w)}

    def pairs(self, costs):
        """(first, second): bits, of the pairs that are kept."""
        counts, firsts = collections.Counter(), collections.Counter()
        for name, factor in PAIR_COUNTS.items():
            for (a, b), count in self.kinds[name].pairs.items():
                counts[a, b] += count * factor
                firsts[a] += count * factor
        found = []
        for (a, b), count in counts.items():
            if count < PAIR_MIN or a not in costs or b not in costs:
                continue
            p = (count + PAIR_BACKOFF * 2 ** -costs[b]) / (firsts[a] + PAIR_BACKOFF)
            bits = -math.log2(p)
            if bits + PAIR_GAIN <= costs[b]:
                found.append((count * (costs[b] - bits), a, b, bits))
        found.sort(reverse=True)
        limit = PAIRS_OF.get(self.code, PAIRS_ELSE)
        return {(a, b): bits for _, a, b, bits in found[:limit]}


def groups(entries):
    """{text: bits} as [(tenths, [lines of texts])], no group over what a string may have."""
    steps = collections.defaultdict(list)
    for text, bits in entries.items():
        steps[max(0, round(bits / STEP))].append(text)
    for step in sorted(steps):
        lines, size = [""], 0
        for text in sorted(steps[step]):
            if size > GROUP:
                yield round(step * STEP * 10), lines
                lines, size = [""], 0
            if len(lines[-1]) + len(text) > LINE - 16:
                lines.append("")
            lines[-1] += text + " "
            size += len(text) + 1
        yield round(step * STEP * 10), lines


def write(path, head, macro, sets):
    with open(path, "w", encoding="utf-8") as file:
        file.write(head)
        for prefix, entries in sets:
            for tenths, lines in groups(entries):
                file.write(f"\n{macro}({prefix}{tenths},")
                lines[-1] = lines[-1].rstrip()
                for line in lines:
                    file.write(f'\n\t"{line}"')
                file.write(")")
            file.write("\n")


HEAD = """/* %s
 * Made by tests/eval/information_count.py; information.c's head of sources is in
 * docs/DEDUP.md. Not edited by hand.
 */
"""


def main():
    directory, languages = sys.argv[1], {}
    for argument in sys.argv[2:]:
        code, kind, path = argument.split(":", 2)
        languages.setdefault(code, Language(code)).read(kind, path)
    words, pairs = [], {}
    for code in sorted(languages):
        costs = languages[code].costs()
        words.append((f"{code}, ", costs))
        for pair, bits in languages[code].pairs(costs).items():
            pairs[pair] = min(bits, pairs.get(pair, bits))
    write(f"{directory}/information_words.def",
          HEAD % "WORDS(language, tenths of a bit, words): what a word costs (information.h).",
          "WORDS", words)
    write(f"{directory}/information_pairs.def",
          HEAD % "PAIRS(tenths of a bit, pairs): what a word costs behind another.",
          "PAIRS", [("", {f"{a}_{b}": bits for (a, b), bits in pairs.items()})])


main()

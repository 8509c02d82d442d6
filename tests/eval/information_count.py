#!/usr/bin/env python3
"""information_count.py - counts the words that stages/dedup/information.c knows.

    information_count.py DIRECTORY LANGUAGE:KIND:FILE...

writes information_words.def and information_pairs.def into DIRECTORY. The kinds:

    texts   reviews, one a line
    short   titles of reviews, one a line; texts of at most 80 characters count here as well
    stock   generic phrases by hand, cut at commas
    list    "word count" a line, of the language at large

The cost of a word is -log2 of a mixture of what the kinds say of its frequency; each file of
texts counts for at most FILE_WORDS words, so that no single trade makes the language. A word
of the stock phrases, and what differs from one in its ending alone, costs STOCK_MAX at most.
A pair of neighbours is kept where the first makes the second cheaper by PAIR_GAIN bits or more;
pairs of stock phrases count most, those of reviews at large little, as copies are made of them.
"""

import collections
import html
import math
import re
import sys
import unicodedata

FILE_WORDS = 400_000
SHARES = {"texts": 0.35, "short": 0.25, "stock": 0.20, "list": 0.20}
PAIR_COUNTS = {"texts": 0.3, "short": 5, "stock": 40}  # what one pair of the kind counts
PAIR_BACKOFF = 20  # pairs' worth of the word alone
PAIR_GAIN = 1.0
PAIR_MIN = 6.0  # count, in units of texts
STEP = 0.5
SHORT_LETTERS = 80
WORDS_OF = {"en": 4500, "fr": 4500}
WORDS_ELSE = 1500
PAIRS_OF = {"en": 5000, "fr": 5000}
PAIRS_ELSE = 1500
STOCK_MAX = 8.0  # bits: what a word of the stock phrases costs at most (information.c: STOCK)
WORD_MAX = 11.0  # bits (information.c)
VARIANT_MIN = 300  # of a list: how often it must have a variant of a stock word
STEM_LETTERS = 4
ENDINGS = {
    "de": "e en er es em n t te ten st s end ende ung ungen ig lich",
    "en": "s es ed d ing ly er est y ies ied ness able al ment ful less n t ers",
    "es": "s es a o as os e i ar er ir ado ada ados adas ido ida aba mente cion ciones ra re remos",
    "fr": "s e es ee ees er ez ent ait ais aient ai as a ons erai erais erait eront era erons erez "
          "ment ant ants ante antes eur euse eurs euses eux x is it irai irais i ie ies if ive ifs "
          "ives al ale aux ales able ables ation ations ite ites",
    "it": "a o e i are ere ire ato ata ati ate ito ita iti ite mente zione zioni issimo issima "
          "issimi issime ero eremo era",
    "nl": "e en er s t te ten de den d ing ingen lijk ste",
    "pt": "s es a o as os e ar er ir ado ada ados adas ido ida mente cao coes rei remos",
}
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


def stem(word, code):
    """What is left without the longest ending that leaves STEM_LETTERS."""
    for ending in sorted(ENDINGS.get(code, "").split(), key=len, reverse=True):
        if word.endswith(ending) and len(word) - len(ending) >= STEM_LETTERS:
            return word[: -len(ending)]
    return word


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
        self.files = collections.Counter()  # of texts that have the word or pair

    def read(self, kind, path):
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip()]
        if kind == "list":
            for line in lines:
                word, count = line.rsplit(None, 1)
                self.kinds[kind].add(fold(word.replace("'", " ")), int(count))
            return
        if kind == "stock":
            lines = [part for line in lines for part in re.split("[,;.!?]", line)]
        texts = [fold(line) for line in lines]
        weight = min(1.0, FILE_WORDS / max(1, sum(map(len, texts))))
        if kind == "texts":
            self.files.update({word for words in texts for word in words})
            self.files.update({pair for words in texts for pair in zip(words, words[1:])})
        for words in texts:
            self.kinds[kind].add(words, weight)
            if kind == "texts" and sum(map(len, words)) + len(words) <= SHORT_LETTERS:
                self.kinds["short"].add(words)

    def own(self, what, kinds):
        """Of one file of texts alone, and of nothing else: a name."""
        return self.files[what] < 2 and not any(what in kind for kind in kinds)

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
        others = self.kinds["list"].words, self.kinds["stock"].words
        kept = [word for word, _ in mixed.most_common() if not self.own(word, others)]
        for word in kept[: WORDS_OF.get(self.code, WORDS_ELSE)]:
            costs[word] = min(-math.log2(mixed[word]), WORD_MAX)
        stems = {stem(word, self.code) for word in stock if len(word) >= STEM_LETTERS}
        common = self.kinds["list"].words
        for word in set(costs) | {word for word in common if common[word] > VARIANT_MIN}:
            if len(word) > STEM_LETTERS and stem(word, self.code) in stems:
                stock.add(word)
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
            if self.own((a, b), [self.kinds["stock"].pairs]):
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
 * Made by tests/eval/information_count.py, which says how; not edited by hand. Counted were
 *
 *	en  17,010 reviews of clothes (CC0), 4,513 of deliveries of food, 1,606 of firms, 77 of
 *	    a bank and 1,055 of goods of every kind; 29,299 titles of reviews
 *	fr  757 reviews of insurers, 2,940 of television series, 1,284 of shops and 374 of a
 *	    bank; 488 titles
 *	es  1,029 sentences of reviews of hotels; nl  447 reviews of a bank
 *	all FrequencyWords 2018 (subtitles; Hermit Dave, CC BY-SA 4.0), 50,000 words each, and
 *	    phrases of our own, tests/data/generic
 *
 * A quarter of the reviews was left out, to measure with. What one file of
 * reviews alone has, and no list, is a name, and not here.
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


if __name__ == "__main__":
    main()

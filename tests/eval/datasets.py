#!/usr/bin/env python3
"""datasets.py DATA OUT [tune] - labelled texts for the classifiers and the evaluations, as NDJSON.

Reads the data sets under DATA (none of them is part of this project; docs/MODELS.md has the
licences) and writes
	OUT/abuse.ndjson, OUT/spam.ndjson	for `normavis model train` and `eval`
	OUT/eval/NAME.ndjson			what is never trained on, a file a set
	OUT/reviews.ndjson			every clothing review, with title and text
A set that is absent is named and left out. With `tune`, for choosing settings: fifth 1 of the tweets is what
is tested, and fifth 0, HateCheck and all of OUT/eval are left out. The same input gives the same output, byte for
byte. docs/MODELS.md says what counts as abuse in which set, and why.

Standard library only.
"""

import csv
import hashlib
import html
import json
import os
import random
import re
import sys

from phrases import (ANGRY, HATE, INSULT, NAMED, NOT_SPAM, ORDINARY, PHRASE_SETS, PROFANE, SLOTS, SPAM,
                     SPAM_SLOTS)


TUNING = sys.argv[3:] == ["tune"]


def fifth(set_name, text):
    """0 to 4, for ever the same for a text of a set: which fifth of the set it is in.

    The first 8 bytes, big-endian, of SHA-256("<set>\n<text>") modulo 5; `text` as it stands
    in the set's file. Fifth 0 of the tweets is for testing; equal texts stay together.
    """
    digest = hashlib.sha256(f"{set_name}\n{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 5


def split_of(set_name, text, tested=(0,)):
    part = fifth(set_name, text)
    if TUNING and tested == (0,):
        return {0: "left out", 1: "test"}.get(part, "train")
    return "test" if part in tested else "train"


def clean(tweet):
    """A tweet without what no review has: who it is to, where it points, entities."""
    text = html.unescape(html.unescape(tweet))
    text = re.sub(r"(?i)https?://\S*|@url\b", " ", text)
    text = re.sub(r"(?i)(^|\W)rt\s+(?=@|$)", " ", text)
    text = re.sub(r"@\w+:?", " ", text)
    text = re.sub(r"(?i)^\W*rt\b", " ", text)
    return re.sub(r"\s+", " ", text).strip(" \"!:")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def line(text, label, language, split, group, weight=1):
    made = {"text": text, "label": label, "language": language, "split": split, "group": group}
    if weight != 1:
        made["weight"] = weight
    return made


# --- sets ---------------------------------------------------------------------------------------

# Of whom a tweet could be said to speak; what is crude and has none of these is about no one.
SOMEBODY = re.compile(
    r"(?i)\b(bitch\w*|hoes?|nigg\w*|fag\w*|puss\w*|cunt\w*|retard\w*|whore\w*|slut\w*|thots?|dyke\w*|queer\w*|"
    r"idiot\w*|dumb\w*|ugly|trash|coons?|crackers?|rednecks?|spics?|chinks?|you|u|ur|your|he|she|his|her|him|"
    r"they|them|those|these|people|guys?|girls?|m[ea]n|wom[ea]n|mother\w*)\b")


def davidson(data):
    """Tweets (en). Hate speech and offensive language are abuse, `neither` is not. A crude
    tweet about no one is not trained on: profanity as such is no abuse."""
    kinds = {"0": "hate", "1": "offensive", "2": "neither"}
    for row in rows(f"{data}/davidson-en/labeled_data.csv"):
        kind = kinds[row["class"]]
        text = clean(row["tweet"])
        split = split_of("davidson-en", row["tweet"])
        if not text or (split == "train" and kind == "offensive" and not SOMEBODY.search(text)):
            continue
        yield line(text, kind != "neither", "en", split, f"davidson-en/{kind}")


HOSTILE = {"offensive", "hateful", "abusive", "disrespectful"}


def mlma(data, language):
    """Tweets. Several people's labels stand joined by '_': one of HOSTILE makes it abuse,
    `normal` alone makes it none, both at once is a disagreement: tested as abuse, never trained
    on. `fearful` without the others says nothing about insult, and is left out."""
    name = f"mlma-{language}"
    for row in rows(f"{data}/mlma/{language}_dataset.csv"):
        labels = set(row["sentiment"].split("_"))
        text, split = clean(row["tweet"]), split_of(name, row["tweet"])
        hostile, normal = bool(labels & HOSTILE), "normal" in labels
        if not text or (not hostile and "fearful" in labels):
            continue
        if hostile and normal:
            if split == "test":
                yield line(text, True, language, split, f"{name}/disagreed")
            continue
        yield line(text, hostile, language, split, f"{name}/{'hostile' if hostile else 'normal'}",
                   3 if name == "mlma-fr" and normal else 1)


def hatecheck(data):
    """Written cases (en), all for testing."""
    for row in rows(f"{data}/hatecheck-en/test_suite_cases.csv"):
        yield line(row["test_case"].strip(), row["label_gold"] == "hateful", "en", "test",
                   f"hatecheck-en/{row['functionality']}")


CLOTHING_TESTED = (2, 3, 4)


def clothing(data):
    """Product reviews (en), taken for free of abuse and spam. Two fifths are for training."""
    for row in rows(f"{data}/womens-clothing/reviews.csv"):
        text = "\n".join(part for part in (row["Title"].strip(), row["Review Text"].strip()) if part)
        if text:
            yield line(text, False, "en", split_of("clothing-en", row[""], CLOTHING_TESTED), "clothing-en")


def every_review(data):
    """All clothing reviews as a shop sends them, to see how many rules would stop."""
    for row in rows(f"{data}/womens-clothing/reviews.csv"):
        yield {"title": row["Title"], "text": row["Review Text"], "language": "en"}


def sentences(reviews):
    """One sentence of each: short texts are not abuse for being short."""
    for review in reviews:
        parts = [part.strip() for part in re.split(r"[.!?\n]+", review["text"]) if part.strip()]
        if review["split"] == "train" and len(parts) > 1:
            yield {**review, "text": parts[fifth("sentence", review["text"]) % len(parts)], "group": "clothing-en/sentence"}


def embedded(tweets, reviews):
    """Abusive tweets of the test, each inside a long review of the test: is it still seen?"""
    chance = random.Random(22)
    bodies = [words for words in (review["text"].split() for review in reviews if review["split"] == "test")
              if len(words) >= 60]
    for tweet in tweets:
        if bodies and tweet["label"] and tweet["split"] == "test":
            words = list(chance.choice(bodies))
            at = chance.randint(0, len(words))
            yield {**tweet, "text": " ".join(words[:at] + [tweet["text"]] + words[at:]), "group": "embedded-en"}


def presidio(data):
    """Made sentences (en) with names, addresses, numbers: all for training, none is abuse."""
    for name in ("generated_large", "synth_dataset_v2"):
        with open(f"{data}/presidio-pii/{name}.json", encoding="utf-8") as file:
            for item in json.load(file):
                yield line(item["full_text"], False, "en", "train", "presidio-en")


# --- our own ------------------------------------------------------------------------------------

def fill(chance, template, slots):
    while "{" in template:
        template = re.sub(r"\{(\w+)\}", lambda m: chance.choice(slots[m[1]]), template, count=1)
    return template[:1].upper() + template[1:]


def slots_of(table):
    return {name: words.split("|") for name, words in table.items()}


def made(chance, kinds, language, slots, split, times):
    """`times` sentences of each template of the split: every fifth template is for testing."""
    for templates in kinds:
        for i, template in enumerate(templates[language]):
            if (split == "test") == (i % 5 == 4):
                for _ in range(times):
                    yield fill(chance, template, slots)


def own_abuse():
    chance = random.Random(20)
    for language in ("en", "fr"):
        slots = slots_of(SLOTS[language])
        for split, times in (("train", 40), ("test", 8)):
            calm = list(made(chance, (ORDINARY, ANGRY), language, slots, split, max(times // 8, 2)))
            for name, kinds, label, weight in PHRASE_SETS:
                for text in sorted(set(made(chance, kinds, language, slots, split, times))):
                    # Half of them stand in a review of their own, among other sentences.
                    if chance.random() < 0.5:
                        parts = [text] + chance.sample(calm, chance.randint(1, 3))
                        chance.shuffle(parts)
                        text = " ".join(parts)
                    yield line(text, label, language, split, f"own-{language}/{name}", weight)


def own_spam():
    chance = random.Random(21)
    for language in ("en", "fr"):
        slots = slots_of({**SLOTS[language], **SPAM_SLOTS})
        for split, times in (("train", 60), ("test", 20)):
            calm = list(made(chance, (ORDINARY,), language, slots, split, 4))
            for name, kinds, label in (("spam", (SPAM,), True), ("alike", (NOT_SPAM,), False),
                                       ("other", (ORDINARY, ANGRY, PROFANE, NAMED, INSULT, HATE), False)):
                often = times if label else times // 3
                for text in sorted(set(made(chance, kinds, language, slots, split, often))):
                    if chance.random() < 0.3:
                        parts = [text] + chance.sample(calm, 1)
                        chance.shuffle(parts)
                        text = " ".join(parts)
                    yield line(text, label, language, split, f"own-{language}/{name}")


# --- files --------------------------------------------------------------------------------------

def read(name, lines):
    try:
        return list(lines)
    except FileNotFoundError as absent:
        print(f"datasets: {name} is not there and left out: {absent.filename}", file=sys.stderr)
        return []


def write(path, lines):
    lines = [made_line for made_line in lines if made_line.get("split") != "left out"]
    with open(path + ".part", "w", encoding="utf-8", newline="\n") as file:
        for made_line in lines:
            file.write(json.dumps(made_line, ensure_ascii=False) + "\n")
    os.replace(path + ".part", path)
    print(f"{path}: {len(lines)} lines")


def main(data, out):
    os.makedirs(f"{out}/eval", exist_ok=True)
    sets = {
        "davidson-en": read("davidson-en", davidson(data)),
        "mlma-en": read("mlma-en", mlma(data, "en")),
        "mlma-fr": read("mlma-fr", mlma(data, "fr")),
        "hatecheck-en": [] if TUNING else read("hatecheck-en", hatecheck(data)),
        "clothing-en": read("clothing-en", clothing(data)),
        "presidio-en": read("presidio-en", presidio(data)),
    }
    short = list(sentences(sets["clothing-en"]))
    inside = list(embedded(sets["davidson-en"], sets["clothing-en"]))
    own = {"abuse": list(own_abuse()), "spam": list(own_spam())}
    write(f"{out}/abuse.ndjson", [made_line for lines in sets.values() for made_line in lines] + short + inside
          + own["abuse"])
    # For spam the tweets are ordinary texts, and HateCheck is of no use.
    calm = [{**made_line, "label": False, "weight": 1} for name in ("mlma-en", "mlma-fr", "clothing-en", "presidio-en")
            for made_line in sets[name] + (short if name == "clothing-en" else [])]
    write(f"{out}/spam.ndjson", calm + own["spam"])
    write(f"{out}/reviews.ndjson", read("clothing-en", every_review(data)))
    for name, lines in sets.items():
        tested = [{key: made_line[key] for key in ("text", "language", "label", "group")}
                  for made_line in lines if made_line["split"] == "test"]
        if tested and not TUNING:
            write(f"{out}/eval/{name}.ndjson", tested)


if __name__ == "__main__":
    if len(sys.argv) != 3 and not TUNING:
        sys.exit("usage: datasets.py DATA OUT [tune]")
    main(sys.argv[1], sys.argv[2])

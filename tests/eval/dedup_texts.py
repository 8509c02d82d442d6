#!/usr/bin/env python3
"""dedup_texts.py DATA OUT - natural texts for eval_dedup, one a line, in OUT/NAME.txt.

Of the data that docs/MODELS.md names (none of it is part of this project): clothing reviews,
English and French tweets. Files *.txt that lie in DATA itself are taken as they are, a text a
line. Prints the names of what was written.

Standard library only.
"""

import glob
import os
import re
import shutil
import sys

from datasets import clean, rows


def clothing(data):
    for row in rows(f"{data}/womens-clothing/reviews.csv"):
        yield " ".join(part for part in (row["Title"], row["Review Text"]) if part.strip())


def davidson(data):
    for row in rows(f"{data}/davidson-en/labeled_data.csv"):
        yield clean(row["tweet"])


def mlma_fr(data):
    for row in rows(f"{data}/mlma/fr_dataset.csv"):
        yield clean(row["tweet"])


def write(path, texts):
    """A set that is absent is left out, and said so."""
    try:
        lines = [line for line in (re.sub(r"\s+", " ", text).strip() for text in texts) if line]
    except FileNotFoundError as absent:
        print(f"dedup_texts: not there and left out: {absent.filename}", file=sys.stderr)
        return
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
    print(path)


def main(data, out):
    os.makedirs(out, exist_ok=True)
    given = sorted(glob.glob(f"{data}/*.txt"))
    for path in given:
        name = f"{out}/given-{os.path.basename(path)}"
        shutil.copyfile(path, name)
        print(name)
    if not given:
        for name, texts in (("clothing", clothing), ("davidson", davidson), ("mlma-fr", mlma_fr)):
            write(f"{out}/{name}.txt", texts(data))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: dedup_texts.py DATA OUT")
    main(sys.argv[1], sys.argv[2])

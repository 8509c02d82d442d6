#!/usr/bin/env python3
"""sample_check.py SAMPLE EXPECTED ANSWERS STORE - what became of the sample's lines, against
what was expected of each; the words of the published ones; nobody's data in the log.

Prints one line per complaint and exits 1, or one line of figures and exits 0.
"""
import json
import re
import sqlite3
import sys

complaints = []


def expect(holds, what, *detail):
    if not holds:
        complaints.append(" ".join([what] + [str(d)[:200] for d in detail]))


def read(line):
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def source_id(line):
    # A person reads it where a parser may not.
    found = re.search(rb'"source_id"\s*:\s*"([^"]*)"', line)
    return found.group(1).decode() if found else None


def outcomes(store):
    ended = {}
    for name, kind, state, reason in store.execute(
            "SELECT x.source_id, 'review', v.state, d.reason FROM revision x"
            " JOIN reviews v ON v.n = x.n JOIN decisions d ON d.n = v.decision AND d.review = v.n"
            " UNION ALL SELECT source_id, 'fact', NULL, NULL FROM supplier_version"
            " UNION ALL SELECT source_id, 'fact', NULL, NULL FROM subject_version"
            " UNION ALL SELECT source_id, 'fact', NULL, NULL FROM site_version"):
        ended[name] = ("applied" if kind == "fact" else state, reason)
    return ended


def check_outcomes(lines, expected, answers, store):
    ended, seen = outcomes(store), {}
    for line, answer in zip(lines, answers):
        name = source_id(line)
        status = answer["status"]
        if name is None:
            expect(status == "refused", "without a source_id:", answer)
        elif name not in seen:
            seen[name] = []
            got = ended.get(name, ("missing", None)) if status == "accepted" else (status, None)
            want = (expected[name]["outcome"], expected[name]["reason"])
            expect(got == want, name, "is", got, "and not", want)
            expect(want[0] != "refused" or answer["reason"], name, "has no reason")
        else:
            seen[name].append(answer["reason"] if status == "refused" else status)
    for name, again in seen.items():
        expect(again == expected[name].get("again", []), name, "came again:", again)
    expect(set(seen) == set(expected), "not seen:", set(expected) - set(seen))


def check_words(lines, expected, store):
    wrote = {}
    for line in lines:
        wrote.setdefault(source_id(line), read(line))
    shown = {name: (title, text, display) for name, title, text, display in store.execute(
        "SELECT x.source_id, CAST(p.title AS BLOB), CAST(p.text AS BLOB), CAST(p.display_name AS BLOB)"
        " FROM public_reviews p JOIN revision x ON x.n = p.n")}
    expect(set(shown) == {n for n, e in expected.items() if e["outcome"] == "published"},
           "others are published")
    for name, words in shown.items():
        for field, got in zip(("title", "text", "display_name"), words):
            want = wrote[name].get(field) or None
            expect(got == (want.encode() if want else None), name, field, "differs:", got)
    return len(shown)


def fragments(text):
    """Every run of four words, which no event could hold by chance."""
    words = text.split()
    return [" ".join(words[i:i + 4]) for i in range(max(1, len(words) - 3))]


def check_log(lines, store):
    entries = [entry for entry, in store.execute("SELECT entry FROM event")]
    entries += [(e or "").encode() for e, in store.execute("SELECT evidence FROM decision")]
    log = b"\n".join(entries)
    secret = set()
    for record in map(read, lines):
        contact = record.get("contact")
        contact = contact.get("value") if isinstance(contact, dict) else None
        for value in (record.get("author_ref"), record.get("display_name"), contact,
                      record.get("purchase_ref"), record.get("consumer_ref")):
            if isinstance(value, str) and len(value) > 3:
                secret.add(value)
        for words in (record.get("text"), record.get("title")):
            if isinstance(words, str):
                secret.update(f for f in fragments(words) if len(f) > 7)
    for value in secret:
        plain = json.dumps(value, ensure_ascii=False)[1:-1].encode(errors="replace")
        expect(plain not in log, "in the log:", value)
    return len(secret)


def main():
    sample, expected, answers, path = sys.argv[1:]
    lines = [line for line in open(sample, "rb").read().split(b"\n") if line.strip()]
    expected = json.load(open(expected, encoding="utf-8"))
    answers = [json.loads(line) for line in open(answers, encoding="utf-8")]
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    expect(len(lines) == len(answers), "answers:", len(answers), "lines:", len(lines))
    check_outcomes(lines, expected, answers, store)
    published, secret = check_words(lines, expected, store), check_log(lines, store)
    print("\n".join(complaints[:20]) or f"lines {len(lines)}, published {published}:"
          f" as expected; {secret} words of persons looked for in the log")
    sys.exit(bool(complaints))


main()

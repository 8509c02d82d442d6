#!/usr/bin/env python3
"""store_check.py STORE - reads a store as docs/STORE.md and docs/EVENTS.md describe it, and
says what does not hold. A second reader: it shares no code with the programs.

    events    one spelling (RFC 8785), no gap, chained per review, equal to their columns,
              nonces and commitments made again from the secrets
    reviews   last event, decision and state agree; a rejection has reason, rule, clause, notice
    ratings   made again from the published reviews
    refusals  keyed hashes of the event are the record's; a conflict is with a record
    records   each has an event, each kind adds up

Prints one line per complaint and exits 1, or one line of figures and exits 0.
"""
import base64
import hashlib
import json
import sqlite3
import sys

# Columns of the rows with a secret, and the paths of the fields that they hold.
PERSONAL = {
    "source_id": "source_id", "author_ref": "author_ref", "contact": "contact.value",
    "display_name": "display_name", "title": "title", "text": "text",
    "purchase_ref": "purchase_ref", "consumer_ref": "consumer_ref",
    "invitation": "invitation_id", "origin_reason": "origin_reason",
    "syndication_id": "syndication.original_id", "syndication_url": "syndication.original_url",
    "media": "media[]", "extra": "extra", "consents": "consents[]",
    "CAST(v.origin_decided_at AS TEXT)": "origin_decided_at",
    "s.name": "subject", "p.name": "supplier",
}
FACTS = {
    "source_id": "source_id", "label": "name", "extra": "extra", "identifiers": "identifiers[]",
}
UNCOUNTED = ("expert", "referral", "syndicated")
MILLION = 1000000
complaints = []


def expect(holds, what, *detail):
    if not holds:
        complaints.append(" ".join([what] + [str(d)[:200] for d in detail]))


def no_twins(pairs):
    keys = [key for key, _ in pairs]
    expect(len(keys) == len(set(keys)), "a key stands twice:", keys)
    return dict(pairs)


def no_float(text):
    expect(False, "a number that is no integer:", text)
    return 0


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def commitment(secret, path, value):
    salt = sha256(b"normavis/salt/v1", secret, path)
    made = sha256(b"rv-commit/v1\0", path, b"\0", salt, len(value).to_bytes(8, "big"), value)
    return base64.b64encode(made).decode()


def check_events(store):
    secrets = {n: secret for table in
               ("revision", "supplier_version", "subject_version", "site_version", "carried")
               for n, secret in store.execute(f"SELECT n, secret FROM {table}")}
    ids = dict(store.execute("SELECT n, id FROM records"))
    journals = {o: j.hex() for o, j in store.execute("SELECT ordinal, journal_id FROM journal")}
    codes = dict(store.execute("SELECT code, name FROM code WHERE list = 'event'"))
    last, of_record, before, count = {}, {}, 0, 0
    for idx, t, n, kind, review, prev, entry in store.execute(
            "SELECT idx, t, n, kind, review, prev, entry FROM event ORDER BY idx"):
        event = json.loads(entry, object_pairs_hook=no_twins, parse_float=no_float)
        expect(canonical(event) == entry, "not canonical: event", idx)
        expect(len(entry) <= 65535, "too long: event", idx)
        expect(idx == count == event["index"], "a gap before event", idx)
        expect(t == event["t"] >= before, "t goes back at event", idx)
        expect(event["v"] == 1 and event["kind"] == codes[kind], "kind of event", idx)
        expect(event["seq"] == n & (1 << 40) - 1, "seq of event", idx)
        expect(event["journal"] == journals[n >> 40], "journal of event", idx)
        expect(event["record"] == ids[n], "record of event", idx)
        expect(event.get("review") == ids.get(review), "review of event", idx)
        expect(prev == event["prev"] == (last.get(review, -1) if review else -1),
               "prev of event", idx)
        if n in secrets:
            ordinal = len(of_record.get(n, [])).to_bytes(4, "big")
            nonce = sha256(b"normavis/nonce/v1", secrets[n], event["kind"].encode(), ordinal)[:16]
            expect(event["nonce"] == base64.b64encode(nonce).decode(), "nonce of event", idx)
        expect(len(base64.b64decode(event["nonce"])) == 16, "nonce of event", idx)
        last[review] = idx
        of_record.setdefault(n, []).append(event)
        before, count = t, count + 1
    expect(set(of_record) == set(ids), "records without an event:", set(ids) - set(of_record))
    return count, of_record, last


def check_commitments(store, of_record):
    rows = (
        (PERSONAL, "revision x JOIN review v ON v.n = x.review JOIN subject s ON s.id = v.subject"
                   " JOIN supplier p ON p.id = v.supplier"),
        (FACTS | {"p.name": "supplier"},
         "supplier_version x JOIN supplier p ON p.id = x.supplier"),
        (FACTS | {"s.name": "subject", "p.name": "supplier"},
         "subject_version x JOIN subject s ON s.id = x.subject"
         " JOIN supplier p ON p.id = x.supplier"),
    )
    for columns, table in rows:
        for n, secret, *values in store.execute(
                f"SELECT x.n, x.secret, {', '.join(columns)} FROM {table}"):
            commit = of_record[n][0].get("commit", {})
            for path, value in zip(columns.values(), values):
                made = None if value is None else commitment(secret, path.encode(), value.encode())
                expect(commit.get(path) == made, "commitment of", path, "of record", n)


def check_refusals(store, of_record):
    keys = {}
    for n, key, line in store.execute("SELECT n, key_hash, body_hash FROM record"
                                      " WHERE n IN (SELECT n FROM refusal)"):
        told = of_record[n][0]
        expect(told.get("key") == (key.hex() if any(key) else None), "key of refusal", n)
        expect(told["line"] == line.hex() and any(line), "line of refusal", n)
        keys.setdefault(told.get("reason"), set()).add(told.get("key"))
    # What is in conflict was legible, and so was the record that it is in conflict with.
    accepted = {key.hex() for key, in store.execute(
        "SELECT key_hash FROM record WHERE n NOT IN (SELECT n FROM refusal)")}
    expect(keys.get("conflict", set()) <= accepted, "a conflict with no record")


def check_reviews(store, of_record, last):
    notices = {(review, template): reason for review, template, reason in store.execute(
        "SELECT review, template, reason FROM notices WHERE recipient = 'author'")}
    decisions = {row[:2]: row[1:] for row in store.execute(
        "SELECT n, review, outcome, reason, rule, clauses, evidence FROM decisions")}
    secrets = dict(store.execute("SELECT n, secret FROM revision"))
    for n, state, last_event, decision, legacy in store.execute(
            "SELECT n, state, last_event, decision, legacy FROM reviews"):
        expect(last_event == last[n], "last event of review", n)
        _, outcome, reason, rule, clauses, evidence = decisions[decision, n]
        expect(outcome == state, "state and decision of review", n)
        told = [e for e in of_record[n] if e["kind"] == "review.decided"]
        expect(len(told) == 1 and told[0]["from"] == "received" and told[0]["to"] == state
               and told[0].get("reason") == reason, "decided event of review", n)
        expect(evidence is None or told[0]["evidence"] ==
               commitment(secrets[decision], b"evidence", evidence.encode()),
               "evidence of review", n)
        if legacy:
            expect(not (reason or rule or clauses), "a legacy review decided here:", n)
            expect(told[0]["action"] == "assert" and not told[0]["automated"],
                   "who decided legacy review", n)
            expect((n, "review-" + state) not in notices, "a notice of legacy review", n)
        elif state in ("rejected", "held"):
            expect(reason and rule and clauses, "reason, rule and clause of review", n)
            expect(notices.get((n, "review-" + state)) == reason, "notice of review", n)
        else:
            expect(not reason, "a reason without a refusal: review", n)


def check_ratings(store):
    made = {}
    for subject, supplier, rating, worst, best in store.execute(
            "SELECT subject_number, supplier_number, rating, rating_worst, rating_best"
            " FROM public_reviews WHERE rating IS NOT NULL AND origin NOT IN (?, ?, ?)",
            UNCOUNTED):
        part = ((rating - worst) * MILLION * 2 + best - worst) // (2 * (best - worst))
        for target in (("subject", subject), ("supplier", supplier)):
            row = made.setdefault(target, [0, 0, 0, 0, 0, 0, 0])
            row[0] += 1
            row[1] += part
            row[2 + (part * 4 + MILLION // 2) // MILLION] += 1
    stored = {(scope, target): list(row) for scope, target, *row in store.execute(
        "SELECT scope, target, count, sum, fifth1, fifth2, fifth3, fifth4, fifth5"
        " FROM public_ratings WHERE count > 0")}
    expect(made == stored, "ratings:", set(made) ^ set(stored) or
           [(k, made[k], stored[k]) for k in made if made[k] != stored[k]])
    return len(made)


def check_records(store):
    for kind, stored, *parts in store.execute(
            "SELECT kind, stored, applied, refused, quarantined, erased FROM conservation_records"):
        expect(stored == sum(parts), "records of kind", kind)
    expect(store.execute("SELECT sum(reviews) FROM conservation_reviews").fetchone()[0] ==
           store.execute("SELECT count(*) FROM records WHERE kind = 'review'"
                         " AND outcome = 'applied'").fetchone()[0], "reviews by state")
    for ordinal, committed in store.execute("SELECT ordinal, committed_seq FROM journal"):
        seqs = [n & (1 << 40) - 1 for n, in store.execute(
            "SELECT n FROM record WHERE n >> 40 = ? ORDER BY n", (ordinal,))]
        expect(seqs == list(range(1, committed + 1)), "seqs of journal", ordinal)
    return store.execute("SELECT count(*) FROM record").fetchone()[0]


def main():
    store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    events, of_record, last = check_events(store)
    check_commitments(store, of_record)
    check_refusals(store, of_record)
    check_reviews(store, of_record, last)
    records, ratings = check_records(store), check_ratings(store)
    print("\n".join(complaints[:20]) or
          f"records {records}, events {events}, ratings {ratings}: all hold")
    sys.exit(bool(complaints))


main()

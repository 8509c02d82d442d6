#!/usr/bin/env python3
"""bad_lines.py LINES EXPECTED - writes lines that are refused, each between two good ones,
and for each of them "LINE STATUS KIND FIELD REASON" as it is to be answered ("-": none;
KIND as it is to be counted)."""
import json
import sys

REVIEW = {"kind": "review", "source": "bad", "subject": "s-1", "supplier": "p-1",
          "rating": {"value": 4}, "text": "A quiet table."}
TEXT_MAX = 65536


def review(name="x", **changed):
    record = dict(REVIEW, source_id=name, **changed)
    return {key: value for key, value in record.items() if value is not None}


def line(name="x", **changed):
    return json.dumps(review(name, **changed)).encode()


def broken(old, new):
    return line().replace(old, new)


def nested(depth):
    return json.loads('{"a":' * depth + "1" + "}" * depth)


# What is written, as which kind it is counted, field, reason.
ROWS = [
    # no JSON, or not of ours
    (b"review", "illegible", None, "not-json"),
    (line()[:-1], "review", None, "not-json"),
    (line() + b"}", "review", None, "not-json"),
    (line() + line(), "review", None, "not-json"),
    (broken(b'"kind"', b"'kind'"), "illegible", None, "not-json"),
    (broken(b"4", b"04"), "review", "rating", "not-json"),
    (broken(b"4", b"NaN"), "review", "rating.value", "not-json"),
    (broken(b"quiet", b"qui\tet"), "review", "text", "not-json"),
    (broken(b"quiet", b"qui\\xet"), "review", "text", "not-json"),
    (b"\xef\xbb\xbf" + line(), "illegible", None, "not-json"),
    (b"[" + line() + b"]", "illegible", None, "not-an-object"),
    (b"null", "illegible", None, "not-an-object"),
    (broken(b'"text"', b'"kind"'), "review", "kind", "duplicate-key"),
    (broken(b'{"value": 4}', b'{"value": 4, "value": 5}'), "review", "rating.value",
     "duplicate-key"),
    (broken(b'"text"', b'"rat\\u0069ng"'), "review", "rating", "duplicate-key"),
    # bytes
    (broken(b"quiet", b"qui\xe9t"), "review", "text", "bad-utf8"),
    (broken(b"quiet", b"\xc0\xaf"), "review", "text", "bad-utf8"),
    (broken(b"quiet", b"\xed\xa0\x80"), "review", "text", "bad-utf8"),
    (broken(b"quiet", b"\xf4\x90\x80\x80"), "review", "text", "bad-utf8"),
    (broken(b"quiet", b"\xe2\x82"), "review", "text", "bad-utf8"),
    (broken(b"quiet", b"\\ud800"), "review", "text", "not-json"),
    (broken(b"quiet", b"\\u0000"), "review", "text", "nul"),
    (broken(b"quiet", b"\0"), "review", "text", "nul"),
    (broken(b'"text"', b'"te\\u0000xt"'), "review", None, "nul"),
    # depth and size
    (b"[" * 100000, "illegible", None, "too-deep"),
    (b'{"extra":' * 25000, "illegible", "extra", "too-deep"),
    (line(extra=nested(8)), "review", "extra", "too-deep"),
    (line(text="x" * (TEXT_MAX + 1)), "review", "text", "too-long"),
    (line(text="\u00e9" * (TEXT_MAX // 2) + "x"), "review", "text", "too-long"),
    (line(text="x" * 300 * 1024), "review", None, "too-big"),
    (line(extra={"x": "x" * 8192}), "review", "extra", "too-long"),
    (line(title="x" * 513), "review", "title", "too-long"),
    (line("x" * 257), "review", "source_id", "too-long"),
    (line(ratings=[{"criterion": "c", "value": 1}] * 33), "review", "ratings", "too-long"),
    (line(contact={"channel": "email", "value": "a"}), "review", "contact.value", "too-short"),
    # types and values
    (line(text=7), "review", "text", "wrong-type"),
    (line(text={"fr": "x"}), "review", "text", "wrong-type"),
    (broken(b'"A quiet table."', b"null"), "review", "text", "wrong-type"),
    (line(rating=4), "review", "rating", "wrong-type"),
    (line(rating={"value": "4"}), "review", "rating.value", "wrong-type"),
    (line(rating={"value": True}), "review", "rating.value", "wrong-type"),
    (line(attestation="yes"), "review", "attestation", "wrong-type"),
    (line(ratings={"criterion": "c", "value": 1}), "review", "ratings", "wrong-type"),
    (line(kind=7), "illegible", "kind", "wrong-type"),
    (line(rating={"value": 0}), "review", "rating.value", "out-of-bounds"),
    (line(rating={"value": 5.001}), "review", "rating.value", "out-of-bounds"),
    (line(rating={"value": 11, "worst": 0, "best": 10}), "review", "rating.value",
     "out-of-bounds"),
    (line(rating={"value": 3, "worst": 5, "best": 5}), "review", "rating.worst", "out-of-bounds"),
    (broken(b"4", b"1e400"), "review", "rating.value", "out-of-bounds"),
    (broken(b"4", b"99999999999999999999"), "review", "rating.value", "out-of-bounds"),
    (line(ratings=[{"criterion": "a", "value": 1}, {"criterion": "b", "value": 6}]), "review",
     "ratings[1].value", "out-of-bounds"),
    (line(origin="paid"), "review", "origin", "unknown-choice"),
    (line(language="f\u0000r"), "review", "language", "nul"),
    (line(terms_version="v 1"), "review", "terms_version", "bad-token"),
    (line(media=[{"hash": "00", "type": "image/png"}]), "review", "media[0].hash", "too-short"),
    (line(media=[{"hash": "G" * 64, "type": "image/png"}]), "review", "media[0].hash",
     "bad-token"),
    (line(media=[{"hash": "0" * 64, "type": "imagejpeg"}]), "review", "media[0].type",
     "bad-token"),
    (line(media=[{"hash": "0" * 64, "type": "a/b", "address": "javascript:alert(1)"}]), "review",
     "media[0].address", "bad-token"),
    # dates
    (line(experience_date="2999-01-01"), "review", "experience_date", "in-future"),
    (line(experience_date="1989-12-31"), "review", "experience_date", "too-old"),
    (line(experience_date="2023-02-29"), "review", "experience_date", "bad-date"),
    (line(experience_date="01/02/2023"), "review", "experience_date", "bad-date"),
    (line(submitted_at="2999-01-01T00:00:00Z"), "review", "submitted_at", "in-future"),
    (line(submitted_at="1989-12-31T23:59:59Z"), "review", "submitted_at", "too-old"),
    (line(submitted_at="2023-02-01T00:00:00"), "review", "submitted_at", "bad-date"),
    (line(published_at_origin="2999-01-01T00:00:00Z"), "review", "published_at_origin",
     "in-future"),
    # the envelope
    (line(kind="opinion"), "illegible", "kind", "unknown-kind"),
    (line(kind="site", subject=None), "site", "kind", "kind-not-taken"),
    (line(kind="decision"), "decision", "kind", "kind-not-taken"),
    (line(kind="erasure"), "erasure", "kind", "kind-not-taken"),
    (line(kind="activation"), "activation", "kind", "kind-not-taken"),
    (line(kind="refusal"), "refusal", "kind", "kind-not-taken"),
    (line(kind="tick"), "tick", "kind", "kind-not-taken"),
    (line(legacy=True), "review", "legacy", "kind-not-taken"),
    (line(version=2), "review", "version", "unknown-version"),
    (line(mood="good"), "review", "mood", "unknown-field"),
    (line(verified=True), "review", "verified", "unknown-field"),
    (line(principal="admin"), "review", "principal", "unknown-field"),
    (line(source=None), "review", "source", "missing"),
    (line(subject=None), "review", "subject", "missing"),
    (line(subject=""), "review", "subject", "too-short"),
    (line(text=None, rating=None), "review", "text", "empty"),
    (line(text="", rating=None), "review", "text", "empty"),
    (b"{}", "illegible", "kind", "missing"),
]


def main():
    with open(sys.argv[1], "wb") as lines, open(sys.argv[2], "w", encoding="utf-8") as expected:
        number = 0
        for at, (bad, kind, field, reason) in enumerate(ROWS):
            for written, answer in ((line(f"good-{at}", subject=f"s-{at}"), "accepted - - -"),
                                    (bad, f"refused {kind} {field or '-'} {reason}")):
                number += 1
                lines.write(written + b"\n")
                expected.write(f"{number} {answer}\n")


main()

// The same job in one Node program with better-sqlite3, for `make bench`:
//
//	node peer.js CORPUS PATTERNS STORE [COUNT]
//
// Parses each line of the NDJSON, checks the fields that every review must have, looks for
// the patterns in title and text, decides (held where one is found, else published), and
// stores record, review, revision, decision and two events with their SHA-256, in
// batches of 1000 with synchronous=FULL.
//
// What it is spared: no journal and no answer to a submitter, no check of optional fields,
// no search for duplicates, no arrival counts, no salted commitment per field (one SHA-256
// of each event instead), no ratings, no notices, no evidence of where a pattern was found.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const Database = require('better-sqlite3');

const BATCH = 1000;
const READ_BYTES = 1 << 20;
const MS = 1000000n;

const [corpus, patternFile, store, limit = 'Infinity'] = process.argv.slice(2);
const patterns = JSON.parse(fs.readFileSync(patternFile, 'utf8')).map((p) => new RegExp(p, 'i'));

const SCHEMA = `
PRAGMA page_size = 16384;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;
CREATE TABLE record (n INTEGER PRIMARY KEY, id BLOB NOT NULL, kind TEXT NOT NULL,
	source TEXT NOT NULL, key_hash BLOB NOT NULL, body_hash BLOB NOT NULL,
	received_at INTEGER NOT NULL, submitted_at TEXT) STRICT;
CREATE TABLE review (n INTEGER PRIMARY KEY, state TEXT NOT NULL, subject TEXT NOT NULL,
	supplier TEXT NOT NULL, rating REAL, language TEXT, country TEXT,
	experience_date TEXT, origin TEXT, last_event INTEGER NOT NULL) STRICT;
CREATE TABLE revision (n INTEGER PRIMARY KEY, source_id TEXT NOT NULL, author_ref TEXT,
	contact TEXT, display_name TEXT, title TEXT, text TEXT, purchase_ref TEXT,
	extra TEXT) STRICT;
CREATE TABLE decision (n INTEGER PRIMARY KEY, outcome TEXT NOT NULL, pattern INTEGER,
	at INTEGER NOT NULL) STRICT;
CREATE TABLE event (idx INTEGER PRIMARY KEY, n INTEGER NOT NULL, kind TEXT NOT NULL,
	hash BLOB NOT NULL, entry TEXT NOT NULL) STRICT;`;

const db = new Database(store);
db.exec(SCHEMA);
const insert = {
	record: db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
	review: db.prepare('INSERT INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
	revision: db.prepare('INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
	decision: db.prepare('INSERT INTO decision VALUES (?, ?, ?, ?)'),
	event: db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?)'),
};

function sha256(bytes) {
	return crypto.createHash('sha256').update(bytes).digest();
}

function check(review) {
	for (const name of ['kind', 'source', 'source_id', 'subject', 'supplier'])
		if (typeof review[name] !== 'string' || review[name].length === 0)
			throw new Error(`${name}: a string expected`);
	if (review.rating !== undefined && !(review.rating.value >= 1 && review.rating.value <= 5))
		throw new Error('rating.value: outside its scale');
}

function find(text) {
	if (!text)
		return -1;
	return patterns.findIndex((pattern) => pattern.test(text));
}

const counts = { published: 0, held: 0 };
let events = 0;

function putEvent(n, kind, fields) {
	const entry = JSON.stringify({ index: events, kind, seq: n, ...fields });
	insert.event.run(events, n, kind, sha256(entry), entry);
	return events++;
}

function take(n, line) {
	const r = JSON.parse(line);
	check(r);
	const now = Date.now();
	let found = find(r.title);
	if (found < 0)
		found = find(r.text);
	const state = found < 0 ? 'published' : 'held';
	counts[state]++;
	const id = crypto.randomUUID();
	insert.record.run(n, Buffer.from(id.replaceAll('-', ''), 'hex'), r.kind, r.source,
		sha256(`${r.source}\0${r.source_id}`), sha256(line), now, r.submitted_at ?? null);
	putEvent(n, 'review.received', { id, t: now, source: r.source, subject: r.subject,
		supplier: r.supplier, language: r.language, rating: r.rating?.value });
	const last = putEvent(n, 'review.decided', { id, t: now, outcome: state, pattern: found });
	insert.review.run(n, state, r.subject, r.supplier, r.rating?.value ?? null,
		r.language ?? null, r.country ?? null, r.experience_date ?? null,
		r.origin ?? null, last);
	insert.revision.run(n, r.source_id, r.author_ref ?? null, r.contact?.value ?? null,
		r.display_name ?? null, r.title ?? null, r.text ?? null,
		r.purchase_ref ?? null, r.extra ? JSON.stringify(r.extra) : null);
	insert.decision.run(n, state, found < 0 ? null : found, now);
}

const takeBatch = db.transaction((first, lines) => {
	for (let i = 0; i < lines.length; i++)
		take(first + i, lines[i]);
});

function run() {
	const fd = fs.openSync(corpus, 'r');
	const bytes = Buffer.alloc(READ_BYTES);
	let rest = Buffer.alloc(0);
	let batch = [];
	let taken = 0;
	const flush = () => {
		takeBatch(taken + 1, batch);
		taken += batch.length;
		batch = [];
	};
	for (let got; taken + batch.length < Number(limit) && (got = fs.readSync(fd, bytes)) > 0;) {
		const chunk = Buffer.concat([rest, bytes.subarray(0, got)]);
		let at = 0;
		for (let end; (end = chunk.indexOf(10, at)) >= 0; at = end + 1) {
			if (taken + batch.length >= Number(limit))
				break;
			batch.push(chunk.toString('utf8', at, end));
			if (batch.length === BATCH)
				flush();
		}
		rest = Buffer.from(chunk.subarray(at));
	}
	if (batch.length > 0)
		flush();
	return taken;
}

const start = process.hrtime.bigint();
const reviews = run();
const seconds = Number((process.hrtime.bigint() - start) / MS) / 1000;
db.close();
console.log(`reviews=${reviews} published=${counts.published} held=${counts.held} ` +
	`peer_s=${seconds.toFixed(3)} rate=${Math.round(reviews / seconds)}`);

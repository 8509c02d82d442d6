-- The store, version 1. docs/STORE.md explains it; store.c runs it inside one transaction.
--
-- n is the number of a record: ordinal of its journal * 2^40 + seq. Whatever belongs to one
-- record has that number as its key, so that every table grows at its end. Times are ms
-- UTC, dates days since 1970-01-01, ratings thousandths. Codes have their words in `code`.

CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
	list TEXT NOT NULL,
	code INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (list, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
	ordinal INTEGER PRIMARY KEY,
	journal_id BLOB NOT NULL UNIQUE,	-- 8 bytes, big-endian
	committed_seq INTEGER NOT NULL
) STRICT;

-- Names that come again and again. They are never deleted, and who writes their numbers
-- has looked them up in the same transaction; a foreign key would look again, for each.
CREATE TABLE site (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE principal (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE actor (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE rule (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE reason (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE clause (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE pack (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE,
	kind INTEGER NOT NULL,			-- code list 'activates'
	active_from INTEGER			-- n of the newest activation; NULL: none seen
) STRICT;

-- Every record, whatever its kind.
CREATE TABLE record (
	n INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	site INTEGER NOT NULL REFERENCES site (id),
	id BLOB NOT NULL,
	source INTEGER,				-- NULL: quarantined or erased, body unread
	principal INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	submitted_at INTEGER,
	key_hash BLOB NOT NULL,
	body_hash BLOB NOT NULL,
	version INTEGER NOT NULL,
	outcome INTEGER NOT NULL,		-- code list 'outcome'
	detail TEXT				-- of an outcome other than applied
) STRICT;

CREATE TABLE supplier (
	id INTEGER PRIMARY KEY,
	site INTEGER NOT NULL REFERENCES site (id),
	name TEXT NOT NULL,			-- the id that the site gave it
	first_n INTEGER NOT NULL,		-- the record that named it first
	UNIQUE (site, name)
) STRICT;

CREATE TABLE subject (
	id INTEGER PRIMARY KEY,
	site INTEGER NOT NULL REFERENCES site (id),
	name TEXT NOT NULL,
	first_n INTEGER NOT NULL,
	UNIQUE (site, name)
) STRICT;

-- Dated facts: a review sees those of the greatest n below its own.
CREATE TABLE supplier_version (
	supplier INTEGER NOT NULL REFERENCES supplier (id),
	n INTEGER NOT NULL REFERENCES record (n),
	label TEXT,
	contact_channel INTEGER,
	contact TEXT,
	language TEXT,
	country TEXT,
	sector TEXT,
	plan_name TEXT,
	plan_from INTEGER,
	identifiers TEXT,
	extra TEXT,
	source_id TEXT,
	secret BLOB,
	PRIMARY KEY (supplier, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE subject_version (
	subject INTEGER NOT NULL REFERENCES subject (id),
	n INTEGER NOT NULL REFERENCES record (n),
	supplier INTEGER NOT NULL REFERENCES supplier (id),
	label TEXT,
	type INTEGER,
	parent INTEGER REFERENCES subject (id),
	address TEXT,
	identifiers TEXT,
	extra TEXT,
	source_id TEXT,
	secret BLOB,
	PRIMARY KEY (subject, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE site_version (
	site INTEGER NOT NULL REFERENCES site (id),
	n INTEGER NOT NULL REFERENCES record (n),
	label TEXT,
	operator TEXT,
	country TEXT,
	extra TEXT,
	source_id TEXT,
	secret BLOB,
	PRIMARY KEY (site, n)
) STRICT, WITHOUT ROWID;

-- A review as it stands now.
CREATE TABLE review (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	state INTEGER NOT NULL,			-- code list 'state'
	state_version INTEGER NOT NULL,
	subject INTEGER NOT NULL REFERENCES subject (id),
	supplier INTEGER NOT NULL REFERENCES supplier (id),
	rating INTEGER,
	rating_worst INTEGER,
	rating_best INTEGER,
	language TEXT,
	country TEXT,
	experience_date INTEGER,
	experience_date_source INTEGER,
	origin INTEGER NOT NULL,
	incentive_type INTEGER,
	incentive_value TEXT,
	incentive_conditioned INTEGER,
	incentive_disclosed INTEGER,
	attestation INTEGER,
	attestation_at INTEGER,
	terms_version TEXT,
	published_at INTEGER,
	published_at_origin INTEGER,
	legacy INTEGER NOT NULL,
	origin_state INTEGER,			-- of a legacy review: what its source asserts,
	origin_decided_at INTEGER,		-- and since when
	syndication_from TEXT,
	verification INTEGER NOT NULL,		-- code list 'verification'; derived
	live INTEGER NOT NULL,			-- n of the revision that stands
	revisions INTEGER NOT NULL,
	decision INTEGER NOT NULL,		-- n of the decision about it that stands
	duplicate_of INTEGER REFERENCES record (n), -- the original review
	deadline INTEGER,			-- of the state, where it has one
	last_event INTEGER NOT NULL		-- event.idx, head of the chain by `prev`
) STRICT;

-- The queues. 4: held, 5: waiting. (A list of three would cost a table of its own per row.)
CREATE INDEX review_deadline ON review (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX review_open ON review (subject) WHERE state = 4 OR state = 5;

-- What the author wrote and who that is: apart, so that it can be destroyed. The secret
-- opens the log's commitments of this record.
CREATE TABLE revision (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	review INTEGER NOT NULL REFERENCES review (n),
	number INTEGER NOT NULL,		-- 1: as first submitted
	secret BLOB NOT NULL,
	source_id TEXT,
	author_ref TEXT,
	contact_channel INTEGER,
	contact TEXT,
	display_name TEXT,
	title TEXT,
	text TEXT,
	purchase_ref TEXT,
	consumer_ref TEXT,
	invitation TEXT,
	origin_reason TEXT,			-- of a legacy review, in its source's words
	syndication_id TEXT,
	syndication_url TEXT,
	media TEXT,				-- JSON
	extra TEXT,				-- JSON
	consents TEXT				-- JSON
) STRICT;

-- The pages: published reviews of a subject, newest first. An index over all of them would
-- have a page of its own to change for nearly every review; so the newest go to a small
-- table, which is poured into the large one at every 32768th record of a journal.
-- An entry says where to look: only what is in state published is shown (view public_listing).
CREATE TABLE listing (
	subject INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (subject, published_at, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE listing_recent (
	subject INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (subject, published_at, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_criterion (
	n INTEGER NOT NULL REFERENCES record (n),
	place INTEGER NOT NULL,
	criterion TEXT NOT NULL,
	value INTEGER NOT NULL,
	worst INTEGER,
	best INTEGER,
	PRIMARY KEY (n, place)
) STRICT, WITHOUT ROWID;

-- One record may decide about several reviews, at most once about each.
CREATE TABLE decision (
	n INTEGER NOT NULL REFERENCES record (n), -- what caused it
	review INTEGER NOT NULL REFERENCES review (n),
	outcome INTEGER NOT NULL,		-- the state decided on
	action INTEGER,				-- code list 'action'; NULL: asserted by the source
	reason INTEGER,
	rule INTEGER,
	rule_version INTEGER,
	clause INTEGER,
	rules INTEGER,				-- pack.id
	policy INTEGER,				-- pack.id
	actor INTEGER NOT NULL,
	at INTEGER NOT NULL,
	evidence TEXT,				-- JSON; places in the text, never the text
	PRIMARY KEY (n, review)
) STRICT, WITHOUT ROWID;

-- The audit log: exactly the bytes that are hashed. The other columns repeat them.
CREATE TABLE event (
	idx INTEGER PRIMARY KEY,		-- from 0, without gaps
	t INTEGER NOT NULL,
	n INTEGER NOT NULL,
	kind INTEGER NOT NULL,			-- code list 'event'
	review INTEGER,				-- n of the review; NULL: about none
	prev INTEGER NOT NULL,			-- the review's event before; -1: none
	entry BLOB NOT NULL
) STRICT;

CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	n INTEGER NOT NULL REFERENCES record (n),
	review INTEGER REFERENCES review (n),
	template INTEGER NOT NULL,		-- code list 'template'
	recipient INTEGER NOT NULL,		-- code list 'recipient'
	language TEXT,
	reason INTEGER,
	due_at INTEGER NOT NULL,
	state INTEGER NOT NULL			-- code list 'notice'
) STRICT;
CREATE INDEX outbox_queued ON outbox (due_at) WHERE state = 1;

CREATE TABLE rating (
	scope INTEGER NOT NULL,			-- code list 'scope'
	target INTEGER NOT NULL,		-- subject.id or supplier.id
	method INTEGER NOT NULL,		-- code list 'method'
	version INTEGER NOT NULL,		-- of the method
	count INTEGER NOT NULL,
	sum INTEGER NOT NULL,			-- millionths of the scale
	fifth1 INTEGER NOT NULL,		-- how many lie next to 0, 1/4, 1/2, 3/4, 1
	fifth2 INTEGER NOT NULL,
	fifth3 INTEGER NOT NULL,
	fifth4 INTEGER NOT NULL,
	fifth5 INTEGER NOT NULL,
	updated_n INTEGER NOT NULL,
	PRIMARY KEY (scope, target)
) STRICT, WITHOUT ROWID;

-- Records whose own work comes later.
CREATE TABLE carried (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	expects INTEGER,
	target TEXT,
	payload TEXT,				-- JSON
	source_id TEXT,
	secret BLOB
) STRICT;

-- Quarantined records as they came, unread: all that is left of them when the journal has
-- let them go. Personal data and the secret are in the bytes, so that an erasure deletes
-- the row. What those that killed a later stage count for, dedup learns from here.
CREATE TABLE set_aside (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	stage INTEGER,				-- that it killed, code list 'stage'; NULL: not known
	bytes BLOB NOT NULL			-- head and body (record.h)
) STRICT;

CREATE TABLE refusal (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	kind INTEGER NOT NULL,			-- as named by the submission; 0: illegible
	field TEXT,
	reason TEXT NOT NULL,			-- name of refusals.def
	rating INTEGER
) STRICT;

CREATE TABLE repeat (
	n INTEGER PRIMARY KEY REFERENCES record (n),
	kind INTEGER NOT NULL,
	count INTEGER NOT NULL
) STRICT;

-- What dedup found: earlier reviews that say much the same, whether a rule asked for them or
-- not. Few reviews have any. Numbers alone, so that nothing erased comes back from here.
CREATE TABLE duplicate (
	n INTEGER NOT NULL REFERENCES record (n),
	place INTEGER NOT NULL,			-- from 1, the best first
	earlier INTEGER NOT NULL,		-- n of the earlier review
	kind INTEGER NOT NULL,			-- code list 'duplicate'
	shared INTEGER NOT NULL,		-- sizes of the compared sets (findings.h)
	mine INTEGER NOT NULL,
	theirs INTEGER NOT NULL,
	bits INTEGER NOT NULL,
	PRIMARY KEY (n, place)
) STRICT, WITHOUT ROWID;

-- Reviews that belong together. A review goes to where its best candidate is, if they are
-- close; else that candidate begins a cluster: so none drifts away from its first text step by
-- step, and a review may be a member of one cluster and the first of another.
CREATE TABLE duplicate_member (
	n INTEGER NOT NULL REFERENCES record (n),
	cluster INTEGER NOT NULL,		-- n of the first review, a member itself
	PRIMARY KEY (n, cluster)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_member_cluster ON duplicate_member (cluster);

-- --- views: the only thing that a reader should name -------------------------------------

CREATE VIEW records AS
SELECT r.n, k.name AS kind, s.name AS site,
	lower(substr(hex(r.id), 1, 8) || '-' || substr(hex(r.id), 9, 4) || '-' ||
		substr(hex(r.id), 13, 4) || '-' || substr(hex(r.id), 17, 4) || '-' ||
		substr(hex(r.id), 21)) AS id,
	hex(j.journal_id) AS journal, r.n & 0xFFFFFFFFFF AS seq,
	o.name AS source, p.name AS principal, r.received_at, r.submitted_at, r.version,
	u.name AS outcome, r.detail
FROM record r
JOIN site s ON s.id = r.site
JOIN principal p ON p.id = r.principal
JOIN journal j ON j.ordinal = r.n >> 40
LEFT JOIN source o ON o.id = r.source
LEFT JOIN code k ON k.list = 'kind' AND k.code = r.kind
LEFT JOIN code u ON u.list = 'outcome' AND u.code = r.outcome;

CREATE VIEW reviews AS
SELECT v.n, r.id, r.site, st.name AS state, v.state_version,
	v.subject AS subject_number, sj.name AS subject, v.supplier AS supplier_number, sp.name AS supplier,
	v.rating, v.rating_worst, v.rating_best, v.language, v.country, v.experience_date,
	eds.name AS experience_date_source, og.name AS origin,
	inc.name AS incentive_type, v.incentive_value, v.incentive_conditioned,
	v.incentive_disclosed, v.attestation, v.attestation_at, v.terms_version, r.received_at, r.submitted_at,
	v.published_at, v.published_at_origin, v.legacy, os.name AS origin_state,
	v.origin_decided_at, v.syndication_from,
	vf.name AS verification, v.live, v.revisions, v.decision, v.duplicate_of, v.deadline,
	v.last_event
FROM review v
JOIN records r ON r.n = v.n
JOIN subject sj ON sj.id = v.subject
JOIN supplier sp ON sp.id = v.supplier
LEFT JOIN code st ON st.list = 'state' AND st.code = v.state
LEFT JOIN code eds ON eds.list = 'experience_date_source' AND eds.code = v.experience_date_source
LEFT JOIN code og ON og.list = 'origin' AND og.code = v.origin
LEFT JOIN code inc ON inc.list = 'incentive.type' AND inc.code = v.incentive_type
LEFT JOIN code os ON os.list = 'origin_state' AND os.code = v.origin_state
LEFT JOIN code vf ON vf.list = 'verification' AND vf.code = v.verification;

-- Facts as a review sees them: of the greatest n below its own. Both subqueries step to
-- one entry of a primary key.
CREATE VIEW public_reviews AS
SELECT v.n, r.id, r.site, v.subject AS subject_number, sj.name AS subject,
	sjv.label AS subject_name, sjt.name AS subject_type, sjp.name AS subject_parent,
	sjv.address AS subject_address,
	v.supplier AS supplier_number, sp.name AS supplier, spv.label AS supplier_name,
	-- One from elsewhere without its date: when it came here is no date of publication.
	CASE WHEN v.legacy AND v.published_at_origin IS NULL THEN NULL ELSE v.published_at END
		AS published_at,
	v.experience_date, eds.name AS experience_date_source, v.rating, v.rating_worst, v.rating_best,
	x.title, x.text, x.display_name, v.language, v.country, og.name AS origin,
	v.syndication_from, v.legacy, inc.name AS incentive, v.incentive_value,
	v.incentive_conditioned, v.incentive_disclosed, vf.name AS verification,
	CASE WHEN v.revisions > 1 THEN xr.received_at END AS revised_at,
	NULL AS reply, NULL AS replied_at
FROM review v
JOIN records r ON r.n = v.n
JOIN subject sj ON sj.id = v.subject
JOIN supplier sp ON sp.id = v.supplier
LEFT JOIN subject_version sjv ON sjv.subject = v.subject AND sjv.n =
	(SELECT max(n) FROM subject_version WHERE subject = v.subject AND n < v.n)
LEFT JOIN subject sjp ON sjp.id = sjv.parent
LEFT JOIN supplier_version spv ON spv.supplier = v.supplier AND spv.n =
	(SELECT max(n) FROM supplier_version WHERE supplier = v.supplier AND n < v.n)
LEFT JOIN revision x ON x.n = v.live
LEFT JOIN record xr ON xr.n = v.live
LEFT JOIN code sjt ON sjt.list = 'type' AND sjt.code = sjv.type
LEFT JOIN code eds ON eds.list = 'experience_date_source' AND eds.code = v.experience_date_source
LEFT JOIN code og ON og.list = 'origin' AND og.code = v.origin
LEFT JOIN code inc ON inc.list = 'incentive.type' AND inc.code = v.incentive_type
LEFT JOIN code vf ON vf.list = 'verification' AND vf.code = v.verification
WHERE v.state = 2;

-- Of the revision that stands. A scale that is not stated goes from 1 to 5 (record.h).
CREATE VIEW public_criteria AS
SELECT v.n, r.id, c.place, c.criterion, c.value, coalesce(c.worst, 1000) AS worst,
	coalesce(c.best, 5000) AS best
FROM review v
JOIN records r ON r.n = v.n
JOIN rating_criterion c ON c.n = v.live
WHERE v.state = 2;

-- Readers do not trust the schema: then a view may use json_each, and not json_extract.
CREATE VIEW public_media AS
SELECT v.n, r.id, e.key + 1 AS place,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'hash') AS hash,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'type') AS type,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'address') AS address
FROM review v
JOIN records r ON r.n = v.n
JOIN revision x ON x.n = v.live
JOIN json_each(x.media) e
WHERE v.state = 2;

CREATE VIEW public_listing AS
SELECT subject AS subject_number, published_at, n FROM listing
UNION ALL
SELECT subject, published_at, n FROM listing_recent;

-- With the name that is stated now.
CREATE VIEW public_ratings AS
SELECT t.scope AS scope_code, t.target, c.name AS scope, s.name AS site,
	coalesce(sj.name, sp.name) AS id, coalesce(sjv.label, spv.label) AS name,
	m.name AS method, t.version,
	t.count, t.sum, CASE WHEN t.count > 0 THEN 1.0 * t.sum / t.count / 1000000 END AS mean,
	t.fifth1, t.fifth2, t.fifth3, t.fifth4, t.fifth5, r.received_at AS updated_at
FROM rating t
LEFT JOIN subject sj ON t.scope = 1 AND sj.id = t.target
LEFT JOIN supplier sp ON t.scope = 2 AND sp.id = t.target
LEFT JOIN subject_version sjv ON sjv.subject = sj.id AND sjv.n =
	(SELECT max(n) FROM subject_version WHERE subject = t.target)
LEFT JOIN supplier_version spv ON spv.supplier = sp.id AND spv.n =
	(SELECT max(n) FROM supplier_version WHERE supplier = t.target)
JOIN site s ON s.id = coalesce(sj.site, sp.site)
JOIN record r ON r.n = t.updated_n
LEFT JOIN code c ON c.list = 'scope' AND c.code = t.scope
LEFT JOIN code m ON m.list = 'method' AND m.code = t.method;

-- Facts, every version of them.
CREATE VIEW suppliers AS
SELECT f.n, f.n & 0xFFFFFFFFFF AS seq, r.received_at, s.name AS site,
	f.supplier AS supplier_number, sp.name AS supplier, f.label AS name,
	ch.name AS contact_channel, f.contact, f.language, f.country, f.sector, f.plan_name,
	f.plan_from, f.identifiers, f.extra
FROM supplier_version f
JOIN record r ON r.n = f.n
JOIN supplier sp ON sp.id = f.supplier
JOIN site s ON s.id = sp.site
LEFT JOIN code ch ON ch.list = 'contact.channel' AND ch.code = f.contact_channel;

CREATE VIEW subjects AS
SELECT f.n, f.n & 0xFFFFFFFFFF AS seq, r.received_at, s.name AS site,
	f.subject AS subject_number, sj.name AS subject, f.supplier AS supplier_number,
	sp.name AS supplier, f.label AS name, ty.name AS type, f.parent AS parent_number,
	pa.name AS parent, f.address, f.identifiers, f.extra
FROM subject_version f
JOIN record r ON r.n = f.n
JOIN subject sj ON sj.id = f.subject
JOIN supplier sp ON sp.id = f.supplier
JOIN site s ON s.id = sj.site
LEFT JOIN subject pa ON pa.id = f.parent
LEFT JOIN code ty ON ty.list = 'type' AND ty.code = f.type;

CREATE VIEW sites AS
SELECT f.n, f.n & 0xFFFFFFFFFF AS seq, r.received_at, s.name AS site, f.label AS name,
	f.operator, f.country, f.extra
FROM site_version f
JOIN record r ON r.n = f.n
JOIN site s ON s.id = f.site;

CREATE VIEW decisions AS
SELECT d.n, d.review, r.site, r.id AS review_id, st.name AS outcome, ac.name AS action,
	rs.name AS reason, ru.name AS rule, d.rule_version, cl.name AS clauses,
	lower(hex(pr.hash)) AS rules, lower(hex(pp.hash)) AS policy, a.name AS actor, d.at, d.evidence
FROM decision d
JOIN records r ON r.n = d.review
JOIN actor a ON a.id = d.actor
LEFT JOIN code st ON st.list = 'state' AND st.code = d.outcome
LEFT JOIN code ac ON ac.list = 'action' AND ac.code = d.action
LEFT JOIN reason rs ON rs.id = d.reason
LEFT JOIN rule ru ON ru.id = d.rule
LEFT JOIN clause cl ON cl.id = d.clause
LEFT JOIN pack pr ON pr.id = d.rules
LEFT JOIN pack pp ON pp.id = d.policy;

-- Fractions of the sets: exact as text and as integers, and as a number. `cluster` is that of
-- the later review.
CREATE VIEW duplicates AS
SELECT d.n, d.place, r.id, d.earlier AS earlier_n, e.id AS earlier_id, k.name AS kind,
	r.site, e.site AS earlier_site, d.shared, d.mine, d.theirs,
	d.shared || '/' || (d.mine + d.theirs - d.shared) AS jaccard_exact,
	1.0 * d.shared / (d.mine + d.theirs - d.shared) AS jaccard,
	d.shared || '/' || min(d.mine, d.theirs) AS containment_exact,
	1.0 * d.shared / min(d.mine, d.theirs) AS containment, d.bits,
	(SELECT min(m.cluster) FROM duplicate_member m WHERE m.n = d.n) AS cluster,
	sp.name AS supplier, ep.name AS earlier_supplier,
	sj.name AS subject, ej.name AS earlier_subject,
	st.name AS state, es.name AS earlier_state, r.received_at,
	e.received_at AS earlier_received_at
FROM duplicate d
JOIN records r ON r.n = d.n
JOIN records e ON e.n = d.earlier	-- what was found has a record; LEFT would read all of them
LEFT JOIN review v ON v.n = d.n
LEFT JOIN review w ON w.n = d.earlier
LEFT JOIN supplier sp ON sp.id = v.supplier
LEFT JOIN supplier ep ON ep.id = w.supplier
LEFT JOIN subject sj ON sj.id = v.subject
LEFT JOIN subject ej ON ej.id = w.subject
LEFT JOIN code k ON k.list = 'duplicate' AND k.code = d.kind
LEFT JOIN code st ON st.list = 'state' AND st.code = v.state
LEFT JOIN code es ON es.list = 'state' AND es.code = w.state;

-- Authors are counted, and not named; one who is unknown or erased counts as one more.
CREATE VIEW duplicate_clusters AS
SELECT m.cluster, f.id, f.site, count(*) AS size,
	count(DISTINCT coalesce(r.site || ' ' || r.source || ' ' || x.author_ref, m.n)) AS authors,
	count(DISTINCT v.supplier) AS suppliers, count(DISTINCT v.subject) AS subjects,
	min(r.received_at) AS first_received_at, max(r.received_at) AS last_received_at,
	(SELECT group_concat(DISTINCT k.name) FROM duplicate_member o JOIN duplicate p ON p.n = o.n
		JOIN code k ON k.list = 'duplicate' AND k.code = p.kind
		WHERE o.cluster = m.cluster AND o.n <> m.cluster) AS kinds,
	min(1.0 * d.shared / (d.mine + d.theirs - d.shared)) AS lowest_jaccard
FROM duplicate_member m
JOIN records f ON f.n = m.cluster
JOIN record r ON r.n = m.n
LEFT JOIN review v ON v.n = m.n
LEFT JOIN revision x ON x.n = m.n
LEFT JOIN duplicate d ON d.n = m.n AND d.place = 1 AND m.n <> m.cluster
GROUP BY m.cluster;

-- Rules that label act however the decision went; on what its source asserts none acts.
CREATE VIEW labels AS
SELECT v.n, r.id,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'rule') AS rule,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'version') AS rule_version,
	(SELECT k.value FROM json_each(e.value) k WHERE k.key = 'reason') AS reason
FROM review v
JOIN records r ON r.n = v.n
JOIN decision d ON d.n = v.decision AND d.review = v.n
JOIN json_each(d.evidence) e
WHERE d.action IS NOT NULL AND 3 = (SELECT count(*) FROM json_each(e.value) k
	WHERE (k.key = 'action' AND k.value = 'label') OR (k.key = 'mode' AND k.value = 'live')
		OR (k.key = 'holds' AND k.value));

CREATE VIEW events_readable AS
SELECT e.idx, e.t, e.n, c.name AS kind, e.review, e.prev, CAST(e.entry AS TEXT) AS entry
FROM event e
LEFT JOIN code c ON c.list = 'event' AND c.code = e.kind;

CREATE VIEW refusals AS
SELECT f.n, r.site, r.source, r.received_at, k.name AS kind, f.field, f.reason, f.rating
FROM refusal f
JOIN records r ON r.n = f.n
LEFT JOIN code k ON k.list = 'kind' AND k.code = f.kind;

CREATE VIEW notices AS
SELECT o.id, o.n, o.review, t.name AS template, c.name AS recipient, o.language,
	rs.name AS reason, o.due_at, s.name AS state
FROM outbox o
LEFT JOIN reason rs ON rs.id = o.reason
LEFT JOIN code t ON t.list = 'template' AND t.code = o.template
LEFT JOIN code c ON c.list = 'recipient' AND c.code = o.recipient
LEFT JOIN code s ON s.list = 'notice' AND s.code = o.state;

-- submitted = repeated + refused_at_intake + accepted;
-- accepted = applied + refused + quarantined + erased + what is still on its way.
CREATE VIEW conservation_records AS
SELECT c.name AS kind,
	coalesce(i.repeated, 0) AS repeated, coalesce(f.refused, 0) AS refused_at_intake,
	coalesce(s.stored, 0) AS stored, coalesce(s.applied, 0) AS applied,
	coalesce(s.refused, 0) AS refused, coalesce(s.quarantined, 0) AS quarantined,
	coalesce(s.erased, 0) AS erased
FROM code c
LEFT JOIN (SELECT kind, sum(count) AS repeated FROM repeat GROUP BY kind) i ON i.kind = c.code
LEFT JOIN (SELECT kind, count(*) AS refused FROM refusal GROUP BY kind) f ON f.kind = c.code
LEFT JOIN (SELECT kind, count(*) AS stored,
		count(*) FILTER (WHERE outcome = 1) AS applied,
		count(*) FILTER (WHERE outcome = 2) AS refused,
		count(*) FILTER (WHERE outcome = 3) AS quarantined,
		count(*) FILTER (WHERE outcome = 4) AS erased
	FROM record GROUP BY kind) s ON s.kind = c.code
WHERE c.list = 'kind' AND coalesce(i.repeated, f.refused, s.stored) IS NOT NULL;

CREATE VIEW conservation_reviews AS
SELECT c.name AS state, coalesce(v.reviews, 0) AS reviews
FROM code c
LEFT JOIN (SELECT state, count(*) AS reviews FROM review GROUP BY state) v ON v.state = c.code
WHERE c.list = 'state';

-- The ratings again, from the reviews alone: must equal table rating wherever count is not 0.
-- 3 syndicated, 4 expert, 5 referral.
CREATE VIEW ratings_recomputed AS
WITH counted AS (
	SELECT subject, supplier, ((rating - rating_worst) * 1000000 +
		(rating_best - rating_worst) / 2) / (rating_best - rating_worst) AS part
	FROM review
	WHERE state = 2 AND rating BETWEEN rating_worst AND rating_best
		AND rating_worst < rating_best AND origin NOT IN (3, 4, 5)
), both (scope, target, part, fifth) AS (
	SELECT 1, subject, part, (part * 4 + 500000) / 1000000 FROM counted
	UNION ALL
	SELECT 2, supplier, part, (part * 4 + 500000) / 1000000 FROM counted
)
SELECT scope, target, count(*) AS count, sum(part) AS sum,
	count(*) FILTER (WHERE fifth = 0) AS fifth1, count(*) FILTER (WHERE fifth = 1) AS fifth2,
	count(*) FILTER (WHERE fifth = 2) AS fifth3, count(*) FILTER (WHERE fifth = 3) AS fifth4,
	count(*) FILTER (WHERE fifth = 4) AS fifth5
FROM both
GROUP BY scope, target;

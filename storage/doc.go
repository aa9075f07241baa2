// Package storage is the store: facts, alerts, outbox, runs, settings and the
// audit trail, over a small ordered key-value Engine.
//
// It knows the vocabulary of the product and how to keep it; it must not know
// which database keeps it (storage/bolt does), read a clock, compute a metric
// or write a word for people to read.
//
// # Keys
//
// Every value is sealed: payload, length, CRC32C over space, key and payload.
// Numbers in keys are big-endian, instants are nanoseconds with the sign bit
// turned, texts end in 0x00 0x01 (a zero byte inside is 0x00 0xff). JSON
// records carry names that are never given another meaning.
//
//	space               key                           payload
//	meta                schema                        layout version, JSON number
//	meta                revision                      newest revision, JSON number
//	meta                number/<name>                 counters: outbox, audit
//	meta                count/<space>                 how many keys a list has
//	meta                columns/<table>               register of column numbers, JSON
//	snapshot            revision                      manifest of a pull, JSON
//	timeline            kind shop table UTC day       what happened when that day (timeline.go)
//	days                kind shop table               the days of a timeline, of partition, or of a dated list
//	snapshot_digest     shop table source digest      revision, JSON number
//	feed                shop table source             how it stands: newest try, newest complete, JSON
//	feed_past           shop table source revision    how it stood after that pull, JSON
//	reject              revision                      sample of the refused rows, JSON
//	held/<shop>/<table> revision part                 block: rows of a pull that is not trusted
//	partition           shop table day                directory and zone map of a day of events
//	event/<shop>/<table>/<day>    number              block: events filed under a business day
//	picture_tip         shop table day                newest picture stored for that day, JSON
//	picture/<shop>/<table>/<day>  revision part       part 0: head; others: block of 8,192 rows
//	alert               id                            JSON
//	alert_since         shop, UTC day, since, id      - (a dated list)
//	alert_open          shop since id                 - (pending and open)
//	alert_last          fingerprint                   id of its last episode
//	group               id                            JSON
//	group_open          shop created id               - (those that may still be written about)
//	group_last          key                           id of its last episode
//	silence             shop id                       JSON (a list)
//	subscription        shop place kind               JSON (a list)
//	person              user                          JSON (a list)
//	plan                shop                          targets and calendar that people have decided, JSON
//	plan_change         shop number                   each of those decisions, JSON (a list)
//	decision            shop number                   a price that somebody decided on, JSON (a list)
//	outbox              key                           JSON
//	outbox_open, outbox_dead, outbox_sent   seq       key
//	run                 job due started               JSON
//	run_last            job                           key of the last of them
//	due                 job                           instant, JSON number
//	seen                key                           expiry, JSON number
//	seen_end            expiry key                    -
//	asked               key                           what was taken in and not answered yet, JSON
//	audit               UTC day, at, number           JSON (a dated list)
//	setting, cursor     key                           as given
//	evidence            id                            what an answer or a post was computed from, JSON
//	evidence_at         shop, UTC day, now, id        what of the facts it needs, JSON (a dated list)
//	evidence_blob       SHA-256 of the content        content, packed like a column
//	evidence_users      the same                      how much evidence names it, JSON number
//	hole                shop table                    days of events that a repair took rows from, JSON
//	forgotten           shop table                    up to when columns of dropped events reached, JSON
//
// # Events
//
// A pull's rows are filed by the business day of the table's Day column, as
// column blocks of at most 8,192 rows (block.go). Every row carries the
// revision that brought it in a hidden column, so a read as of a revision is a
// filter, and of each key the newest version wins (equal versions: the later
// revision). Small blocks of a day are folded into larger ones as they gather,
// inside the transaction that brings the next rows; folding keeps every
// version, only exact repetitions of a row are dropped.
//
// # Evidence
//
// A number that was said can be computed again: its evidence (evidence.go) holds
// the question, the moment, the revision and digests of the bytes. Every read
// takes a revision, also of how the feeds stood (feed_past). Days that live
// evidence reads are not dropped (forget.go); what was dropped is remembered, so
// that a later question about it is refused instead of answered with nothing.
//
// # Pictures
//
// A complete pull of a State table is a picture. The first of a business day
// is stored whole, the others as what changed since the one stored before
// (picture.go). Pictures never change once stored, which is what lets memory
// keep them by revision.
package storage

const (
	spaceMeta           = "meta"
	spaceSnapshot       = "snapshot"
	spaceSnapshotDigest = "snapshot_digest"
	spaceFeed           = "feed"
	spaceFeedPast       = "feed_past"
	spaceReject         = "reject"
	spacePartition      = "partition"
	spaceTimeline       = "timeline"
	spaceDays           = "days"
	spacePictureTip     = "picture_tip"
	spaceAlert          = "alert"
	spaceAlertSince     = "alert_since"
	spaceAlertOpen      = "alert_open"
	spaceAlertLast      = "alert_last"
	spaceGroup          = "group"
	spaceGroupOpen      = "group_open"
	spaceGroupLast      = "group_last"
	spaceSilence        = "silence"
	spaceSubscription   = "subscription"
	spacePerson         = "person"
	spacePlan           = "plan"
	spacePlanChange     = "plan_change"
	spaceDecision       = "decision"
	spaceOutbox         = "outbox"
	spaceOutboxOpen     = "outbox_open"
	spaceOutboxDead     = "outbox_dead"
	spaceOutboxSent     = "outbox_sent"
	spaceRun            = "run"
	spaceRunLast        = "run_last"
	spaceDue            = "due"
	spaceSeen           = "seen"
	spaceSeenEnd        = "seen_end"
	spaceAsked          = "asked"
	spaceAudit          = "audit"
	spaceSetting        = "setting"
	spaceCursor         = "cursor"
	spaceEvidence       = "evidence"
	spaceEvidenceAt     = "evidence_at"
	spaceEvidenceBlob   = "evidence_blob"
	spaceEvidenceUsers  = "evidence_users"
	spaceForgotten      = "forgotten"
	spaceHole           = "hole"
)

package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Evidence is what an answer or a post with numbers was computed from: enough
// to compute the same bytes again, and to notice when they are not the same.
type Evidence struct {
	// ID is short and can be typed: letters and digits without those that are
	// taken for others. It follows from the other fields.
	ID   string        `json:"-"`
	Kind string        `json:"kind"` // answer, digest, alert
	Shop market.ShopID `json:"shop"`
	// Verb and Args are the question as it can be typed again.
	Verb string `json:"verb"`
	Args string `json:"args,omitempty"`
	// Channels are where it was said; none for a terminal.
	Channels []string        `json:"channels,omitempty"`
	Now      time.Time       `json:"now"`
	AsOf     market.Revision `json:"as_of"`
	// Since is the earliest instant of facts that was read; zero when none were.
	Since time.Time `json:"since,omitzero"`
	// Hours is the same of the hours of a panel.
	Hours time.Time `json:"hours,omitzero"`
	// Catalogue is the revision of the picture of items that was used, 0 when
	// there was none.
	Catalogue market.Revision `json:"catalogue,omitempty"`
	// Settings and Inputs name blobs (Blob): the shop's settings and calendar,
	// and what was used besides facts, "" for nothing.
	Settings string `json:"settings,omitempty"`
	Inputs   string `json:"inputs,omitempty"`
	// Format and Program say what wrote the bytes.
	Format  int    `json:"format"`
	Program string `json:"program,omitempty"`
	// Report is a digest of the numbers, Fields one of each top-level field;
	// Texts are digests of the text without the id, by language.
	Report string            `json:"report"`
	Fields map[string]string `json:"fields,omitempty"`
	Texts  map[string]Text   `json:"texts"`
}

// Text is a digest of a text and one of each of its lines.
type Text struct {
	Sum   string   `json:"sum"`
	Lines []string `json:"lines,omitempty"`
}

// need is what live evidence keeps from being dropped.
type need struct {
	AsOf  market.Revision `json:"as_of"`
	Since int64           `json:"since"` // nanoseconds
	Hours int64           `json:"hours,omitempty"`
}

// idLetters are 31 signs that are not taken for one another; an id has six of
// them, and one more for each that is taken already.
const (
	idLetters = "23456789abcdefghjkmnpqrstuvwxyz"
	idLength  = 6
)

// EvidenceID finds the id of e: the first letters of its digest that no other
// evidence has.
func (tx *Tx) EvidenceID(e Evidence) (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("evidence: %w", err)
	}
	e.Program = "" // so that two builds give a question the same id
	named, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("evidence: %w", err)
	}
	sum := sha256.Sum256(named)
	letters := make([]byte, len(sum))
	for i, c := range sum {
		letters[i] = idLetters[int(c)%len(idLetters)]
	}
	for n := idLength; n <= len(letters); n++ {
		old, err := tx.get(spaceEvidence, letters[:n])
		if err != nil {
			return "", err
		}
		if old == nil || slices.Equal(old, b) {
			return string(letters[:n]), nil
		}
	}
	return "", errors.New("evidence: every id is taken")
}

// PutEvidence stores e under its ID with the blobs that it names: settings and,
// unless nil, inputs. Storing it twice is fine; an ID that other evidence has
// is refused.
func (tx *Tx) PutEvidence(e Evidence, settings, inputs []byte) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	old, err := tx.get(spaceEvidence, []byte(e.ID))
	switch {
	case err != nil:
		return err
	case slices.Equal(old, b):
		return nil
	case old != nil || e.ID == "" || e.Shop == "" || e.AsOf == 0:
		return fmt.Errorf("evidence %q: an id of its own, a shop and a revision are required", e.ID)
	case e.Settings != Blob(settings) || e.Inputs != Blob(inputs):
		return fmt.Errorf("evidence %s: its blobs have other names", e.ID)
	}
	for _, blob := range [][]byte{settings, inputs} {
		if err := tx.holdBlob(blob); err != nil {
			return err
		}
	}
	n := need{AsOf: e.AsOf, Since: nanos(orNever(e.Since))}
	if !e.Hours.IsZero() {
		n.Hours = nanos(e.Hours)
	}
	what, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := tx.listDated(spaceEvidenceAt, string(e.Shop), nanos(e.Now), []byte(e.ID), what, 1); err != nil {
		return err
	}
	return tx.put(spaceEvidence, []byte(e.ID), b)
}

// orNever is t, or the end of time for the zero Time.
func orNever(t time.Time) time.Time {
	if t.IsZero() {
		return instant(1<<63 - 1)
	}
	return t
}

// Evidence returns the evidence of an id with its blobs.
func (tx *Tx) Evidence(id string) (e Evidence, settings, inputs []byte, found bool, err error) {
	if id == "" {
		return e, nil, nil, false, nil
	}
	if found, err = tx.getJSON(spaceEvidence, []byte(id), &e); err != nil || !found {
		return e, nil, nil, false, err
	}
	e.ID = id
	if settings, err = tx.blob(e.Settings); err == nil {
		inputs, err = tx.blob(e.Inputs)
	}
	return e, settings, inputs, err == nil, err
}

// Blob is the name under which content is kept, "" for nil.
func Blob(content []byte) string {
	if content == nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// holdBlob keeps a blob, or counts one more user of it.
func (tx *Tx) holdBlob(content []byte) error {
	if content == nil {
		return nil
	}
	name := Blob(content)
	users, err := tx.blobUsers(name)
	if err != nil {
		return err
	}
	if users == 0 {
		if err := tx.put(spaceEvidenceBlob, []byte(name), tx.db.codec.Pack(nil, content)); err != nil {
			return err
		}
	}
	return tx.putJSON(spaceEvidenceUsers, []byte(name), users+1)
}

func (tx *Tx) blobUsers(name string) (users int, err error) {
	_, err = tx.getJSON(spaceEvidenceUsers, []byte(name), &users)
	return users, err
}

// dropBlob counts one user less of a blob; without any it goes.
func (tx *Tx) dropBlob(name string) error {
	if name == "" {
		return nil
	}
	users, err := tx.blobUsers(name)
	switch {
	case err != nil:
		return err
	case users > 1:
		return tx.putJSON(spaceEvidenceUsers, []byte(name), users-1)
	}
	return errors.Join(tx.remove(spaceEvidenceBlob, []byte(name)), tx.remove(spaceEvidenceUsers, []byte(name)))
}

// blob returns the content of a blob; nil for "".
func (tx *Tx) blob(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	b, err := tx.get(spaceEvidenceBlob, []byte(name))
	if err == nil && b == nil {
		err = damaged(spaceEvidenceBlob, []byte(name), "blob is missing")
	}
	if err != nil {
		return nil, err
	}
	out, err := tx.db.codec.Unpack(b, nil)
	if err != nil || Blob(out) != name {
		return nil, damaged(spaceEvidenceBlob, []byte(name), "content does not fit its name")
	}
	return slices.Clone(out), nil // it outlives the transaction
}

// Pins is what live evidence of a shop needs. Whoever merges versions of facts
// must keep what each of Revisions sees of facts from Since on.
type Pins struct {
	Revisions []market.Revision // ascending, each once
	Since     time.Time         // zero when nothing is needed
	Hours     time.Time         // the same of the hours of a panel
}

// Pins returns what the evidence of a shop needs.
func (tx *Tx) Pins(shop market.ShopID) (p Pins, err error) {
	seen := map[market.Revision]bool{}
	first, hours := nanos(orNever(time.Time{})), nanos(orNever(time.Time{}))
	err = tx.scanDated(spaceEvidenceAt, string(shop), always, func(key, _, payload []byte) error {
		var n need
		if err := decodeJSON(spaceEvidenceAt, key, payload, &n); err != nil {
			return err
		}
		if !seen[n.AsOf] {
			seen[n.AsOf] = true
			p.Revisions = append(p.Revisions, n.AsOf)
		}
		first = min(first, n.Since)
		if n.Hours != 0 {
			hours = min(hours, n.Hours)
		}
		return nil
	})
	slices.Sort(p.Revisions)
	if first < nanos(orNever(time.Time{})) {
		p.Since = instant(first)
	}
	if hours < nanos(orNever(time.Time{})) {
		p.Hours = instant(hours)
	}
	return p, err
}

// always is a window that holds every instant that can be stored.
var always = market.Window{Start: instant(-1<<63 + 1), End: instant(1<<63 - 1)}

// Reads is the earliest instant of facts that this transaction has asked for,
// the zero Time when it asked for none.
func (tx *Tx) Reads() time.Time {
	if tx.since == 1<<63-1 {
		return time.Time{}
	}
	return instant(tx.since)
}

func (tx *Tx) reads(from int64) { tx.since = min(tx.since, from) }

// Hours is Reads for the hours of a panel (storage/series).
func (tx *Tx) Hours() time.Time {
	if tx.hours == 1<<63-1 {
		return time.Time{}
	}
	return instant(tx.hours)
}

// ReadsHours notes that hours of a panel from an instant on were read.
func (tx *Tx) ReadsHours(from time.Time) { tx.hours = min(tx.hours, nanos(from)) }

// pruneEvidence removes evidence of moments before a time, at most pruneStep.
func (tx *Tx) pruneEvidence(before time.Time) (int, error) {
	type place struct {
		shop string
		at   int64
		id   []byte
	}
	var old []place
	err := tx.scanPrefix(spaceDays, keyText(nil, spaceEvidenceAt), func(key, _ []byte) (bool, error) {
		_, rest, _ := cutText(key)
		shop, _, _ := cutText(rest)
		w := always
		w.End = before
		return len(old) < pruneStep, tx.scanDated(spaceEvidenceAt, shop, w, func(key, id, _ []byte) error {
			if len(old) < pruneStep {
				at, _, _ := cutUint(key[len(key)-len(id)-8:])
				old = append(old, place{shop, int64(at ^ 1<<63), slices.Clone(id)})
			}
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	for _, p := range old {
		var e Evidence
		if _, err := tx.getJSON(spaceEvidence, p.id, &e); err != nil {
			return 0, err
		}
		for _, name := range []string{e.Settings, e.Inputs} {
			if err := tx.dropBlob(name); err != nil {
				return 0, err
			}
		}
		if err := tx.listDated(spaceEvidenceAt, p.shop, p.at, p.id, nil, -1); err != nil {
			return 0, err
		}
		if err := tx.remove(spaceEvidence, p.id); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// checkEvidence looks whether all evidence is there and readable.
func (tx *Tx) checkEvidence() error {
	err := tx.scan(spaceEvidenceAt, Range{}, func(key, _ []byte) (bool, error) {
		_, rest, _ := cutText(key)
		if len(rest) < 16 {
			return false, damaged(spaceEvidenceAt, key, "key does not parse")
		}
		_, _, _, found, err := tx.Evidence(string(rest[16:]))
		if err == nil && !found {
			err = damaged(spaceEvidenceAt, key, "evidence is missing")
		}
		return true, err
	})
	return err
}

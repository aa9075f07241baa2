package bolt

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"go.etcd.io/bbolt"

	"shopwatch/storage"
)

// tx is a storage.Writer; in View only its Reader half is handed out. Each
// space is a top-level bucket.
type tx struct {
	tx      *bbolt.Tx
	buckets map[string]*bbolt.Bucket // opened so far; nil for one that is not there
}

func (t *tx) rollback() (err error) {
	defer catch(&err)
	if t.tx.DB() == nil { // a failed commit has rolled back already
		return nil
	}
	return t.tx.Rollback()
}

func (t *tx) commit() (err error) {
	defer catch(&err)
	return t.tx.Commit()
}

func (t *tx) copyTo(w io.Writer) (err error) {
	defer catch(&err)
	_, err = t.tx.WriteTo(w)
	return err
}

func (t *tx) bucket(space string) *bbolt.Bucket {
	b, ok := t.buckets[space]
	if !ok {
		b = t.tx.Bucket([]byte(space))
		t.buckets[space] = b
	}
	return b
}

// Get implements storage.Reader.
func (t *tx) Get(space string, key []byte) (value []byte, err error) {
	defer catch(&err)
	b := t.bucket(space)
	if b == nil {
		return nil, nil
	}
	return b.Get(key), nil
}

// Scan implements storage.Reader.
func (t *tx) Scan(space string, r storage.Range, visit func(key, value []byte) (bool, error)) error {
	c, err := t.cursor(space)
	if err != nil || c == nil {
		return err
	}
	k, v, err := first(c, r)
	for err == nil && k != nil && within(k, r) {
		more, err := visit(k, v)
		if err != nil || !more {
			return err
		}
		if k, v, err = next(c, r.Reverse); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) cursor(space string) (c *bbolt.Cursor, err error) {
	defer catch(&err)
	if b := t.bucket(space); b != nil {
		c = b.Cursor()
	}
	return c, nil
}

func first(c *bbolt.Cursor, r storage.Range) (k, v []byte, err error) {
	defer catch(&err)
	switch {
	case !r.Reverse && r.From == nil:
		k, v = c.First()
	case !r.Reverse:
		k, v = c.Seek(r.From)
	case r.To == nil:
		k, v = c.Last()
	default:
		if k, v = c.Seek(r.To); k == nil {
			k, v = c.Last()
		}
		for k != nil && bytes.Compare(k, r.To) >= 0 {
			k, v = c.Prev()
		}
	}
	return k, v, nil
}

func next(c *bbolt.Cursor, reverse bool) (k, v []byte, err error) {
	defer catch(&err)
	if reverse {
		k, v = c.Prev()
	} else {
		k, v = c.Next()
	}
	return k, v, nil
}

func within(k []byte, r storage.Range) bool {
	if r.Reverse {
		return r.From == nil || bytes.Compare(k, r.From) >= 0
	}
	return r.To == nil || bytes.Compare(k, r.To) < 0
}

// Spaces implements storage.Reader.
func (t *tx) Spaces(prefix string) (names []string, err error) {
	defer catch(&err)
	c := t.tx.Cursor()
	for k, _ := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, _ = c.Next() {
		names = append(names, string(k))
	}
	return names, nil
}

// Put implements storage.Writer.
func (t *tx) Put(space string, key, value []byte) (err error) {
	if len(key) > storage.MaxKey {
		return fmt.Errorf("key of %d bytes in %s, at most %d", len(key), space, storage.MaxKey)
	}
	defer catch(&err)
	b := t.bucket(space)
	if b == nil {
		if b, err = t.tx.CreateBucketIfNotExists([]byte(space)); err != nil {
			return err
		}
		t.buckets[space] = b
	}
	if strings.Contains(space, "/") {
		b.FillPercent = 1 // written in key order, so pages can be packed
	}
	return b.Put(key, value)
}

// Delete implements storage.Writer.
func (t *tx) Delete(space string, key []byte) (err error) {
	defer catch(&err)
	if b := t.bucket(space); b != nil {
		return b.Delete(key)
	}
	return nil
}

// Drop implements storage.Writer.
func (t *tx) Drop(space string) (err error) {
	defer catch(&err)
	if t.bucket(space) == nil {
		return nil
	}
	t.buckets[space] = nil
	return t.tx.DeleteBucket([]byte(space))
}

package storage

import (
	"fmt"
	"slices"

	"shopwatch/internal/market"
)

// schema ties a table of this program to the numbers under which its columns
// are stored. Numbers are given once per column name and never reused, so
// columns can be added, moved and dropped without touching stored blocks.
type schema struct {
	table   *market.Table
	ids     []uint8 // stored number of each column of table
	key     []int   // indexes of the key columns
	version int     // index of the version column, or -1
	day     int     // index of the day column, or -1
	stored  []storedColumn
}

// storedColumn is one line of the column register of a table.
type storedColumn struct {
	ID   uint8  `json:"id"`
	Name string `json:"name"`
	Text bool   `json:"text,omitempty"`
}

// revisionID is the number of the hidden column that holds each row's revision.
const revisionID = 255

func registerKey(table string) []byte { return []byte("columns/" + table) }

// loadSchemas matches the program's tables with the stored registers. stale
// says that a register lacks something and must be saved.
func (tx *Tx) loadSchemas(tables []*market.Table) (map[string]*schema, bool, error) {
	all, stale := map[string]*schema{}, false
	for _, t := range tables {
		var stored []storedColumn
		if _, err := tx.getJSON(spaceMeta, registerKey(t.Name), &stored); err != nil {
			return nil, false, err
		}
		s, err := newSchema(t, stored)
		if err != nil {
			return nil, false, err
		}
		stale = stale || len(s.stored) > len(stored)
		all[t.Name] = s
	}
	return all, stale, nil
}

func (tx *Tx) saveSchemas(all map[string]*schema) error {
	for _, s := range all {
		if err := tx.putJSON(spaceMeta, registerKey(s.table.Name), s.stored); err != nil {
			return err
		}
	}
	return nil
}

func newSchema(t *market.Table, stored []storedColumn) (*schema, error) {
	s := &schema{table: t, version: -1, day: -1, stored: slices.Clone(stored)}
	for i, c := range stored {
		if int(c.ID) != i {
			return nil, fmt.Errorf("%w: column register of table %s is out of order", ErrDamaged, t.Name)
		}
	}
	for _, c := range t.Columns {
		i := slices.IndexFunc(s.stored, func(x storedColumn) bool { return x.Name == c.Name })
		if i < 0 {
			if len(s.stored) >= revisionID {
				return nil, fmt.Errorf("table %s: more than %d columns", t.Name, revisionID)
			}
			i = len(s.stored)
			s.stored = append(s.stored, storedColumn{ID: uint8(i), Name: c.Name, Text: !c.Kind.Number()})
		}
		if s.stored[i].Text == c.Kind.Number() {
			return nil, fmt.Errorf("table %s: column %s is stored as another kind; give the new column another name", t.Name, c.Name)
		}
		s.ids = append(s.ids, s.stored[i].ID)
	}
	for _, name := range t.Key {
		if t.Col(name) < 0 {
			return nil, fmt.Errorf("table %s: key column %s is missing", t.Name, name)
		}
		s.key = append(s.key, t.Col(name))
	}
	if t.Version != "" {
		s.version = t.Col(t.Version)
	}
	if t.Shape == market.Events {
		if s.day = t.Col(t.Day); s.day < 0 {
			return nil, fmt.Errorf("table %s: day column %q is missing", t.Name, t.Day)
		}
	}
	return s, nil
}

// dates reports whether the stored column of that number holds dates, as far as
// this program's table says.
func (s *schema) dates(id uint8) bool {
	i := slices.Index(s.ids, id)
	return i >= 0 && s.table.Columns[i].Kind == market.Date
}

// schema returns the schema of a table that the store was opened with.
func (tx *Tx) schema(t *market.Table) (*schema, error) {
	if t == nil {
		return nil, fmt.Errorf("no table given")
	}
	s, ok := tx.db.schemas[t.Name]
	if !ok || s.table != t {
		return nil, fmt.Errorf("table %s: %w", t.Name, ErrUnknown)
	}
	return s, nil
}

package market

import "fmt"

// Kind is the type of a column.
type Kind uint8

// Column kinds. Int, Money, Time and Date are stored as int64: a count, minor
// units, UTC milliseconds, and a Day. Text is a string.
const (
	Int Kind = iota
	Money
	Time
	Date
	Bool
	Text
)

// Number reports whether values of k are int64 in a Batch.
func (k Kind) Number() bool { return k != Text }

// Column is one column of a fact table.
type Column struct {
	Name     string
	Kind     Kind
	Required bool     // a row without it is rejected
	Enum     []string // the closed list of a Text column, if it has one
}

// Shape is how rows of a table live in time.
type Shape uint8

// Shapes.
const (
	// Events are rows with a life of their own: versions of one key replace
	// each other, and a pull brings only those that changed.
	Events Shape = iota
	// State is a picture of everything at one instant: a pull replaces the
	// whole picture, and what it lacks is gone.
	State
)

// Table declares a kind of fact.
type Table struct {
	Name    string
	Shape   Shape
	Columns []Column
	// Key names the columns that identify a row within a shop.
	Key []string
	// Version names the column whose larger value wins among rows of one key;
	// empty means that the later pull wins.
	Version string
	// Day names the Time or Date column by whose business day events are filed.
	// It must never change for a given key. Empty for State.
	Day string
}

// Col returns the index of a column, or -1.
func (t *Table) Col(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// MustCol returns the index of a column that the caller names in code.
func (t *Table) MustCol(name string) int {
	i := t.Col(name)
	if i < 0 {
		panic(fmt.Sprintf("table %s has no column %q", t.Name, name))
	}
	return i
}

// FindTable returns the table of that name, and false when there is none.
func FindTable(name string) (*Table, bool) {
	for _, t := range Tables {
		if t.Name == name {
			return t, true
		}
	}
	return nil, false
}

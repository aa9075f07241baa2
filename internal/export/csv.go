package export

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Style is how values are written.
type Style struct {
	Zone     *time.Location // of moments; nil is UTC
	Currency market.Currency
	Lang     string // of names; empty is Chinese
}

// WriteCSV writes a sheet with a byte-order mark, so that spreadsheets read its
// Chinese. What is not known is an empty cell. Text that a spreadsheet would
// take for a formula gets an apostrophe before it.
func WriteCSV(w io.Writer, s Sheet, style Style) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write %s: %w", s.Name, err)
	}
	out := csv.NewWriter(w)
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = literal(c.head())
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write %s: %w", s.Name, err)
	}
	for _, row := range s.Rows {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = style.text(v)
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write %s: %w", s.Name, err)
		}
	}
	out.Flush()
	return out.Error()
}

func (s Style) text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return literal(x)
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case market.Fen:
		return s.amount(x)
	case market.Name:
		return literal(s.name(x))
	case market.Day:
		return x.String()
	case time.Duration:
		x = x.Round(time.Second)
		return fmt.Sprintf("%d:%02d:%02d", int(x.Hours()), int(x.Minutes())%60, int(x.Seconds())%60)
	case time.Time:
		return s.local(x).Format("2006-01-02 15:04:05")
	}
	return literal(fmt.Sprint(v))
}

// name is a name in the language of the file.
func (s Style) name(n market.Name) string { return strings.TrimSpace(n.In(cmp.Or(s.Lang, "zh"))) }

// amount writes minor units as whole ones with their decimals, exactly.
func (s Style) amount(f market.Fen) string {
	exp := s.Currency.Exponent()
	if exp == 0 {
		return strconv.FormatInt(int64(f), 10)
	}
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", uint64(-f) //nolint:gosec // the smallest amount has no twin, and no shop
	}
	digits := fmt.Sprintf("%0*d", exp+1, n)
	return sign + digits[:len(digits)-exp] + "." + digits[len(digits)-exp:]
}

func (s Style) local(t time.Time) time.Time {
	if s.Zone == nil {
		return t.UTC()
	}
	return t.In(s.Zone)
}

// literal keeps a spreadsheet from running text. A minus before a number is
// text here, too: numbers are typed and do not come this way.
func literal(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}

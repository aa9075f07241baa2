package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func exportVerb(t *terminal) *cobra.Command {
	var a asking
	var file string
	c := &cobra.Command{
		Use:   "export QUESTION",
		Short: "Write the tables behind an answer as CSV or as a workbook",
		Long: "Write the tables behind an answer as CSV (the first table) or as a workbook (all tables, and what their\n" +
			"metrics mean). The ending of the file decides; without a file CSV is printed.",
		Example: "  shopwatch export --data demo-data \"regions 7d\" -o regions.xlsx\n  shopwatch export -c config.yaml \"stock low top 500\" > stock.csv",
		RunE: func(c *cobra.Command, args []string) error {
			a.Format = app.AsCSV
			switch ending := strings.ToLower(filepath.Ext(file)); {
			case file == "" || ending == ".csv":
			case ending == ".xlsx":
				a.Format = app.AsWorkbook
			default:
				return usage(fmt.Errorf("-o %s: want a name that ends in .csv or .xlsx", file))
			}
			if file == "" {
				return a.ask(c, t, args, t.out)
			}
			return writeWhole(file, func(w io.Writer) error { return a.ask(c, t, args, w) })
		},
	}
	a.flags(c)
	c.Flags().StringVarP(&file, "out", "o", "", "file to write, .csv or .xlsx (default: CSV on standard output)")
	return c
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = errors.Join(write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

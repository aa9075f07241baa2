package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/export"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// exportName asks for the file of the question behind it.
const exportName = "export"

// exporting is the command by its name. Env.read turns "export stock" into
// "stock xlsx", so Run is only for the bare word.
var exporting = &Command{
	Name: exportName, Words: []string{"导出", "下载", "download"}, First: true, Example: "export stock low", Right: access.View,
	Run: func(_ context.Context, _ *Env, r Request) (chat.Message, error) {
		return r.Pen.WhichFile("export stock low", "export hits 7d", "export regions 7d"), nil
	},
}

// fileForm is the kind of file that an answer is wanted as.
type fileForm string

const (
	asCSV      fileForm = "csv"
	asWorkbook fileForm = "xlsx"
)

// fileWords ask for the table of an answer as a file.
func fileWords() []word {
	as := func(f fileForm, forms ...string) word {
		return word{forms: forms, set: func(q *Query) { q.File = f }}
	}
	return []word{
		as(asWorkbook, "xlsx", "excel", "workbook", "as a file", "as file", "to excel", "as excel", "as xlsx", "存为文件", "导出", "表格文件", "导出excel"),
		as(asCSV, "csv", "as csv", "to csv", "导出csv"),
	}
}

// cutFile takes the word that asks for a file off the end of words that are read
// literally.
func cutFile(rest string) (form fileForm, left string) {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return "", rest
	}
	last := len(words) - 1
	for _, w := range fileWords() {
		if slices.Contains(w.forms, fold(words[last])) {
			var q Query
			w.set(&q)
			return q.File, strings.Join(words[:last], " ")
		}
	}
	return "", rest
}

// exported turns the words behind "export" into the question that gives the
// file.
func exported(rest string) string {
	for _, t := range tokenize(rest) {
		for _, w := range fileWords() {
			if slices.Contains(w.forms, fold(t)) {
				return rest
			}
		}
	}
	return join(rest, string(asWorkbook))
}

// fileRows is how many rows a list may have in a file: what opens at once in a
// spreadsheet on a telephone, too.
const fileRows = 10_000

// Table gives the tables behind an answer, whole up to a limit, for programs and
// files. A question that has none gives no sheets.
func (env *Env) Table(ctx context.Context, ask Ask) ([]export.Sheet, error) {
	data, err := env.numbers(ctx, ask, fileRows)
	if err != nil {
		return nil, err
	}
	return export.Sheets(data), nil
}

// filed answers a question with a file, or as ever when there is nothing to put
// into one.
func (env *Env) filed(ctx context.Context, c *Command, r Request) (chat.Message, error) {
	r.Query.Rows = fileRows
	data, err := c.Data(ctx, env, r)
	sheets := export.Sheets(data)
	if errors.Is(err, report.ErrNoData) {
		t, lackErr := env.lacking(ctx, c, r, err)
		if lackErr != nil || t != nil {
			return chat.Message{}, cmp.Or(lackErr, error(t))
		}
	}
	if err != nil || len(sheets) == 0 {
		m, err := answered(r, err, func() chat.Message { return chat.Message{} })
		if err != nil || m.Text != "" {
			return m, err
		}
		r.Query.Rows = 0
		m, err = c.Run(ctx, env, r)
		return r.Pen.NoFile(m), err
	}
	f := card.Filed{
		Name: c.Name + "-" + env.Shop.Local(r.Now).Format("2006-01-02-1504") + "." + string(r.Query.File), Question: r.Question, Plain: plain(r.Question),
		Rows: len(sheets[0].Rows), More: sheets[0].More, CSV: r.Query.File == asCSV, Data: r.proof.data,
	}
	content, names, err := r.write(env.Shop, sheets, f)
	if err != nil {
		return chat.Message{}, fmt.Errorf("file of %s: %w", r.Question, err)
	}
	f.Sheets = names
	return r.Pen.File(f, content), nil
}

// plain is a question without the words that ask for a file or for everyone to
// see it.
func plain(question string) string {
	kept := slices.DeleteFunc(strings.Fields(question), func(w string) bool {
		key, _, keyed := strings.Cut(fold(w), "=")
		return keyed && keyNames[key] == "share" ||
			slices.ContainsFunc(append(fileWords(), shareWord()), func(f word) bool { return slices.Contains(f.forms, fold(w)) })
	})
	return strings.Join(kept, " ")
}

// write makes the file, with headings and names in the asker's language, and
// names its sheets.
func (r Request) write(shop *market.Shop, sheets []export.Sheet, f card.Filed) (content []byte, names []string, err error) {
	definitions := export.Definitions(sheets)
	for i := range sheets {
		r.word(shop, &sheets[i])
		sheets[i].Name = r.Pen.SheetName(sheets[i].Name)
		names = append(names, sheets[i].Name)
	}
	style := export.Style{Zone: shop.Zone, Currency: shop.Currency, Lang: r.Pen.L.Tag()}
	var b bytes.Buffer
	if f.CSV {
		err = export.WriteCSV(&b, sheets[0], style)
		return b.Bytes(), names, err
	}
	if len(definitions.Rows) > 0 {
		definitions.Name = r.Pen.L.T("file.definitions")
		r.word(shop, &definitions)
		sheets, names = append(sheets, definitions), append(names, definitions.Name)
	}
	about := r.about(f)
	err = export.WriteWorkbook(&b, append(sheets, about), style)
	return b.Bytes(), append(names, about.Name), err
}

// word heads the columns of a sheet and names units and channels in the
// asker's language.
func (r Request) word(shop *market.Shop, s *export.Sheet) {
	labels := map[string][]market.Label{"unit": shop.Units, "channel": shop.Channels, "leader": shop.Channels, "region": shop.Regions}
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Metric != "" {
			c.Title = r.Pen.MetricTitle(c.Metric, c.Before)
			continue
		}
		c.Title = r.Pen.ColumnTitle(c.Name)
		for _, row := range s.Rows {
			id, _ := row[i].(string)
			if word := r.Pen.CodeWord(c.Name, id); word != "" {
				row[i] = word
			}
			if at := slices.IndexFunc(labels[c.Name], func(l market.Label) bool { return l.ID == id }); at >= 0 {
				row[i] = labels[c.Name][at].Name
			}
		}
	}
}

// about is the sheet that says where the figures come from.
func (r Request) about(f card.Filed) export.Sheet {
	t := func(key string) string { return r.Pen.L.T("file." + key) }
	yes := map[bool]string{true: t("about_yes"), false: t("about_no")}
	s := export.Sheet{Name: t("about"), Columns: []export.Column{{Name: "about", Kind: export.Text, Title: t("about")}, {Name: "value", Kind: export.Text, Title: " "}}}
	for _, row := range [][2]any{
		{"about_shop", r.Pen.Shop.Name},
		{"about_question", r.Question},
		{"about_asked", r.Now},
		{"about_as_of", moment(r.proof.data)},
		{"about_complete", yes[r.proof.data.Complete]},
		{"about_revision", int64(cmp.Or(r.proof.data.Revision, r.Query.AsOf))}, //nolint:gosec // a count of transactions
		{"about_more", int64(f.More)},
	} {
		key, _ := row[0].(string)
		s.Rows = append(s.Rows, []any{t(key), row[1]})
	}
	return s
}

func moment(c report.Coverage) any {
	if c.AsOf.IsZero() {
		return nil
	}
	return c.AsOf
}

// noted keeps in the audit that somebody took data out, after what else is kept
// of the answer.
func (env *Env) noted(r Request, m chat.Message, keep func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if keep != nil {
			if err := keep(ctx); err != nil {
				return err
			}
		}
		return env.DB.Update(ctx, func(tx *storage.Tx) error {
			return tx.Audit(access.Entry{At: r.Now, Actor: r.User, Act: "command." + exportName, Subject: clip(r.Question), Channel: r.Channel, Detail: m.File.Name})
		})
	}
}

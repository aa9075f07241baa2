package card

import "shopwatch/internal/chat"

// fileCards are answers as files, and what is said instead of one.
func fileCards(p Pen) map[string]chat.Message {
	cut := Filed{
		Name: "shopwatch-stock-2026-11-22.xlsx", Question: "stock low xlsx", Plain: "stock low", Rows: 10_000, More: 2_345,
		Sheets: []string{"stock", "definitions"}, Data: coverage(),
	}
	plain := Filed{
		Name: "shopwatch-gmv-2026-11-22.csv", Question: "gmv csv", Plain: "gmv", Rows: 1, Sheets: []string{"gmv", "parts"}, CSV: true, Data: coverage(),
	}
	stock := p.Stock(runway(14), "stock")
	return map[string]chat.Message{
		"file_xlsx": p.File(cut, []byte("PK")), "file_csv": p.File(plain, []byte("x")), "file_which": p.WhichFile("export gmv", "export stock low"),
		"file_none": p.NoFile(p.Said(p.t("stock_none"))), "file_offered": p.AsFile(stock, "stock"),
		"unanswered": p.Unanswered("gmv 昨天 <!here>", false), "unanswered_act": p.Unanswered("", true),
	}
}

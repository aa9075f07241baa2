// Command peers loads the catalogue of internal/benchdata into other databases
// and into the product's own store, in one run, and prints how large, how fast
// to load and how fast to ask each of them is.
//
//	go run . [--skus 1000000] [--hours 24] [--only ours,duckdb] [--json FILE]
//
// It is a module of its own so that the databases it compares with are no part
// of the product. A database that is not on this machine is left out and named.
//
// Every peer gets the layout that its own documentation recommends for the task
// and whole numbers for series, which the product has to look up: PostgreSQL by
// COPY into a table with the primary key (hour, series) and 1 GB of buffers;
// SQLite without rowid, in WAL mode, synced fully; DuckDB by its appender and
// then once more sorted by series, which is when it compresses best. All of them
// confirm an hour only when it is durable, as the product does.
package main

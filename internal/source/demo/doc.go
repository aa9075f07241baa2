// Package demo is a marketplace that needs no account: a seeded, deterministic
// shop served over HTTP. Orders, items, refunds and reviews speak the Taobao
// open platform's protocol at /router/rest (signatures, envelopes, windows,
// reverse-sorted increments); catalogue, traffic, stock, prices, rivals, ads,
// members and search words are plain JSON under /api/.
//
// The world is a pure function of Options and the injected clock: it knows no
// other time and no global randomness, and never serves a fact later than now.
// Sales, stock, prices and reviews are one model, so that available stock
// equals what was delivered less what was ordered, and an item that has sold
// out stops selling. Labels (Truth, WriteTruth) say of everything that
// happens, planned or by chance, what a watcher should notice and where it must
// stay quiet.
//
// Under /api/ every table is a GET with page and size (at most 2000); reviews,
// traffic, ads, members and search also take start and end (RFC 3339, the end
// not included). The answer is {as_of, page, size, total, pages, rows}; amounts
// are in fen, times in GMT+8. Tables: items, stock, prices, rivals (pictures as
// of now), reviews (by creation), traffic (whole hours), ads, members, search
// (whole days, ready at six in the morning).
//
// The package must not know who reads it: it has no idea of stores, alerts or
// chats, and Specs speaks to readers only through the source schema.
package demo

// Package i18n is the product's tongue: the texts of both languages, and how
// numbers, money, changes, dates and durations are written in them.
//
// A tour from the bottom up:
//
//   - number.go writes whole numbers, amounts and compact amounts (628.4万,
//     6.28M) with integer arithmetic only; compact.go holds the unit ladders.
//   - ratio.go writes shares, changes (▲8.2%, 新增, ×11), targets attained and
//     differences in percentage points.
//   - moment.go writes dates, clock times and durations.
//   - catalogue.go loads catalogue/<area>.<tag>.json (go-i18n JSON, embedded).
//     An area belongs to the package that speaks: card, command, bot, ...;
//     every key starts with its area. Adding an area is adding two files.
//   - locale.go answers T and N: a key with its values to a text.
//
// A text that cannot be made (unknown key, a value missing or nil) is a fault:
// the key comes back as «key» so that the message still goes out, and Faults
// counts it. go-i18n alone would quietly answer in English, or print
// "<no value>".
//
// The package knows no metric, no message and no platform. Times given to it
// are already in the zone they are to be read in; it never reads a clock.
// Nothing is escaped here: the renderer of the platform does that.
package i18n

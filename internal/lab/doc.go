// Package lab runs the analysis on CSV files of anyone's own: CSV in, CSV or
// JSON out, one file per verb, all of them in the list that Verbs returns. A
// Session opens the files, a Table reads rows and collects what is wrong with
// them, a Sink writes rows as they come.
//
// It holds no analysis: that is internal/analysis and the packages below, and
// the bot's own rules call the same functions. It knows nothing of the store,
// of shops or of the chat.
package lab

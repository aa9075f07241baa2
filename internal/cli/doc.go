// Package cli is the command line: one file per verb. It turns flags into
// options, calls internal/app and turns errors into exit codes: 0 fine, 1 ran
// and the answer is no, 2 wrong usage, 3 configuration or store refused.
package cli

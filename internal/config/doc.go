// Package config reads the one configuration file. It knows every key, its
// default and its limits, and reports all problems of a file at once, each
// with line, column, cause and a correct line to write instead, in zh-CN and
// in English.
//
// The sections sources and limits belong to the source engine: here they are
// only known to exist, and Config.Raw hands the file on. The package knows no
// scheduler (a cron check is passed in), opens no connection, and never lets a
// secret into a text: Secret prints as [secret] and excerpts are masked.
package config

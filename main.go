// Command shopwatch is a chat bot for the people who run shops on a marketplace.
package main

import (
	"os"
	_ "time/tzdata" // zones are there on a machine without any

	_ "golang.org/x/crypto/x509roots/fallback" // and so are the roots of trust

	"shopwatch/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }

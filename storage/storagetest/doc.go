// Package storagetest is the contract of storage.Engine as tests: every engine
// passes Run. It is imported by tests only and must not know any engine.
package storagetest

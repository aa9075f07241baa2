// Package audience says who receives what: which people and channels have
// subscribed to which digests, and how a person likes to be spoken to. It is
// pure: package storage keeps these records and package notify reads them
// together with the configuration.
package audience

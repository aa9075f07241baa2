// Package alert is the life of a problem as a pure state machine: pending,
// firing, acknowledged, resolved, withdrawn. It decides what changes and what
// must be said; it neither stores nor sends.
package alert

// Package access says who may do what, and keeps the words of the audit trail.
package access

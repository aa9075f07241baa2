// Package gate judges a pull by the pulls before it: whether a picture has lost
// rows, whether too much turned bad at once, whether amounts moved by a factor
// of a hundred. What it doubts is not used until a later pull agrees; what is
// partial never becomes a zero.
//
// It is pure: batches and manifests in, a verdict out. It must not know the
// store, the sources, or what is said about a doubt.
package gate

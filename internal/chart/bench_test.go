package chart

import (
	"io"
	"testing"
)

func BenchmarkPNG(b *testing.B) {
	for name, c := range samples() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := PNG(io.Discard, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	c := dayZh()
	for b.Loop() {
		if err := SVG(io.Discard, c); err != nil {
			b.Fatal(err)
		}
	}
}

// Package chart draws a chat.Chart as PNG for chat and as SVG for pages. Both
// outputs read one draw list, so they cannot disagree about a value, a name or
// a place.
//
// A tour from the bottom up:
//
//   - ink.go holds the colours by their role. Texts have a contrast of at least
//     4.5, lines of data of at least 3. In SVG the role is the class of an
//     element, so that a page can recolour a chart for dark surroundings.
//   - font.go holds the fonts: Noto Sans SC, regular and bold, cut to the 7,651
//     characters of fonts/charset.txt and parsed once. It measures and shortens
//     texts, drops emoji, and puts □ for a character that no font has; a
//     missing glyph would otherwise vanish without a trace.
//   - scene.go is the draw list: rectangles, paths, areas, discs and texts in
//     logical pixels of an 800 by 450 canvas, and the box of every text. It
//     lays out title, headline, change and footer.
//   - axis.go picks 3 to 5 ticks at steps of 1, 2 or 5; no two read alike, and
//     0 is written as 0.
//   - line.go and name.go draw lines over positions. There is no legend: every
//     line and target is named at its end, spread.go keeps the names apart, and
//     a leader line joins a name that had to move. Where the current series is
//     unknown the plot is hatched; nothing is drawn through a gap, and never to
//     zero.
//   - bar.go draws horizontal bars with their values. Rows that do not fit are
//     counted in a last line.
//   - heat.go draws a heat map: a row of cells for each series in seven shades of
//     one hue, with a key. A cell without a value is hatched.
//   - faults.go says what could not be read in a picture; tests and the gallery
//     ask it about every picture that there is.
//   - raster.go, palette.go and svg.go turn the list into bytes. The PNG has
//     two pixels for each logical one and at most 64 colours, the inks exact;
//     a chart weighs about 35 KB.
//   - chart.go is what others call: PNG and SVG, or a Kit with a second font
//     and a count of missing characters.
//
// The same chart gives the same bytes. Whatever the data, no two texts overlap
// and none leaves the canvas; a property test holds this over generated charts.
//
// The package knows no metric, no language and no platform: words, numbers and
// the judgement whether a change is welcome come with the chart. It reads no
// clock and no file.
package chart

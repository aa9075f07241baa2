package chart

import (
	"image/color"
	"strconv"
)

// ink is the role of a colour. In SVG it is also the class of the element, so
// that a page's style sheet can recolour a chart for dark surroundings.
type ink string

const (
	inkPaper     ink = "paper"
	inkText      ink = "text"
	inkMuted     ink = "muted"
	inkAxis      ink = "axis"
	inkGrid      ink = "grid"
	inkGround    ink = "ground" // the line values stand on
	inkCurrent   ink = "current"
	inkShade     ink = "shade" // below the current series
	inkBand      ink = "band"  // where ordinary values lie
	inkPrevious  ink = "previous"
	inkOlder     ink = "older"
	inkOlderName ink = "older-name"
	inkBase      ink = "base"
	inkSprint    ink = "sprint"
	inkChallenge ink = "challenge"
	inkFloor     ink = "floor"
	inkGood      ink = "good"
	inkBad       ink = "bad"
	inkVoid      ink = "void"     // where nothing is known
	inkHatching  ink = "hatching" // strokes on void
)

// heat are the shades of a heat map, from little to much. None is so grey that
// neither inkText nor inkPaper could be read on it.
var heat = [...]ink{"heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "heat-6", "heat-7"}

var heatHex = map[ink]string{
	heat[0]: "#eef2ff", heat[1]: "#d0dbff", heat[2]: "#adc0fd", heat[3]: "#86a1f8", heat[4]: "#6a8af2", heat[5]: "#3553d6", heat[6]: "#12248f",
}

// inks lists all of them.
func inks() []ink {
	return append([]ink{
		inkPaper, inkText, inkMuted, inkAxis, inkGrid, inkGround, inkCurrent, inkShade, inkBand, inkPrevious, inkOlder,
		inkOlderName, inkBase, inkSprint, inkChallenge, inkFloor, inkGood, inkBad, inkVoid, inkHatching,
	}, heat[:]...)
}

// hex is the colour on white. Texts have a contrast of 4.5 or more on paper,
// shade, band and void, lines of data 3 or more on paper.
func (i ink) hex() string {
	switch i {
	case inkText:
		return "#1f1f1f"
	case inkMuted:
		return "#595959"
	case inkAxis:
		return "#737373"
	case inkGrid:
		return "#ececec"
	case inkGround:
		return "#bfbfbf"
	case inkCurrent:
		return "#1d39c4"
	case inkShade:
		return "#f0f4ff"
	case inkBand:
		return "#f0f0f0"
	case inkPrevious:
		return "#7f7f7f"
	case inkOlder:
		return "#8c8c8c"
	case inkOlderName:
		return "#6b6b6b"
	case inkBase:
		return "#237804"
	case inkSprint:
		return "#8f5600"
	case inkChallenge, inkBad:
		return "#a8071a"
	case inkFloor:
		return "#531dab"
	case inkGood:
		return "#1d6b12"
	case inkVoid:
		return "#f7f7f7"
	case inkHatching:
		return "#dcdcdc"
	case inkPaper:
		return "#ffffff"
	default:
		return heatHex[i]
	}
}

func (i ink) rgba() color.RGBA {
	// hex is always six digits, so there is no error to handle.
	v, _ := strconv.ParseUint(i.hex()[1:], 16, 32)
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

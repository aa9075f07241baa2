package chat

import (
	"bytes"
	"encoding/json"
	"math"
)

// Values is a list of numbers in which NaN means "not known". JSON has no NaN,
// so the unknown is null there.
type Values []float64

// MarshalJSON writes unknown values as null.
func (v Values) MarshalJSON() ([]byte, error) {
	list := make([]*float64, len(v))
	for i := range v {
		if !math.IsNaN(v[i]) && !math.IsInf(v[i], 0) {
			list[i] = &v[i]
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads null as NaN.
func (v *Values) UnmarshalJSON(b []byte) error {
	var list []*float64
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&list); err != nil {
		return err
	}
	*v = make(Values, len(list))
	for i, p := range list {
		(*v)[i] = math.NaN()
		if p != nil {
			(*v)[i] = *p
		}
	}
	return nil
}

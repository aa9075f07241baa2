package count

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.9f, want %.9f", what, got, want)
	}
}

// TestGoldenLoss holds values of the stockpyl package.
func TestGoldenLoss(t *testing.T) {
	for _, c := range []struct {
		s              int64
		mean, variance float64
		want           float64
	}{
		{20, 12, 30, .301601},
		{95, 80, 400, 2.926786},
		{5, 2.2, 9, .441761},
		{18, 15, 15, .517610},
	} {
		d := New(c.mean, c.variance)
		near(t, "loss", d.Loss(c.s), c.want, 1e-6)
		if got := d.UpTo(c.want + 1e-6); got != c.s {
			t.Errorf("loss %.6f of mean %g is kept from %d on, want %d", c.want, c.mean, got, c.s)
		}
	}
	near(t, "normal loss", NormalLoss(18, 15, 3), .249946, 1e-6)
	near(t, "G(1)", NormalLoss(1, 0, 1), .0833155, 1e-7)
}

func TestGoldenTail(t *testing.T) {
	d := New(12, 2.5*12)
	for y, want := range map[int64]float64{12: .4877753, 20: .0952879, 30: .00544440} {
		near(t, "tail", d.Tail(y), want, 1e-7)
	}
}

// TestLaws: chances sum to 1 and have the mean and variance asked for, CDF and
// Tail and Loss agree with sums of P, and a quantile is the smallest that is
// enough.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(.01, 60).Draw(t, "mean")
		ratio := rapid.Float64Range(.5, 6).Draw(t, "ratio")
		d := New(mean, mean*ratio)
		s := rapid.Int64Range(0, 120).Draw(t, "s")
		var sum, first, second, below, short float64
		for x := range int64(3000) {
			p := d.P(x)
			sum, first, second = sum+p, first+p*float64(x), second+p*float64(x)*float64(x)
			if x <= s {
				below += p
			} else {
				short += p * float64(x-s)
			}
		}
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"sum", sum, 1},
			{"mean", first, mean},
			{"variance", (second - first*first) / d.Variance(), 1},
			{"cdf", d.CDF(s), below},
			{"tail", d.Tail(s + 1), 1 - below},
			{"loss", d.Loss(s), short},
		} {
			if math.Abs(c.got-c.want) > 1e-6*(1+mean) {
				t.Fatalf("%s is %.9f, want %.9f", c.what, c.got, c.want)
			}
		}
		p := rapid.Float64Range(.01, .999).Draw(t, "p")
		q := d.Quantile(p)
		if d.CDF(q) < p || q > 0 && d.CDF(q-1) >= p {
			t.Fatalf("quantile %g is %d with %g and %g below", p, q, d.CDF(q), d.CDF(q-1))
		}
	})
}

func TestNothing(t *testing.T) {
	for _, d := range []Dist{{}, New(-1, 3), New(math.NaN(), 1), New(0, 0), New(math.Inf(1), 1)} {
		if d.Quantile(.99) != 0 || d.CDF(0) != 1 || d.Loss(0) != 0 || d.UpTo(.1) != 0 || d.P(0) != 1 || d.Tail(1) != 0 {
			t.Errorf("%+v is not certainly 0", d)
		}
	}
	if got := New(3, 5).Loss(-2); got != 5 {
		t.Errorf("two pieces owed and 3 wanted are %g short, want 5", got)
	}
}

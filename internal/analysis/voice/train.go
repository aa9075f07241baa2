package voice

import (
	"errors"
	"math"
	"math/rand/v2"
)

// Sample is a labelled text. Group is where it comes from, such as the category
// of the item, and may be empty.
type Sample struct {
	Text     string
	Positive bool
	Group    string
}

// What a model is trained with. The figures were chosen on a plateau: doubling
// or halving any of them moves accuracy by less than half a point.
const (
	trainBits   = 17
	trainPasses = 4
	trainSeed   = 1
	trainStep   = 0.5  // of Adagrad
	trainDecay  = 1e-4 // L2 on the n-grams
	mostWeight  = 5.0  // of one sample
)

// Train fits a model by logistic regression with Adagrad. Both labels of a
// group weigh the same, so that neither the larger label wins by its number
// nor a group's vocabulary by its share. The same samples in the same order
// give the same model. Both labels must occur.
func Train(samples []Sample) (*Model, error) {
	if len(samples) == 0 {
		return nil, errors.New("train: no texts")
	}
	all := make([]features, len(samples))
	for i := range samples {
		all[i] = featuresOf(samples[i].Text, trainBits)
	}
	return fit(samples, all)
}

// fit trains on texts that have been taken apart already.
func fit(samples []Sample, all []features) (*Model, error) {
	weights, groups, err := sampleWeights(samples)
	if err != nil {
		return nil, err
	}
	t := newTrainer(trainBits)
	rng := rand.New(rand.NewPCG(trainSeed, trainSeed)) //nolint:gosec // repeatable on purpose
	order := rng.Perm(len(samples))
	for range trainPasses {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			t.learn(&all[i], samples[i].Positive, weights[i])
		}
	}
	m := t.model()
	m.Recipe = Recipe{
		Command: "shopwatch lab train", Samples: len(samples), Groups: groups, Bits: trainBits, Passes: trainPasses, Seed: trainSeed,
	}
	return m, nil
}

// sampleWeights makes both labels of each group weigh half of the group. A
// group that has one label only weighs as it is.
func sampleWeights(samples []Sample) (weights []float64, groups int, err error) {
	type cell struct {
		group    string
		positive bool
	}
	n := map[cell]float64{}
	var labels [2]bool
	names := map[string]bool{}
	for _, s := range samples {
		n[cell{s.Group, s.Positive}]++
		names[s.Group] = true
		if s.Positive {
			labels[1] = true
		} else {
			labels[0] = true
		}
	}
	if !labels[0] || !labels[1] {
		return nil, 0, errors.New("train: there must be negative and positive texts")
	}
	weights = make([]float64, len(samples))
	for i, s := range samples {
		own, other := n[cell{s.Group, s.Positive}], n[cell{s.Group, !s.Positive}]
		weights[i] = 1
		if other > 0 {
			weights[i] = min(mostWeight, (own+other)/(2*own))
		}
	}
	return weights, len(names), nil
}

// trainer holds weights and what Adagrad has seen of their gradients.
type trainer struct {
	grams, gramSquares  []float64
	dense, denseSquares [dense]float64
}

func newTrainer(bits uint) *trainer {
	return &trainer{grams: make([]float64, 1<<bits), gramSquares: make([]float64, 1<<bits)}
}

func (t *trainer) learn(f *features, positive bool, weight float64) {
	z := 0.0
	for _, g := range f.grams {
		z += t.grams[g]
	}
	z *= f.value
	for k, v := range f.dense {
		z += t.dense[k] * v
	}
	wrong := logistic(z)
	if positive {
		wrong--
	}
	wrong *= weight
	for _, g := range f.grams {
		step(&t.grams[g], &t.gramSquares[g], wrong*f.value+trainDecay*t.grams[g])
	}
	for k, v := range f.dense {
		step(&t.dense[k], &t.denseSquares[k], wrong*v)
	}
}

// step is one step of Adagrad against a gradient.
func step(weight, squares *float64, gradient float64) {
	if gradient == 0 {
		return
	}
	*squares += gradient * gradient
	*weight -= trainStep * gradient / math.Sqrt(*squares)
}

// model rounds the weights of the n-grams to a byte each.
func (t *trainer) model() *Model {
	top := 0.0
	for _, w := range t.grams {
		top = max(top, math.Abs(w))
	}
	m := &Model{scale: top / math.MaxInt8, dense: t.dense, grams: make([]int8, len(t.grams))}
	if top > 0 {
		for g, w := range t.grams {
			m.grams[g] = int8(math.Round(w / m.scale))
		}
	}
	return m
}

// Command along writes what the maps of a sweep's networks do along its lines: an
// evaluate.Evaluation of every network of scenes that is in a line, which a search is not,
// with the differences from the first network that was trained with the same seed.
//
//	scalecam sweep scenes -o SWEEP
//	go run ./docs/along SWEEP > docs/study/along.json
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/compare/sweep"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/train"
)

// count is how many scenes are drawn: as many as the study of the five has.
const count = 2000

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("name the folder of a sweep of scenes")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(folder string) error {
	r, err := sweep.ReadFile(filepath.Join(folder, sweep.ResultFile))
	if err != nil {
		return err
	}
	r.Lines = slices.DeleteFunc(r.Lines, (*sweep.Curves).Searches)
	trainings := r.Trainings()
	var all []*network.Model
	for _, t := range trainings {
		m, err := models.Open(filepath.Join(folder, "points", t.Name, t.Name+".safetensors"), nil)
		if err != nil {
			return err
		}
		m.Name = t.Name
		all = append(all, m)
	}
	set := scenes.Set{Seed: scenes.TestSeed, Count: count, Side: train.DefaultScenes.Side}
	e, err := evaluate.Run(context.Background(), all, set, evaluate.Protocol{}, func(int, int) {})
	if err != nil {
		return err
	}
	e.Data = set.String()
	e.Differences = slices.DeleteFunc(e.Differences, func(d evaluate.Difference) bool {
		i := slices.IndexFunc(trainings, func(t *sweep.Training) bool { return t.Name == d.Name })
		return d.Against != first(trainings, trainings[i].Seed).Name
	})
	data, err := record.Encode(e)
	if err != nil {
		return err
	}
	fmt.Print(string(data))
	return nil
}

// first is the first training of a seed.
func first(all []*sweep.Training, seed uint64) *sweep.Training {
	return all[slices.IndexFunc(all, func(t *sweep.Training) bool { return t.Seed == seed })]
}

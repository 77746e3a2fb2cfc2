// Command agreement writes which measures rank maps as the truth does, and what they say
// of the maps, from what scalecam evaluate wrote of scenes: all tables of single pictures
// (--pictures NAME.csv) in a folder, and beside each the figures of all (--json, NAME.json).
//
//	scalecam evaluate --count 2000 --method cam --measures energy,part-removed --pictures DIR/cam.csv --json > DIR/cam.json
//	go run ./docs/agreement DIR > assets/packs/scenes/measures.json
//
// Tables may be of other methods, or of other measures of the same scenes, which are the
// first ones of a seed: what takes long is measured on fewer.
package main

import (
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"

	"scalecam/compare/evaluate"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/network/train"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("name the folder of tables and figures")
	}
	tables, err := filepath.Glob(filepath.Join(os.Args[1], "*.csv"))
	if err != nil {
		log.Fatal(err)
	}
	seen := new(evaluate.Seen)
	figures := map[evaluate.MapName]map[string]float64{}
	for _, name := range tables {
		text, err := os.ReadFile(name)
		if err == nil {
			err = seen.Read(text)
		}
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		beside := strings.TrimSuffix(name, ".csv") + ".json"
		var e evaluate.MapEvaluation
		if text, err = os.ReadFile(beside); err == nil {
			err = record.Decode(text, &e)
		}
		if err != nil {
			log.Fatalf("%s: %v", beside, err)
		}
		for _, ask := range e.Asks {
			for _, n := range ask.Networks {
				name := evaluate.MapName{Method: ask.Method, Layer: ask.Layer, Network: n.Name}
				if figures[name] == nil {
					figures[name] = map[string]float64{}
				}
				for key, f := range n.Figures {
					figures[name][key] = math.Round(f.Value*1e4) / 1e4
				}
			}
		}
	}
	a := seen.Agree(scenes.TestSeed)
	a.Data = scenes.Set{Seed: scenes.TestSeed, Count: seen.Pictures, Side: train.DefaultScenes.Side}.String()
	for i := range a.Maps { // those of all pictures together, as papers have them
		a.Maps[i].Figures = figures[a.Maps[i].MapName]
	}
	data, err := record.Encode(a)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(data))
}

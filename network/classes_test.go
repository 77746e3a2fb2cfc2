package network

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"scalecam/assets"
)

func TestFindClass(t *testing.T) {
	m := &Model{Name: "birds", Classes: []string{"crane", "grey fox", "crane", "7", "hen"}}
	for in, want := range map[string]int{"grey fox": 1, " Grey FOX ": 1, "2": 2, "4": 4, "7": 3} {
		if got, err := m.FindClass(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"crane": `0 "crane", 2 "crane"`, "5": "0 to 4", "-1": "0 to 4", "fox": `"grey fox"`, "hen ne": `"hen"`, "": "nearest",
		strings.Repeat("x", 100_000): "nearest",
	} {
		if got, err := m.FindClass(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %d, %v; want an error that says %s", in, got, err, want)
		}
	}
}

func TestFindClassOfImageNet(t *testing.T) {
	m := &Model{Name: "lite", Classes: assets.ImageNetClasses(), Domain: ImageNet}
	for in, want := range map[string]int{
		"running shoe": 770, "sneaker": 770, "Running-Shoe": 770, " runningshoe ": 770, "770": 770,
		"러닝화": 770, "운동화": 770, norm.NFD.String("운동화"): 770, " 운동 화": 770,
		"cell phone": 487, "휴대폰": 487, "휴대전화": 487, "t shirt": 610, "jack-o’-lantern": 607, "rv": 757,
		"crane": 517, "crane bird": 134, "기중기": 517, "두루미": 134, "missile": 657, "projectile": 744,
		"Cardigan": 264, "cardigan": 474, "카디건": 474, "카디건 웰시코기": 264,
		"Tinca tinca": 0, "두루마리휴지": 999,
	} {
		if got, err := m.FindClass(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"고양이":      `5 classes are named "고양이"; give the index, one of 281 "얼룩고양이", 282 "줄무늬고양이", 283 "페르시아고양이", 284 "샴고양이", 285 "이집트고양이"`,
		"Panther":  `286 "cougar", 290 "jaguar"`,
		"CARDIGAN": `264 "Cardigan", 474 "cardigan"`,
		"snaeker":  `the nearest are "sneaker"`,
		"운동하":      `the nearest are "운동화"`,
		"운동화끈":     `the nearest are "운동화"`,
		"":         "the nearest", "-": "the nearest", "1000": "0 to 999",
	} {
		if got, err := m.FindClass(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %d, %v; want an error that says %s", in, got, err, want)
		}
	}
	// A book that was pasted.
	start := time.Now()
	if i, err := m.FindClass(strings.Repeat("운동화 ", 1_000_000)); err == nil || len(err.Error()) > 1000 || time.Since(start) > 3*time.Second {
		t.Errorf("a book is class %d, found in %v", i, time.Since(start))
	}
	for i, name := range m.Classes {
		if got, err := m.FindClass(name); err != nil || got != i {
			t.Errorf("%q: %d, %v; want %d", name, got, err, i)
		}
		if i%10 > 0 {
			continue // a search through all takes its time
		}
		if got, err := m.FindClass(m.ClassName(i, "ko")); err != nil || got != i {
			t.Errorf("%q: %d, %v; want %d", m.ClassName(i, "ko"), got, err, i)
		}
	}
	// A class of other pictures is not what ImageNet's of its name is.
	pets := &Model{Name: "pets", Classes: []string{"mouse", "hen"}}
	if name := pets.ClassName(0, "ko"); name != "mouse" {
		t.Errorf("a mouse that is no computer's is called %s", name)
	}
	if i, err := pets.FindClass("마우스"); err == nil {
		t.Errorf("a mouse that is no computer's is class %d", i)
	}
}

func BenchmarkFindClass(b *testing.B) {
	m := &Model{Name: "lite", Classes: assets.ImageNetClasses(), Domain: ImageNet}
	for _, in := range []string{"running shoe", "운동화", "운동화끈"} {
		b.Run(in, func(b *testing.B) {
			for b.Loop() {
				_, _ = m.FindClass(in)
			}
		})
	}
}

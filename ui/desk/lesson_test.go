package desk

import (
	"fmt"
	"slices"
	"testing"
)

// TestLesson: each change gives another lesson and leaves the one before as it was; a
// picture is in one class.
func TestLesson(t *testing.T) {
	must := func(l Lesson, err error) Lesson {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	empty := Lesson{}
	two := must(must(empty.With(" mug ")).With("glass"))
	if two.Classes[0].Name != "mug" || len(empty.Classes) != 0 || len(two.Taught()) != 0 {
		t.Fatalf("%+v, %+v", empty, two)
	}
	full := must(must(two.Put(0, "a", "b", "a")).Put(1, "c"))
	moved := must(full.Put(1, "b"))
	if full.Of("b") != 0 || moved.Of("b") != 1 || !slices.Equal(moved.Classes[0].Pictures, []string{"a"}) || moved.Count() != 3 {
		t.Errorf("%+v, moved %+v", full, moved)
	}
	if less := moved.Less("a"); less.Of("a") != -1 || len(less.Taught()) != 1 || moved.Of("a") != 0 {
		t.Errorf("%+v", less)
	}
	if named := must(moved.Renamed(1, "Glass")); named.Classes[1].Name != "Glass" || moved.Classes[1].Name != "glass" || named.Equal(moved) {
		t.Errorf("%+v", named)
	}
	if gone := moved.Without(0); len(gone.Classes) != 1 || gone.Classes[0].Name != "glass" || len(moved.Classes) != 2 {
		t.Errorf("%+v", gone)
	}
	for _, bad := range []string{"", "  ", "MUG", "a/b", `a\b`, "..", ".hidden"} {
		if l, err := moved.With(bad); err == nil || !l.Equal(moved) {
			t.Errorf("a class is called %q", bad)
		}
	}
	var many []string
	for i := range MostTaught {
		many = append(many, fmt.Sprint(i))
	}
	if _, err := moved.Put(0, many...); err == nil {
		t.Errorf("%d pictures and more", MostTaught)
	}
	for i := len(moved.Classes); i < mostClasses; i++ {
		moved = must(moved.With(fmt.Sprint("class ", i)))
	}
	if _, err := moved.With("one more"); err == nil {
		t.Error("too many classes")
	}
}

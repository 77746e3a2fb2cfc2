package kernel

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestGenerated: what the generator writes is what is committed, to the byte.
func TestGenerated(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not there: the assembly cannot be generated again")
	}
	dir := t.TempDir()
	generator := filepath.Join(dir, "generate.exe")
	// The generator notes its arguments in what it writes: it runs where they
	// can be those of go generate. Flags and processor of this test's build are
	// not for it.
	build := exec.Command("go", "build", "-o", generator, "./generate")
	build.Env = append(os.Environ(), "GOFLAGS=", "GOARCH=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the generator does not build: %v\n%s", err, out)
	}
	for _, file := range []string{"avx2_amd64", "avx512_amd64", "neon_arm64"} {
		set, _, _ := strings.Cut(file, "_")
		run := exec.Command(generator, "-set", set, "-table", file+".go", "-out", file+".s")
		run.Dir = dir
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("the generator does not run: %v\n%s", err, out)
		}
		for _, name := range []string{file + ".go", file + ".s"} {
			got, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what generate/ writes: run go generate ./network/kernel", name)
			}
		}
	}
}

// words lists the words of a struct by the names of its fields. A field of
// many words has its name first and blanks after it.
func words(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		names = append(names, f.Name)
		for range f.Type.Size()/8 - 1 {
			names = append(names, "_")
		}
	}
	return names
}

// TestLayout: generate/ knows the arguments' fields by their offsets, lists of
// constants that count words. They are the structs' fields, in order.
func TestLayout(t *testing.T) {
	if bits.UintSize != 64 {
		t.Skip("words of 4 bytes: the assembly is for machines with words of 8")
	}
	for _, c := range []struct {
		file, prefix string
		args         reflect.Type
	}{
		{"product.go", "product", reflect.TypeFor[productArgs]()},
		{"depthwise.go", "depthwise", reflect.TypeFor[depthwiseArgs]()},
		{"maps.go", "map", reflect.TypeFor[mapArgs]()},
	} {
		var got []string
		for _, name := range constantsOf(t, c.file, c.prefix) {
			name = strings.TrimPrefix(name, c.prefix)
			if name == "Mask" {
				name = "LastColumns"
			}
			got = append(got, strings.ToLower(name[:1])+name[1:])
		}
		if want := words(c.args); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("generate/%s counts the words of %v as\n%v, want\n%v", c.file, c.args, got, want)
		}
		for i, n := 0, 0; i < c.args.NumField(); i++ {
			f := c.args.Field(i)
			if f.Offset != uintptr(8*n) {
				t.Errorf("%v.%s is at byte %d, want %d", c.args, f.Name, f.Offset, 8*n)
			}
			n += int(f.Type.Size() / 8)
		}
	}
	row, rows := reflect.TypeFor[kernelRow](), reflect.TypeFor[kernelRows]()
	if row.Field(0).Name != "x" || row.Field(1).Name != "weight" || row.Field(1).Offset != 8 || row.Size() != 16 ||
		rows.Field(0).Name != "count" || rows.Field(1).Offset != 8 || rows.Size() != 88 {
		t.Errorf("kernelRows are %v of %v; the assembly takes a count and five pairs of offsets, of pixels and of weights", rows, row)
	}
}

// constantsOf lists the names of the first block of constants whose first
// begins with the prefix.
func constantsOf(t *testing.T, file, prefix string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("generate", file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		block, ok := d.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST || !strings.HasPrefix(block.Specs[0].(*ast.ValueSpec).Names[0].Name, prefix) {
			continue
		}
		var names []string
		for _, s := range block.Specs {
			names = append(names, s.(*ast.ValueSpec).Names[0].Name)
		}
		return names
	}
	t.Fatalf("generate/%s has no constants that begin with %s", file, prefix)
	return nil
}

// TestActivationCodes: generate/ counts the activations as this package does.
func TestActivationCodes(t *testing.T) {
	for i, name := range constantsOf(t, "activation.go", "identity") {
		if want := Activation(i).String(); strings.ToLower(want) != name {
			t.Errorf("activation %d is %s in generate/, %v here", i, name, want)
		}
	}
}

// TestTables: every set has a kernel for every size that it says it has, and
// no size is larger than the tables.
func TestTables(t *testing.T) {
	for _, s := range everySet() {
		for v, byRows := range s.product {
			for r, kernel := range byRows {
				if (kernel != nil) != (v < s.panel && r < s.rows) {
					t.Errorf("%s: product of %d rows × %d vectors is there: %v, of up to %d rows", title(s), r+1, v+1, kernel != nil, s.rows)
				}
			}
		}
		for k := range s.depthwise {
			for stride := range s.depthwise[k] {
				for p, kernel := range s.depthwise[k][stride] {
					if (kernel != nil) != (p < s.pixels[k]) {
						t.Errorf("%s: depthwise %d/%d of %d pixels is there: %v, of up to %d pixels", title(s), 3+2*k, stride+1, p+1, kernel != nil, s.pixels[k])
					}
				}
				if s.depthwiseGradient[k][stride] == nil {
					t.Errorf("%s: there is no gradient of depthwise %d/%d", title(s), 3+2*k, stride+1)
				}
			}
		}
		for _, m := range s.mapKernels() {
			if *m.kernel == nil {
				t.Errorf("%s: there is no %s", title(s), m.name)
			}
		}
		for n, lanes := s.narrower, s.lanes; lanes > 1; n, lanes = n.narrower, n.lanes {
			if n == nil || n.lanes >= lanes {
				t.Fatalf("%s: what is left over by %d lanes has no narrower kernels", title(s), lanes)
			}
		}
	}
}

package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocationTargetsComeWithPlaceTypeAndPresence(t *testing.T) {
	t.Parallel()
	d := readDoc(t, `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  type: file
  presence: optional
  targets:
    - ./a.yaml
    - '**/catalog-info.yaml'
  target: https://example.com/b.yaml
`)
	want := []LocationTarget{
		{"file", "https://example.com/b.yaml", true, 11, 11},
		{"file", "./a.yaml", true, 9, 7},
		{"file", "**/catalog-info.yaml", true, 10, 7},
	}
	if diff := cmp.Diff(want, d.Targets); diff != "" {
		t.Error(diff)
	}
}

func TestLocationWithoutTypeInherits(t *testing.T) {
	t.Parallel()
	d := readDoc(t, document("Location", "targets: [a, b]\n"))
	if len(d.Targets) != 2 || d.Targets[0].Type != "" || d.Targets[0].Optional || d.Targets[1].Line != 5 {
		t.Errorf("%+v", d.Targets)
	}
}

func TestOnlyLocationsHaveTargets(t *testing.T) {
	t.Parallel()
	if d := readDoc(t, component+"  targets: [a]\n"); d.State != DocAccepted || d.Targets != nil {
		t.Errorf("%+v", d.Targets)
	}
}

func TestParseLocation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"url:https://example.com/a:b": {"url", "https://example.com/a:b"},
		"file:/a":                     {"file", "/a"},
		"dir:.":                       {"dir", "."},
		" url:x ":                     {"url", "x"},
		"url:":                        {},
		":x":                          {},
		"nothing":                     {},
		"":                            {},
	} {
		typ, target, err := ParseLocation(text)
		if got := [2]string{typ, target}; got != want || (err != nil) != (want == [2]string{}) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

package safe

import (
	"strings"
	"testing"
)

// The figures that matter are those of clean text, which is nearly all of it.
func BenchmarkLine(b *testing.B) {
	for _, bench := range []struct{ name, s string }{
		{"name", "payments-ledger-service"},
		{"description", "Keeps the double-entry ledger that every payment is booked in; owned by the money team."},
		{"umlauts", "Führt das Hauptbuch, in dem jede Zahlung doppelt gebucht wird; gehört der Gruppe Geld."},
		{"japanese", "すべての支払いを記帳する複式簿記の台帳サービス。決済チームが所有しています。"},
		{"escape", "Keeps the double-entry ledger \x1b]52;c;aGVsbG8=\x07 that every payment is booked in"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.s)))
			b.ReportAllocs()
			for b.Loop() {
				Line(bench.s)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	s := strings.Repeat("## Heading\n\nA paragraph of *ordinary* text with a [link](https://example.com).\n\n", 800)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Text(s)
	}
}

func BenchmarkLog(b *testing.B) {
	for _, bench := range []struct{ name, line string }{
		{"plain", "2026-03-01T10:00:00Z INFO step 3/7 pushed layer sha256:0123456789abcdef\n"},
		{"coloured", "\x1b[2m10:00:00\x1b[0m \x1b[1;32mINFO\x1b[0m step 3/7 pushed \x1b[38;5;75mlayer\x1b[m\n"},
		{"progress", " 10% done\r 50% done\r\x1b[K100% done\n"},
	} {
		s := strings.Repeat(bench.line, 1000)
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Log(s)
			}
		})
	}
}

func BenchmarkSuspect(b *testing.B) {
	s := "Keeps the double-entry ledger that every payment is booked in; owned by the money team."
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Suspect(s)
	}
}

package boltfile

import (
	"fmt"
	"testing"
	"unsafe"

	"go.etcd.io/bbolt"
)

func TestAnInstalledFileLiesInTheOrderOfItsKeys(t *testing.T) {
	t.Parallel()
	f := made(t)
	s, err := f.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	const keys, batches = 4000, 20
	text := []byte(fmt.Sprintf("%0200d", 0))
	for batch := range batches {
		err := s.Update(func(tx *bbolt.Tx) error {
			for i := batch; i < keys; i += batches { // each batch is from all over the bucket
				if err := Put(tx.Bucket([]byte(bucket)), fmt.Appendf(nil, "%06d", i), text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	did, err := s.Install(t.Context(), func(*bbolt.Tx) (bool, error) { return true, nil }, func() error { return nil })
	if err != nil || !did {
		t.Fatalf("installed %v, %v", did, err)
	}

	n, jumps, last := 0, 0, uintptr(0)
	err = f.Verify(t.Context(), func(tx *bbolt.Tx) error {
		return Walk(tx.Bucket([]byte(bucket)), nil, nil, func(k, v []byte) error {
			if want := fmt.Sprintf("%06d", n); string(k) != want {
				t.Fatalf("key %d is %s", n, k)
			}
			if _, err := Unseal(k, v); err != nil {
				t.Errorf("%s: %v", k, err)
			}
			at := uintptr(unsafe.Pointer(unsafe.SliceData(v))) // in the file as it is mapped
			if at < last {
				jumps++
			}
			n, last = n+1, at
			return nil
		})
	})
	if err != nil || n != keys {
		t.Errorf("%d keys, %v", n, err)
	}
	if jumps > 0 {
		t.Errorf("a reader of the bucket goes back in the file %d times", jumps)
	}
}

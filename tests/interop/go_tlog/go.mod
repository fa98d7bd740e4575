module sealedger/tests/interop/go_tlog

go 1.26.0

// Older ones, 0.39 among them, have a TileHashReader that does not authenticate
// every tile: the forged tiles of this test pass there.
require golang.org/x/mod v0.42.0

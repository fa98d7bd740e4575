module sealedger/tests/interop/go_extdatas

go 1.21

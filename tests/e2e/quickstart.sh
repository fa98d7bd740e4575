#!/usr/bin/env bash
# tools/quickstart with the program that is built already: on a new folder, on
# the same one again, beside a service that still runs, on a port that is
# taken. It ends no process but the ones it started.
set -euo pipefail

program=$(readlink -f -- "${SEALEDGER_BIN:-build/release/sealedger}")
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
[ -x "$program" ] || { echo "$program is not there: build it first"; exit 1; }
command -v curl >/dev/null || { echo "no curl here"; exit 77; }
work=$(mktemp -d)
data=$work/data
left_running=
end() {
  if [ -n "$left_running" ]; then kill -TERM "$left_running" || true; fi
  rm -rf "$work"
}
trap end EXIT
fail() {
  echo "FAILED: $*"
  cat "$work/said"
  exit 1
}
# quickstart EXPECTED-CODE OPTION…, from a folder that is not the project's.
quickstart() {
  local expected=$1 code=0
  shift
  (cd "$work" && SEALEDGER_BIN=$program "$root/tools/quickstart" \
    --data data "$@") >"$work/said" 2>&1 </dev/null || code=$?
  [ "$code" = "$expected" ] || fail "quickstart $* ended with $code"
}
said() { grep -qF -- "$1" "$work/said" || fail "it did not say: $1"; }
size() { "$program" fsck --data "$data" | grep -oE '[0-9]+ entries'; }

quickstart 0 --exit --port 0
said "verified"
said "a changed copy of the document is refused"
said "a bundle with one letter changed is refused"
said "application.originals_checked"
said "application.fee_paid"
said "application.authorized"
said "the forged seal is refused"
said "(422): the seal does not pass the check seal_signature"
said "document.sealed"
said "a changed copy of the sealed document is refused"
said "(seal-not-usable)"
said "the service was stopped"
out=$data/quickstart
for file in receipt.json bundle.json trust.toml document.txt seal.esl \
  seal-ca.pem forged.esl signature.dat protected.bin sealed-bundle.json; do
  [ -s "$out/$file" ] || fail "$file was not left in $out"
done
"$program" verify "$out/bundle.json" --document "$(cat "$out/document.txt")" \
  --trust "$out/trust.toml" >/dev/null || fail "what it left does not verify"
# Those who look at the folder find the same document in both bundles.
verify_sealed() {
  local file
  "$program" eseal verify "$out/signature.dat" --protected \
    "$out/protected.bin" --ca "$out/seal-ca.pem" >/dev/null ||
    fail "the signature that it left does not verify"
  for file in "$(cat "$out/document.txt")" "$out/protected.bin"; do
    "$program" verify "$out/sealed-bundle.json" --document "$file" \
      --trust "$out/trust.toml" >"$work/checks" ||
      fail "the sealed bundle that it left does not verify with $file"
    grep -q '^pass .*signer_certificate' "$work/checks" ||
      fail "trust.toml does not trust the seal authority"
  done
  "$program" bundle unpack "$out/sealed-bundle.json" "$work/unpacked" \
    >/dev/null || fail "the sealed bundle cannot be unpacked"
  cmp -s "$work/unpacked/signature.dat" "$out/signature.dat" ||
    fail "the sealed bundle is of another signature"
  rm -r "$work/unpacked"
}
verify_sealed
verify_seals() { # the code of eseal verify: 0 passed, 1 failed
  local code=0
  "$program" eseal verify "$out/seal.esl" --ca "$out/seal-ca.pem" \
    >/dev/null || fail "the seal that it left does not verify"
  "$program" eseal verify "$out/forged.esl" --ca "$out/seal-ca.pem" \
    >/dev/null || code=$?
  [ "$code" = 1 ] || fail "the forged seal ended with $code"
  # One byte of the picture is all that is different.
  [ "$(cmp -l "$out/seal.esl" "$out/forged.esl" | wc -l)" = 1 ] ||
    fail "forged.esl is not seal.esl with one byte changed"
}
verify_seals
cmp -s "$out/seal-ca.pem" "$data/keys/seal-ca.pem" || fail "another seal CA"
for secret in "$data/admin.token" "$out"/{platform,applicant,issuer}.token \
  "$out"/{seal,forged}.esl "$out/signature.dat"; do
  [ "$(stat -c %a "$secret")" = 600 ] || fail "others may read $secret"
done
documents=$(find "$root/examples" -type f | wc -l)
# Two entries of the ledger's own, and the parties; then with each run one for
# each document, the organisation, four applications with their steps, three
# seals, filed and activated, the sealed document, its finished file, and a seal
# cancelled.
each=$((documents + 1 + 4 + 5 + 5 + 4 + 3 * 3 + 1 + 1 + 1))
[ "$(size)" = "$((2 + 3 + each)) entries" ] || fail "first run: $(size)"

cp "$out/seal.esl" "$work/first.esl"
cp "$out/signature.dat" "$work/first.dat"
quickstart 0 --exit --port 0
[ "$(size)" = "$((2 + 3 + 2 * each)) entries" ] || fail "second run: $(size)"
cmp -s "$out/seal.esl" "$work/first.esl" && fail "the seal of the first run"
cmp -s "$out/signature.dat" "$work/first.dat" &&
  fail "the signature of the first run"
verify_seals
verify_sealed

# A folder of an earlier version, without a seal authority, gets one.
"$program" init --data "$work/older" --origin example.com/older >/dev/null
rm "$work"/older/keys/seal-*
quickstart 0 --exit --port 0 --data older
[ -s "$work/older/keys/seal-ca.pem" ] || fail "no seal authority was made"

quickstart 0 --port 0
left_running=$(cat "$out/pid")
said "to stop it: kill $left_running"
url=$(cat "$out/url")
said "the service listens on $url"
curl -fsS -m 10 "$url/healthz" >/dev/null || fail "it was not left running"

quickstart 0 --port "${url##*:}"
said "the service is running at $url already"
kill -0 "$left_running" || fail "a second run ended the service of the first"

# Another folder on a port that is taken.
code=0
(cd "$work" && SEALEDGER_BIN=$program "$root/tools/quickstart" --data other \
  --exit --port "${url##*:}") >"$work/said" 2>&1 </dev/null || code=$?
[ "$code" -ne 0 ] || fail "a taken port was taken again"
said "is the port taken?"

quickstart 0 --exit --port 0
said "the service was stopped"
if kill -0 "$left_running" 2>/dev/null; then
  fail "--exit left the service running"
fi
left_running=

quickstart 2 --unknown
echo "quickstart: all held"

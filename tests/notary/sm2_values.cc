#include "tests/notary/sm2_values.h"

#include <openssl/bn.h>

#include <memory>

#include "ledger/check.h"
#include "ledger/encoding.h"
#include "ledger/hash.h"
#include "notary/der.h"

namespace sealedger::testing {
namespace {

using notary::DerElement;
using notary::DerOf;
using notary::DerReader;

constexpr size_t kSize = 32;  // of r and of s
constexpr const char* kSm2Order =
    "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

// P-256 (FIPS 186-4 D.1.2.3).
constexpr const char* kP256Order =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr const char* kP256A =
    "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc";
constexpr const char* kP256B =
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b";
constexpr const char* kP256BaseX =
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
constexpr const char* kP256BaseY =
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

std::string FromHex(std::string_view hex) {
  const std::optional<std::string> bytes = ledger::DecodeHex(hex);
  CHECK(bytes);
  return *bytes;
}

// A number without sign.
class Number {
 public:
  explicit Number(std::string_view big_endian)
      : bn_(BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                      static_cast<int>(big_endian.size()), nullptr),
            BN_free) {
    CHECK(bn_);
  }
  static Number Small(uint8_t value) {
    return Number(std::string(1, static_cast<char>(value)));
  }

  Number Plus(const Number& other) const {
    Number sum = Small(0);
    CHECK(BN_add(sum.bn_.get(), bn_.get(), other.bn_.get()) == 1);
    return sum;
  }
  // `other` is not greater.
  Number Minus(const Number& other) const {
    Number difference = Small(0);
    CHECK(BN_sub(difference.bn_.get(), bn_.get(), other.bn_.get()) == 1);
    CHECK(BN_is_negative(difference.bn_.get()) == 0);
    return difference;
  }
  Number Modulo(const Number& order) const {
    const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(),
                                                                  BN_CTX_free);
    Number rest = Small(0);
    CHECK(BN_nnmod(rest.bn_.get(), bn_.get(), order.bn_.get(), context.get()) ==
          1);
    return rest;
  }
  // Half of this, modulo an odd order.
  Number Halved(const Number& order) const {
    Number half = BN_is_odd(bn_.get()) == 1 ? Plus(order) : Plus(Small(0));
    CHECK(BN_rshift1(half.bn_.get(), half.bn_.get()) == 1);
    return half;
  }

  // Big-endian, the front filled up with 00.
  std::string Bytes(size_t size) const {
    std::string bytes(size, '\0');
    CHECK(BN_bn2binpad(bn_.get(),
                       reinterpret_cast<unsigned char*>(bytes.data()),
                       static_cast<int>(size)) == static_cast<int>(size));
    return bytes;
  }
  // INTEGER.
  std::string Der() const {
    std::string bytes = Bytes(kSize + 1);
    while (bytes.size() > 1 && bytes[0] == '\0' &&
           (static_cast<unsigned char>(bytes[1]) & 0x80U) == 0) {
      bytes.erase(0, 1);
    }
    return DerOf(notary::kDerInteger, bytes);
  }

 private:
  std::unique_ptr<BIGNUM, decltype(&BN_free)> bn_;
};

struct Numbers {
  Number r;
  Number s;
};

Numbers NumbersOf(std::string_view value) {
  const std::optional<DerElement> outer = DerReader(value).Next();
  CHECK(outer);
  DerReader reader(outer->content);
  const std::optional<DerElement> r = reader.Take(notary::kDerInteger);
  const std::optional<DerElement> s = reader.Take(notary::kDerInteger);
  CHECK(r && s && reader.AtEnd());
  return {Number(r->content), Number(s->content)};
}

std::string ValueOf(std::string_view r, std::string_view s) {
  return DerOf(notary::kDerSequence, std::string(r).append(s));
}

std::string ValueOf(const Number& r, const Number& s) {
  return ValueOf(r.Der(), s.Der());
}

}  // namespace

std::string RawSm2Value(std::string_view good) {
  const Numbers numbers = NumbersOf(good);
  return numbers.r.Bytes(kSize) + numbers.s.Bytes(kSize);
}

std::string PaddedSm2Value(std::string_view good) {
  const Numbers numbers = NumbersOf(good);
  const std::string r = numbers.r.Der();
  const std::string padded =
      std::string(1, '\0').append(DerReader(r).Next()->content);
  return ValueOf(DerOf(notary::kDerInteger, padded), numbers.s.Der());
}

bool HasHighR(std::string_view good) {
  const std::string r = NumbersOf(good).r.Bytes(kSize);
  return (static_cast<unsigned char>(r[0]) & 0x80U) != 0;
}

std::vector<NamedValue> BadSm2Values(std::string_view good) {
  CHECK(HasHighR(good));
  const auto& [r, s] = NumbersOf(good);
  const Number zero = Number::Small(0);
  const Number n(FromHex(kSm2Order));
  const std::string content = r.Der() + s.Der();
  const std::string raw = RawSm2Value(good);
  const std::string long_form =
      std::string("\x30\x81") + static_cast<char>(content.size()) + content;
  return {
      {"r is 0", ValueOf(zero, s)},
      {"s is 0", ValueOf(r, zero)},
      {"r is n", ValueOf(n, s)},
      {"s is n", ValueOf(r, n)},
      {"n added to r", ValueOf(r.Plus(n), s)},
      {"n added to s", ValueOf(r, s.Plus(n))},
      {"n - s for s", ValueOf(r, n.Minus(s))},
      {"r and s change places", ValueOf(s, r)},
      {"negative r",
       ValueOf(DerOf(notary::kDerInteger, r.Bytes(kSize)), s.Der())},
      {"a value's length is not minimal", long_form},
      {"a byte after a value", std::string(good) + '\0'},
      {"a third number",
       DerOf(notary::kDerSequence, content + Number::Small(1).Der())},
      {"one number", DerOf(notary::kDerSequence, r.Der())},
      {"63 raw octets", raw.substr(1)},
      {"65 raw octets", raw + '\0'},
      {"64 raw octets of 0", std::string(2 * kSize, '\0')},
      {"an empty value", ""},
  };
}

std::string P256Spki() {
  return FromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") +
         FromHex(kP256BaseX) + FromHex(kP256BaseY);
}

// GM/T 0003.2 §6.1 with d = 1 and k = 1, where both the public key and the
// point of k are the base point: r = e + x, s = (1 - r) / 2.
std::string SignOverP256(std::string_view message) {
  const std::string point = FromHex(kP256BaseX) + FromHex(kP256BaseY);
  const ledger::Hash z =
      ledger::Sm3Of(std::string("\0\x80", 2) + "1234567812345678" +
                    FromHex(kP256A) + FromHex(kP256B) + point + point);
  const ledger::Hash e = ledger::Sm3Of(std::string(z.view()).append(message));
  const Number n(FromHex(kP256Order));
  const Number r = Number(e.view()).Plus(Number(FromHex(kP256BaseX))).Modulo(n);
  const Number s = n.Plus(Number::Small(1)).Minus(r).Modulo(n).Halved(n);
  return ValueOf(r, s);
}

}  // namespace sealedger::testing

#include "notary/register_words.h"

#include <algorithm>
#include <iterator>

#include "ledger/check.h"
#include "notary/entry_members.h"

namespace sealedger::notary {

namespace {

template <typename T>
struct Word {
  T value;
  std::string_view word;
};

constexpr Word<OrganizationEvent> kOrganizationKinds[] = {
    {OrganizationEvent::kEstablished, "organization.established"},
    {OrganizationEvent::kAltered, "organization.altered"},
    {OrganizationEvent::kTerminated, "organization.terminated"},
};

constexpr Word<ApplicationState> kApplicationKinds[] = {
    {ApplicationState::kSubmitted, "application.submitted"},
    {ApplicationState::kMaterialsAccepted, "application.materials_accepted"},
    {ApplicationState::kReturned, "application.returned"},
    {ApplicationState::kOriginalsChecked, "application.originals_checked"},
    {ApplicationState::kFeeDue, "application.fee_due"},
    {ApplicationState::kFeePaid, "application.fee_paid"},
    {ApplicationState::kIdentityVerified, "application.identity_verified"},
    {ApplicationState::kAuthorized, "application.authorized"},
    {ApplicationState::kApproved, "application.approved"},
    {ApplicationState::kWithdrawn, "application.withdrawn"},
    {ApplicationState::kRejected, "application.rejected"},
};

constexpr Word<SealEvent> kSealKinds[] = {
    {SealEvent::kFiled, "seal.filed"},
    {SealEvent::kActivated, "seal.activated"},
    {SealEvent::kSuspended, "seal.suspended"},
    {SealEvent::kResumed, "seal.resumed"},
    {SealEvent::kLost, "seal.lost"},
    {SealEvent::kFound, "seal.found"},
    {SealEvent::kCancelled, "seal.cancelled"},
};

constexpr Word<Route> kRoutes[] = {
    {Route::kPublicSecurity, "public_security"},
    {Route::kAgency, "agency"},
    {Route::kPlatform, "platform"},
};

constexpr Word<Channel> kChannels[] = {
    {Channel::kOnline, "online"},
    {Channel::kShop, "shop"},
};

// The first three are asked for on every route.
constexpr std::string_view kMaterialKinds[] = {
    "business_license",  "legal_representative_id",
    "power_of_attorney", "existing_seal_impression",
    "agent_id",          "authorization_letter",
};

constexpr std::string_view kPauseReasons[] = {
    "owner_request", "ordered", "key_suspected", "review", "error"};
constexpr std::string_view kLossReasons[] = {"lost", "stolen",
                                             "key_compromised"};
constexpr std::string_view kFindReasons[] = {"found", "error"};
constexpr std::string_view kCancelReasons[] = {
    "renamed", "dissolved", "licence_revoked", "bankrupt", "split",
    "merged",  "lost",      "key_compromised", kReplaced,  "owner_request",
    "ordered", "unclaimed"};

template <typename T, size_t N>
std::string_view WordOf(const Word<T> (&words)[N], T value) {
  const auto* it = std::find_if(
      std::begin(words), std::end(words),
      [value](const Word<T>& word) { return word.value == value; });
  CHECK(it != std::end(words));
  return it->word;
}

template <typename T, size_t N>
std::optional<T> ValueOf(const Word<T> (&words)[N], std::string_view text) {
  for (const Word<T>& word : words) {
    if (word.word == text) return word.value;
  }
  return std::nullopt;
}

// Of the kind that ends with this word.
template <typename T, size_t N>
std::optional<T> ValueOfLast(const Word<T> (&kinds)[N], std::string_view text) {
  for (const Word<T>& kind : kinds) {
    if (LastWord(kind.word) == text) return kind.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view RouteName(Route route) { return WordOf(kRoutes, route); }

std::optional<Route> ParseRoute(std::string_view name) {
  return ValueOf(kRoutes, name);
}

std::string_view ChannelName(Channel channel) {
  return WordOf(kChannels, channel);
}

std::optional<Channel> ParseChannel(std::string_view name) {
  return ValueOf(kChannels, name);
}

std::string_view ApplicationStateName(ApplicationState state) {
  return LastWord(KindOf(state));
}

std::optional<ApplicationState> ParseApplicationState(std::string_view name) {
  return ValueOfLast(kApplicationKinds, name);
}

std::string_view OrganizationEventName(OrganizationEvent event) {
  return LastWord(KindOf(event));
}

std::optional<OrganizationEvent> ParseOrganizationEvent(std::string_view name) {
  return ValueOfLast(kOrganizationKinds, name);
}

std::string_view SealEventName(SealEvent event) {
  return LastWord(KindOf(event));
}

std::optional<SealEvent> ParseSealEvent(std::string_view name) {
  return ValueOfLast(kSealKinds, name);
}

bool IsMaterialKind(std::string_view kind) {
  return Contains(kMaterialKinds, kind);
}

std::vector<std::string_view> MaterialsOf(Route route) {
  std::vector<std::string_view> kinds(std::begin(kMaterialKinds),
                                      std::begin(kMaterialKinds) + 3);
  if (route == Route::kAgency) {
    kinds.insert(kinds.end(), {"existing_seal_impression", "agent_id"});
  } else if (route == Route::kPlatform) {
    kinds.emplace_back("authorization_letter");
  }
  return kinds;
}

bool IsSealReason(SealEvent event, std::string_view reason) {
  switch (event) {
    case SealEvent::kFiled:
    case SealEvent::kActivated:
      return false;
    case SealEvent::kSuspended:
    case SealEvent::kResumed:
      return Contains(kPauseReasons, reason);
    case SealEvent::kLost:
      return Contains(kLossReasons, reason);
    case SealEvent::kFound:
      return Contains(kFindReasons, reason);
    case SealEvent::kCancelled:
      return Contains(kCancelReasons, reason);
  }
  return false;
}

std::string_view KindOf(OrganizationEvent event) {
  return WordOf(kOrganizationKinds, event);
}

std::string_view KindOf(ApplicationState state) {
  return WordOf(kApplicationKinds, state);
}

std::string_view KindOf(SealEvent event) { return WordOf(kSealKinds, event); }

bool IsRegisterKind(std::string_view kind) {
  return kind == kSealIssued || kind == kSealAuthorized ||
         kind == kSealDeauthorized || ValueOf(kOrganizationKinds, kind) ||
         ValueOf(kApplicationKinds, kind) || ValueOf(kSealKinds, kind);
}

std::string_view LastWord(std::string_view kind) {
  return kind.substr(kind.rfind('.') + 1);
}

}  // namespace sealedger::notary

// Words of the register, as entries and requests spell them.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace sealedger::notary {

enum class OrganizationEvent { kEstablished, kAltered, kTerminated };

enum class Route { kPublicSecurity, kAgency, kPlatform };
enum class Channel { kOnline, kShop };

enum class ApplicationState {
  kSubmitted,
  kMaterialsAccepted,
  kReturned,
  kOriginalsChecked,
  kFeeDue,
  kFeePaid,
  kIdentityVerified,
  kAuthorized,
  kApproved,
  kWithdrawn,
  kRejected,
};

enum class SealEvent {
  kFiled,
  kActivated,
  kSuspended,
  kResumed,
  kLost,
  kFound,
  kCancelled,
};

std::string_view RouteName(Route route);  // public_security agency platform
std::optional<Route> ParseRoute(std::string_view name);
std::string_view ChannelName(Channel channel);  // online shop
std::optional<Channel> ParseChannel(std::string_view name);
// The last word of the kind: "fee_due" of "application.fee_due".
std::string_view ApplicationStateName(ApplicationState state);
std::optional<ApplicationState> ParseApplicationState(std::string_view name);
std::string_view OrganizationEventName(OrganizationEvent event);
std::optional<OrganizationEvent> ParseOrganizationEvent(std::string_view name);
std::string_view SealEventName(SealEvent event);
std::optional<SealEvent> ParseSealEvent(std::string_view name);

// business_license legal_representative_id power_of_attorney
// existing_seal_impression agent_id authorization_letter.
bool IsMaterialKind(std::string_view kind);
// What the route asks for besides the declaration.
std::vector<std::string_view> MaterialsOf(Route route);
// suspended, resumed: owner_request ordered key_suspected review error; lost:
// lost stolen key_compromised; found: found error; cancelled: renamed dissolved
// licence_revoked bankrupt split merged lost key_compromised replaced
// owner_request ordered unclaimed. filed and activated have none.
bool IsSealReason(SealEvent event, std::string_view reason);
inline constexpr std::string_view kReplaced = "replaced";

// Kinds: "organization.established", "application.fee_due", "seal.lost".
std::string_view KindOf(OrganizationEvent event);
std::string_view KindOf(ApplicationState state);
std::string_view KindOf(SealEvent event);
inline constexpr std::string_view kSealIssued = "seal.issued";
inline constexpr std::string_view kSealAuthorized = "seal.authorized";
inline constexpr std::string_view kSealDeauthorized = "seal.deauthorized";
// Any of these.
bool IsRegisterKind(std::string_view kind);
// "established" of "organization.established".
std::string_view LastWord(std::string_view kind);

}  // namespace sealedger::notary

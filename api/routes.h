// One function for each noun, in the file of that name: it adds the noun's
// routes. A new route goes into the file of its noun; a new noun gets a file,
// a line here and a line in service.cc. api/openapi.yaml names every route.
#pragma once

#include <functional>
#include <string>

#include "api/check_watch.h"
#include "api/router.h"
#include "notary/notary.h"

namespace sealedger::api {

// The notary outlives the router.
void AddEvidenceRoutes(Router& router, notary::Notary& notary);
void AddEntryRoutes(Router& router, notary::Notary& notary);
void AddDocumentRoutes(Router& router, notary::Notary& notary);
void AddPartyRoutes(Router& router, notary::Notary& notary);
void AddOrganizationRoutes(Router& router, notary::Notary& notary);
void AddApplicationRoutes(Router& router, notary::Notary& notary);
void AddSealRoutes(Router& router, notary::Notary& notary);
void AddSealingRoutes(Router& router, notary::Notary& notary);
void AddTokenRoutes(Router& router, notary::Notary& notary);
void AddTileRoutes(Router& router, notary::Notary& notary);
void AddVerifyRoutes(Router& router, notary::Notary& notary);
// Status, health, checks, figures (in Prometheus' text format).
void AddOperationRoutes(Router& router, notary::Notary& notary,
                        ReadChecks checks,
                        std::function<std::string()> figures);

}  // namespace sealedger::api

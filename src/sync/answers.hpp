#pragma once
// What an answer means. Pure: the same outcome gives the same decision. docs/decisions/0401-sync.md has the
// table.

#include <optional>
#include <string>

#include "base/time.hpp"
#include "sync/transport.hpp"

namespace chairside {

enum class SyncAction {
    kDone,          // stored, or it was there already
    kRefreshToken,  // a new token, once, then the same again
    kHold,      // nothing of this kind will be taken until a person acts: slow retry, alarm, keep all rows
    kRefused,   // halve; what alone is refused while others are taken is dead; if nothing is taken: as kHold
    kRowFault,  // halve; the single row is dead
    kConflict,  // the upsert was taken for an insert: row by row, as an update
    kTooBig,    // halve, smaller from now on
    kRetry,     // transient: back off
    kStopped,   // we are asked to stop
};
const char* to_string(SyncAction action);

struct Decision {
    SyncAction action = SyncAction::kRetry;
    std::string words;  // for people; no secrets; empty for kDone
    int http = 0;
    std::string code = {};  // SQLSTATE or PostgREST's code
    std::optional<Duration> retry_after = {};
};

// What came of one request, for counting.
enum class RequestResult {
    kAccepted,     // what was sent is there, now or from before; what was asked for came
    kDuplicate,    // it was there already, and has to be sent as a change
    kRefused,      // the server refuses these rows, or this device
    kTooBig,       // too much at once
    kHeld,         // the project is not as it should be: a person must act
    kLogin,        // the log-in has run out, or is refused
    kThrottled,    // too many requests
    kUnavailable,  // the server cannot now, or it was no answer of Supabase
    kNetwork,      // nothing came back
    kCount
};
const char* to_string(RequestResult result);  // "accepted", "duplicate", …
RequestResult result_of(const Decision& decision);

// Of requests to /rest/v1 that write.
Decision decide(const HttpOutcome& outcome);

// Of requests to /auth/v1/token.
enum class AuthResult {
    kTokens,    // the body holds them
    kRejected,  // wrong or outdated password or refresh token, or a disabled device
    kBadKey,
    kRetry,
    kStopped,
};
struct AuthDecision {
    AuthResult result = AuthResult::kRetry;
    std::string words;
    int http = 0;
    std::optional<Duration> retry_after = {};
};
AuthDecision decide_auth(const HttpOutcome& outcome);

RequestResult result_of(const AuthDecision& decision);

// Why nothing came back, with what to do about it. `outcome.fault` is not kNone.
std::string fault_words(const HttpOutcome& outcome);
// Local clock minus the server's, from its Date header (whole seconds); nullopt without one.
std::optional<Duration> clock_offset(const HttpAnswer& answer, WallTime now);

}  // namespace chairside

#include "sync/answers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "config/address.hpp"

namespace chairside {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kLongestWords = 300;
constexpr auto kLongestRetryAfter = std::chrono::hours(1);

struct Said {
    std::string code, message;
};

// Errors of PostgREST {code, message, details, hint} and of the gateway and Auth {error_code, msg | message}.
Said read_error(const std::string& body) {
    Said out;
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object()) return out;
    const auto text = [&](const char* name) {
        const auto at = json.find(name);
        return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    out.code = text("code");
    if (out.code.empty()) out.code = text("error_code");
    for (const char* name : {"message", "msg", "error_description", "error"})
        if (out.message.empty()) out.message = text(name);
    if (const std::string details = text("details"); !details.empty()) out.message += " (" + details + ")";
    return out;
}

// A server may repeat what it was sent: tokens do not get into the log that way.
std::string clean(std::string text) {
    for (std::size_t at = 0; (at = text.find("eyJ", at)) != std::string::npos; at += 3) {
        const auto end = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), [](char c) {
            return !(std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-');
        });
        text.replace(at + 3, static_cast<std::size_t>(end - text.begin()) - at - 3, "***");
    }
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    if (text.size() > kLongestWords) text.resize(kLongestWords);
    return without_secrets(text);
}

std::optional<Duration> retry_after(const HttpAnswer& answer) {
    const auto at = answer.headers.find("retry-after");
    if (at == answer.headers.end() || at->second.empty()) return std::nullopt;
    char* end = nullptr;
    const double seconds = std::strtod(at->second.c_str(), &end);
    if (end == at->second.c_str() || !(seconds >= 0)) return std::nullopt;  // a date: our clock may be wrong
    return std::min<Duration>(from_seconds(std::min(seconds, 1e6)), kLongestRetryAfter);
}

constexpr int kTooManyRequests = 429;

bool begins(const std::string& code, std::string_view prefix) {
    return code.rfind(prefix, 0) == 0;
}

std::string quoted(const Said& said) {
    if (said.message.empty()) return said.code.empty() ? "" : " (" + said.code + ")";
    return ": " + clean(said.message) + (said.code.empty() ? "" : " (" + clean(said.code) + ")");
}

// PostgREST tells of every write what it applied or which rows it answers with; a log-in page of a hotel's or
// shop's network does not.
bool is_from_the_api(const HttpAnswer& answer) {
    return answer.headers.contains("preference-applied") || answer.headers.contains("content-range");
}

struct Meaning {
    SyncAction action;
    std::string words;
};

// By PostgreSQL's or PostgREST's code, whatever the status; nullopt: the status decides.
std::optional<Meaning> by_code(const std::string& code) {
    if (code == "57014") return Meaning{SyncAction::kTooBig, "the server took too long over the batch"};
    if (code == "42501")
        return Meaning{
            SyncAction::kRefused,
            "the project does not let this device write: is it registered for this branch, and enabled?"};
    if (code == "42P01" || code == "42883" || code == "PGRST202" || code == "PGRST205" || code == "PGRST106")
        return Meaning{SyncAction::kHold, "the project lacks a table: its migrations are not deployed"};
    if (code == "PGRST204")
        return Meaning{SyncAction::kRefused,
                       "the project lacks a column: its migrations are older than this program"};
    if (code == "23503")
        return Meaning{SyncAction::kHold, "the branch or the device is not registered in the project yet"};
    if (code == "23505")
        return Meaning{SyncAction::kConflict, "the row is there already, and the wish to merge was lost"};
    if (code == "PGRST301" || code == "PGRST302" || code == "PGRST303")
        return Meaning{SyncAction::kRefreshToken, "the log-in has run out or is not accepted"};
    const bool row = code == "PGRST102" || code == "PGRST103" || code == "23502" || code == "23514" ||
                     begins(code, "22") || begins(code, "21") || begins(code, "P0");
    if (row) return Meaning{SyncAction::kRowFault, "the server refuses the row"};
    return std::nullopt;
}

Meaning by_status(int status, const Said& said) {
    if (status == 401) {
        const bool key = said.message.find("API key") != std::string::npos;
        if (key)
            return {SyncAction::kHold,
                    "the key is not accepted: is supabase.key the project's publishable key?"};
        return {SyncAction::kRefreshToken, "the log-in has run out or is not accepted"};
    }
    if (status == 403)
        return {SyncAction::kHold,
                "access is refused before the database (a firewall, or the project's settings)"};
    if (status == 404)
        return {SyncAction::kHold, "there is no such table or project: is supabase.url right?"};
    if (status == 413) return {SyncAction::kTooBig, "the batch is too big for the server"};
    if (status == 408 || status == 425 || status == 409)
        return {SyncAction::kRetry, "the server could not do it now"};
    if (status == kTooManyRequests) return {SyncAction::kRetry, "too many requests"};
    if (status >= 500 || status < 200) return {SyncAction::kRetry, "the server cannot answer now"};
    if (status < 400)
        return {SyncAction::kRetry,
                "the answer does not come from Supabase: is there a log-in page of the network?"};
    return {SyncAction::kRefused, "the server refuses the request"};
}

}  // namespace

const char* to_string(SyncAction action) {
    constexpr std::array kNames{"done",     "refresh token", "hold",  "refused", "row fault",
                                "conflict", "too big",       "retry", "stopped"};
    return kNames[static_cast<std::size_t>(action)];
}

const char* to_string(RequestResult result) {
    constexpr std::array kNames{"accepted", "duplicate", "refused",     "too_big", "held",
                                "login",    "throttled", "unavailable", "network"};
    static_assert(kNames.size() == static_cast<std::size_t>(RequestResult::kCount));
    return kNames[static_cast<std::size_t>(result)];
}

namespace {

RequestResult result_of_try(int http) {
    if (http == 0) return RequestResult::kNetwork;
    return http == kTooManyRequests ? RequestResult::kThrottled : RequestResult::kUnavailable;
}

}  // namespace

RequestResult result_of(const Decision& decision) {
    switch (decision.action) {
        case SyncAction::kDone:
            return RequestResult::kAccepted;
        case SyncAction::kConflict:
            return RequestResult::kDuplicate;
        case SyncAction::kRefused:
        case SyncAction::kRowFault:
            return RequestResult::kRefused;
        case SyncAction::kTooBig:
            return RequestResult::kTooBig;
        case SyncAction::kHold:
            return RequestResult::kHeld;
        case SyncAction::kRefreshToken:
            return RequestResult::kLogin;
        case SyncAction::kRetry:
        case SyncAction::kStopped:
            break;
    }
    return result_of_try(decision.http);
}

RequestResult result_of(const AuthDecision& decision) {
    switch (decision.result) {
        case AuthResult::kTokens:
            return RequestResult::kAccepted;
        case AuthResult::kRejected:
            return RequestResult::kLogin;
        case AuthResult::kBadKey:
            return RequestResult::kHeld;
        case AuthResult::kRetry:
        case AuthResult::kStopped:
            break;
    }
    return result_of_try(decision.http);
}

std::string fault_words(const HttpOutcome& outcome) {
    const std::string why = outcome.words.empty() ? "" : " (" + clean(outcome.words) + ")";
    switch (outcome.fault) {
        case TransportFault::kDns:
            return "the address's name is not found: no internet, or supabase.url is misspelt" + why;
        case TransportFault::kConnect:
            return "no connection: the internet or a firewall" + why;
        case TransportFault::kProxy:
            return "the proxy does not answer: see https_proxy in the service's environment" + why;
        case TransportFault::kTls:
            return "the connection is not safe: the certificate is not valid for this address, a device in "
                   "between "
                   "opens it, or this PC's clock is wrong" +
                   why;
        case TransportFault::kTimeout:
            return "no answer in time" + why;
        case TransportFault::kBroken:
            return "the connection broke off" + why;
        case TransportFault::kCancelled:
            return "stopped";
        case TransportFault::kNone:
            break;
    }
    return {};
}

Decision decide(const HttpOutcome& outcome) {
    if (outcome.fault == TransportFault::kCancelled) return {SyncAction::kStopped, "stopped"};
    if (outcome.fault != TransportFault::kNone) return {SyncAction::kRetry, fault_words(outcome)};
    const HttpAnswer& answer = outcome.answer;
    if (answer.status >= 200 && answer.status < 300 && is_from_the_api(answer))
        return {SyncAction::kDone, {}, answer.status};
    const Said said = read_error(answer.body);
    Meaning meaning = by_code(said.code).value_or(by_status(answer.status, said));
    // Of what only the database can say, a code counts only where the status is an error.
    if (answer.status < 400) meaning = by_status(answer.status, said);
    return {meaning.action, meaning.words + quoted(said), answer.status, said.code, retry_after(answer)};
}

AuthDecision decide_auth(const HttpOutcome& outcome) {
    if (outcome.fault == TransportFault::kCancelled) return {AuthResult::kStopped, "stopped"};
    if (outcome.fault != TransportFault::kNone) return {AuthResult::kRetry, fault_words(outcome)};
    const HttpAnswer& answer = outcome.answer;
    const Said said = read_error(answer.body);
    const auto wait = retry_after(answer);
    if (answer.status == 200) return {AuthResult::kTokens, {}, 200};
    if (answer.status == 401 && said.message.find("API key") != std::string::npos)
        return {AuthResult::kBadKey,
                "the key is not accepted: is supabase.key the project's publishable key?" + quoted(said),
                401};
    if (answer.status == 400 || answer.status == 401 || answer.status == 403 || answer.status == 422)
        return {AuthResult::kRejected,
                "the log-in is refused: see supabase.email and supabase.password" + quoted(said),
                answer.status};
    if (answer.status == 404)
        return {AuthResult::kBadKey, "there is no Supabase project at this address: is supabase.url right?",
                404};
    return {AuthResult::kRetry,
            by_status(answer.status == 200 ? 500 : answer.status, said).words + quoted(said), answer.status,
            wait};
}

std::optional<Duration> clock_offset(const HttpAnswer& answer, WallTime now) {
    const auto at = answer.headers.find("date");
    if (at == answer.headers.end()) return std::nullopt;
    std::tm parts{};
    const char* end = ::strptime(at->second.c_str(), "%a, %d %b %Y %H:%M:%S", &parts);
    if (end == nullptr || std::string_view(end) != " GMT") return std::nullopt;
    const WallTime there{std::chrono::seconds(::timegm(&parts))};
    // The header's second began up to a second ago.
    if (now >= there && now < there + std::chrono::seconds(1)) return Duration(0);
    return now - there;
}

}  // namespace chairside

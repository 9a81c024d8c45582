#include "sync/supabase_client.hpp"

#include <cmath>
#include <cstdio>

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr auto kClockTolerance = std::chrono::minutes(2);
constexpr auto kRefreshAgain = std::chrono::minutes(1);  // while the old token still lives

Decision as_decision(const AuthDecision& auth) {
    SyncAction action = SyncAction::kHold;
    if (auth.result == AuthResult::kRetry) action = SyncAction::kRetry;
    if (auth.result == AuthResult::kStopped) action = SyncAction::kStopped;
    return {action, auth.words, auth.http, {}, auth.retry_after};
}

std::string ahead_text(Duration offset) {
    char text[96];
    std::snprintf(text, sizeof text, "this PC's clock is %.0f s %s", std::abs(to_seconds(offset)),
                  offset.count() > 0 ? "ahead" : "behind");
    return text;
}

bool is_off(const std::optional<Duration>& offset) {
    return offset && (*offset > kClockTolerance || *offset < -kClockTolerance);
}

}  // namespace

SupabaseClient::SupabaseClient(SupabaseAccess access, Transport& transport, TokenKeeper keeper,
                               const Clock& clock, Random& random)
    : access_(std::move(access)),
      transport_(transport),
      keeper_(std::move(keeper)),
      clock_(clock),
      random_(random) {
    for (int i = 0; i < static_cast<int>(RequestResult::kCount); ++i)
        results_[to_string(static_cast<RequestResult>(i))] = 0;
}

HttpOutcome SupabaseClient::exchange(const HttpRequest& request) {
    HttpOutcome outcome = transport_.send(request);
    if (const auto offset = chairside::clock_offset(outcome.answer, clock_.wall_now()))
        clock_offset_ = offset;
    return outcome;
}

AuthDecision SupabaseClient::obtain(const HttpRequest& request) {
    const HttpOutcome outcome = exchange(request);
    AuthDecision decision = decide_auth(outcome);
    if (decision.result != AuthResult::kStopped) count(decision);
    if (decision.result != AuthResult::kTokens) return decision;
    auto tokens = read_tokens(outcome.answer.body, clock_.wall_now());
    if (!tokens) {
        return {AuthResult::kRetry, "the answer holds no token: is there a log-in page of the network?",
                outcome.answer.status};
    }
    // The old refresh token is worth nothing from now on: without this the next start would need the password.
    if (const auto kept = keeper_.save(tokens_to_text(access_, *tokens)); !kept)
        log_warning("", "the log-in could not be kept; the next start logs in anew",
                    {{"why", kept.error().message}});
    tokens_ = std::move(tokens);
    const double share = std::uniform_real_distribution<double>(0.7, 0.8)(random_);
    renew_at_ = clock_.mono_now() + from_seconds(to_seconds(tokens_->life) * share);
    expires_at_ = clock_.mono_now() + tokens_->life;
    return decision;
}

std::optional<Decision> SupabaseClient::ensure_token(bool renew) {
    if (!loaded_) {
        loaded_ = true;
        if (const auto text = keeper_.load()) tokens_ = tokens_from_text(access_, *text);
        if (tokens_) {
            // Of an earlier run: its age is by the wall clock, which may have been set. If it is wrong, 401 tells.
            const Duration age = std::max(Duration(0), clock_.wall_now() - tokens_->obtained);
            renew_at_ = clock_.mono_now() + (tokens_->life * 7 / 10 - age);
            expires_at_ = clock_.mono_now() + (tokens_->life - age);
        }
    }
    if (tokens_ && !renew && clock_.mono_now() < renew_at_) return std::nullopt;
    if (tokens_ && !tokens_->refresh.empty()) {
        const AuthDecision refreshed = obtain(refresh_request(access_, tokens_->refresh));
        if (refreshed.result == AuthResult::kTokens) return std::nullopt;
        const bool alive = !renew && clock_.mono_now() < expires_at_;
        if (refreshed.result == AuthResult::kRetry && alive) {
            renew_at_ = clock_.mono_now() + kRefreshAgain;
            return std::nullopt;
        }
        if (refreshed.result != AuthResult::kRejected) return as_decision(refreshed);
    }
    tokens_.reset();
    const AuthDecision logged_in = obtain(login_request(access_));
    if (logged_in.result == AuthResult::kTokens) return std::nullopt;
    return as_decision(logged_in);
}

Decision SupabaseClient::perform(const Build& build, std::string* body) {
    if (auto failed = ensure_token(false)) return *failed;
    const auto send = [&] {
        HttpOutcome outcome = exchange(build(tokens_->access));
        const Decision decision = decide(outcome);
        if (decision.action != SyncAction::kStopped) count(decision);
        if (body != nullptr) *body = std::move(outcome.answer.body);
        return decision;
    };
    Decision decision = send();
    if (decision.action != SyncAction::kRefreshToken) return decision;
    if (auto failed = ensure_token(true)) return *failed;
    decision = send();
    if (decision.action != SyncAction::kRefreshToken) return decision;
    // A fresh token is refused as well. The next try begins with the password.
    tokens_.reset();
    decision.action = SyncAction::kHold;
    if (is_off(clock_offset_)) decision.words = ahead_text(*clock_offset_) + "; " + decision.words;
    return decision;
}

Decision SupabaseClient::submit(std::span<const OutboxRow> rows) {
    return perform([&](const std::string& token) { return events_request(access_, token, rows); });
}
Decision SupabaseClient::revise(const OutboxRow& row) {
    return perform([&](const std::string& token) { return revise_request(access_, token, row); });
}
Decision SupabaseClient::submit(std::span<const Gap> gaps) {
    return perform([&](const std::string& token) { return gaps_request(access_, token, gaps); });
}
Decision SupabaseClient::report(const DeviceStatus& status) {
    return perform(
        [&](const std::string& token) { return status_request(access_, token, status, clock_.wall_now()); });
}
Decision SupabaseClient::newest_config(bool with_settings, ConfigAnswer& out) {
    std::string body;
    Decision decision = perform(
        [&](const std::string& token) {
            return with_settings ? config_request(access_, token) : config_number_request(access_, token);
        },
        &body);
    if (decision.action != SyncAction::kDone) return decision;
    if (auto answer = read_config_answer(body)) {
        out = std::move(*answer);
        return decision;
    }
    return {SyncAction::kHold, "the answer about branch_config is not understood", decision.http};
}

// ---- The connection test

SupabaseClient::Finding SupabaseClient::test_clock() const {
    if (!clock_offset_) return {true, "clock", "the server did not tell its time"};
    if (!is_off(clock_offset_)) return {true, "clock", "agrees with the server's"};
    return {false, "clock", ahead_text(*clock_offset_) + "; set it, and let it follow a time server"};
}

std::vector<SupabaseClient::Finding> SupabaseClient::test_rights() {
    std::vector<Finding> out;
    const HttpOutcome outcome = exchange(check_request(access_, tokens_->access));
    Decision decision = decide(outcome);
    const auto check = outcome.answer.status == 200 ? read_check(outcome.answer.body) : std::nullopt;
    if (!check) {
        if (decision.action == SyncAction::kRefused)
            decision.words =
                "the log-in is not that of a device: is the access-token hook switched on, and the device "
                "registered?" +
                (decision.code.empty() ? "" : " (" + decision.code + ")");
        out.push_back(
            {false, "project", decision.words.empty() ? "the answer is not understood" : decision.words});
        return out;
    }
    if (check->branch.empty()) {
        out.push_back({false, "device", "the project knows no enabled device with this log-in"});
    } else if (check->branch != access_.branch) {
        out.push_back({false, "branch",
                       "the project registered this device for branch '" + check->branch +
                           "', but supabase.branch_code is '" + access_.branch + "'"});
    } else if (check->device != access_.device) {
        out.push_back({false, "device",
                       "the project registered this log-in for device '" + check->device +
                           "', but device.id is '" + access_.device + "'"});
    } else {
        out.push_back({true, "device", "branch " + check->branch + ", device " + check->device});
    }
    if (!out.back().good) return out;
    for (const auto& request : empty_writes(access_, tokens_->access)) {
        const Decision tried = decide(exchange(request));
        const auto from = request.path.rfind('/') + 1;
        const std::string table = request.path.substr(from, request.path.find('?') - from);
        const bool good = tried.action == SyncAction::kDone;
        out.push_back({good, "table " + table, good ? "can be written" : tried.words});
        if (!good) break;
    }
    return out;
}

std::vector<SupabaseClient::Finding> SupabaseClient::test() {
    std::vector<Finding> out;
    const AuthDecision login = obtain(login_request(access_));
    const bool reached = login.http != 0;
    out.push_back({reached, "address", reached ? access_.url + " answers" : login.words});
    if (!reached) return out;
    const bool key = login.result != AuthResult::kBadKey && login.result != AuthResult::kRetry;
    out.push_back(
        {key, login.result == AuthResult::kRetry ? "server" : "key", key ? "is accepted" : login.words});
    if (!key) return out;
    out.push_back(test_clock());
    const bool in = login.result == AuthResult::kTokens;
    out.push_back({in, "log-in", in ? access_.email + " is logged in" : login.words});
    if (!in) return out;
    for (auto& finding : test_rights())
        out.push_back(std::move(finding));
    return out;
}

}  // namespace chairside

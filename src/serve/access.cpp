#include "serve/access.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/log.hpp"

namespace chairside {
namespace {

constexpr std::size_t kTokenBytes = 32;

std::string base64(const unsigned char* bytes, std::size_t size) {
    constexpr int kKind = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string out(sodium_base64_ENCODED_LEN(size, kKind), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes, size, kKind);
    out.resize(out.find('\0'));
    return out;
}

std::string random_token() {
    std::array<unsigned char, kTokenBytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return base64(bytes.data(), bytes.size());
}

TokenHash hash_of(std::string_view token, std::string_view purpose) {
    TokenHash out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(token.data()),
                       token.size(), reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size());
    return out;
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool has_bearer(const WebRequest& request, const std::string& token) {
    constexpr std::string_view kScheme = "Bearer ";
    std::string_view given = request.header("authorization");
    if (token.empty() || !given.starts_with(kScheme)) return false;
    given.remove_prefix(kScheme.size());
    return same(given, token);
}

const char* to_string(Role role) {
    return role == Role::kAdmin ? "admin" : role == Role::kViewer ? "viewer" : "";
}

std::optional<Role> parse_role(std::string_view text) {
    if (text == "admin") return Role::kAdmin;
    if (text == "viewer") return Role::kViewer;
    return std::nullopt;
}

Access::Access(Store& store, const Clock& clock, bool open_viewing)
    : rows_(store), clock_(clock), open_viewing_(open_viewing), hashing_(0) {
    CHAIRSIDE_CHECK(sodium_init() >= 0);
}

Result<void> Access::load() {
    auto hashes = rows_.passwords();
    if (!hashes) return tl::unexpected(hashes.error());
    hashes_.with([&](auto& h) { h = std::move(*hashes); });
    return {};
}

bool Access::has_password(Role role) const {
    return hashes_.with([&](const auto& h) { return h.contains(to_string(role)); });
}

// ---- Sessions

Visitor Access::visitor(const WebRequest& request) const {
    const std::string token(request.cookie(kCookie));
    if (token.empty()) return {};
    const auto visit = visits_.with([&](const Visits& v) -> std::optional<Visit> {
        const auto found = v.by_token.find(token);
        return found == v.by_token.end() ? std::nullopt : std::optional(found->second);
    });
    if (visit) {
        if (visit->first_run && !(request.local && first_run())) return {};
        return {visit->role, token, std::nullopt};
    }
    const auto login = rows_.login(hash_of(token, "session"));
    if (!login || !*login || (*login)->expires <= clock_.wall_now()) return {};
    return {parse_role((*login)->user).value_or(Role::kNone), token, (*login)->expires};
}

Visitor Access::visit(const WebRequest& request) {
    Visitor who = visitor(request);
    if (who.role != Role::kNone) return who;
    if (request.local && first_run()) return begin_visit(Role::kAdmin, true);
    if (open_viewing_) return begin_visit(Role::kViewer, false);
    return {};
}

Visitor Access::begin_visit(Role role, bool first_run) {
    const std::string token = random_token();
    visits_.with([&](Visits& v) {
        v.by_token.emplace(token, Visit{role, first_run});
        v.order.push_back(token);
        if (v.order.size() <= kMostVisits) return;
        v.by_token.erase(v.order.front());
        v.order.pop_front();
    });
    return {role, token, std::nullopt};
}

Result<Visitor> Access::begin(Role role) {
    const Visitor who{role, random_token(), clock_.wall_now() + kLogInLasts};
    auto kept = rows_.keep_login(hash_of(who.token, "session"), {to_string(role), *who.expires});
    if (!kept) return tl::unexpected(kept.error());
    return who;
}

void Access::log_out(const Visitor& visitor) {
    if (visitor.token.empty()) return;
    visits_.with([&](Visits& v) {
        v.by_token.erase(visitor.token);
        std::erase(v.order, visitor.token);
    });
    if (const auto ended = rows_.end_login(hash_of(visitor.token, "session")); !ended)
        log_warning("", ended.error().message);
}

// ---- Passwords

bool Access::right(Role role, const std::string& password) const {
    const std::string hash = hashes_.with([&](const auto& h) {
        const auto found = h.find(to_string(role));
        return found == h.end() ? std::string() : found->second;
    });
    if (hash.empty()) return false;
    return hashing_.with(
        [&](int) { return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0; });
}

bool Access::may_try(const std::string& address) const {
    const MonoTime now = clock_.mono_now();
    return wrong_.with([&](const auto& wrong) {
        int of_all = 0, of_this = 0;
        for (const auto& [at, from] : wrong) {
            if (now - at >= kWrongPasswordsIn) continue;
            ++of_all;
            if (from == address) ++of_this;
        }
        return of_this < kWrongPasswords && of_all < kWrongPasswordsOfAll;
    });
}

void Access::count_wrong(const std::string& address) {
    wrong_.with([&](auto& wrong) {
        wrong.emplace_back(clock_.mono_now(), address);
        if (wrong.size() > 2u * kWrongPasswordsOfAll) wrong.pop_front();
    });
}

Result<Visitor> Access::log_in(const WebRequest& request, Role role, const std::string& password) {
    if (!may_try(request.address))
        return fail(ErrorKind::kUnavailable, "Too many wrong passwords; try again in a minute.");
    // Counted before it is known, so that many at a time are no way around the limit.
    count_wrong(request.address);
    if (!right(role, password)) {
        note(request, Role::kNone, "login_failed", to_string(role));
        return fail(ErrorKind::kInvalid, "The user name or the password is wrong.");
    }
    wrong_.with([&](auto& wrong) {
        std::erase_if(wrong, [&](const auto& w) { return w.second == request.address; });
    });
    auto who = begin(role);
    if (who) note(request, role, "login");
    return who;
}

Result<Visitor> Access::set_password(const WebRequest& request, const Visitor& setter, Role role,
                                     const std::string& password, const std::optional<std::string>& current) {
    if (!first_run()) {
        if (!may_try(request.address))
            return fail(ErrorKind::kUnavailable, "Too many wrong passwords; try again in a minute.");
        count_wrong(request.address);
        if (!right(Role::kAdmin, current.value_or(""))) {
            note(request, setter.role, "login_failed", "current password of admin");
            return fail(ErrorKind::kInvalid, "`current` is not the admin's password of now.");
        }
        wrong_.with([&](auto& wrong) {
            std::erase_if(wrong, [&](const auto& w) { return w.second == request.address; });
        });
    }
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const bool hashed = hashing_.with([&](int) {
        return crypto_pwhash_str(hash.data(), password.data(), password.size(),
                                 crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
    });
    if (!hashed) return fail(ErrorKind::kIo, "There is not enough memory to keep a password safely.");
    if (auto stored = rows_.set_password(to_string(role), hash.data()); !stored)
        return tl::unexpected(stored.error());
    hashes_.with([&](auto& h) { h[to_string(role)] = hash.data(); });
    note(request, setter.role, "password", to_string(role));
    return role == Role::kAdmin ? begin(Role::kAdmin) : Result<Visitor>(setter);
}

// ---- Tokens

std::string Access::csrf_of(const std::string& token) {
    const TokenHash hash = hash_of(token, "chairside csrf token");
    return base64(hash.data(), hash.size());
}

bool Access::csrf_is_right(const WebRequest& request, const Visitor& visitor) const {
    return !visitor.token.empty() && same(request.header("x-csrf-token"), csrf_of(visitor.token));
}

std::string Access::cookie_of(const std::string& token, bool secure) {
    std::string out = std::string(kCookie) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict";
    if (secure) out += "; Secure";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(kLogInLasts).count();
    return out + "; Max-Age=" + std::to_string(token.empty() ? 0 : seconds);
}

void Access::note(const WebRequest& request, Role role, const std::string& what, const std::string& details) {
    const auto written = rows_.audit({clock_.wall_now(), to_string(role), request.address, what, details});
    if (!written) log_warning("", "the audit log could not be written", {{"why", written.error().message}});
}

}  // namespace chairside

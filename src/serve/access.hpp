#pragma once
// Access: who may do what on the dashboard. Passwords by argon2id (libsodium's interactive costs), log-ins as random cookies of
// which the store keeps the hash, a CSRF token that follows from the cookie, a limit on wrong passwords, the audit log.
//
// While no admin password is set, whoever sits at this machine is admin without asking. With open viewing everybody is a
// viewer without asking. Such visits live in memory only, kMostVisits of them.
// Threads: any.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/locked.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "serve/message.hpp"
#include "store/dashboard_rows.hpp"

namespace chairside {

enum class Role { kNone, kViewer, kAdmin };
const char* to_string(Role role);                       // "", "viewer", "admin"
std::optional<Role> parse_role(std::string_view text);  // "viewer", "admin"

// "Authorization: Bearer <token>"; never with an empty token.
bool has_bearer(const WebRequest& request, const std::string& token);

struct Visitor {
    Role role = Role::kNone;
    std::string token;  // of the cookie; empty without a session
    std::optional<WallTime> expires;
};

class Access {
  public:
    static constexpr char kCookie[] = "chairside_session";
    static constexpr auto kLogInLasts = std::chrono::hours(24 * 7);
    static constexpr std::size_t kMostVisits = 4096;
    static constexpr int kWrongPasswords = 5;  // from one address …
    static constexpr auto kWrongPasswordsIn = std::chrono::minutes(1);
    static constexpr int kWrongPasswordsOfAll = 60;  // … and from all together
    static constexpr std::size_t kShortestPassword = 10, kLongestPassword = 256;

    // Store and clock must outlive it.
    Access(Store& store, const Clock& clock, bool open_viewing);
    // What the store holds; before anything else.
    Result<void> load();

    bool has_password(Role role) const;
    bool first_run() const { return !has_password(Role::kAdmin); }

    Visitor visitor(const WebRequest& request) const;
    // The visitor, with a session that opens by itself where that is allowed.
    Visitor visit(const WebRequest& request);
    // Error{kUnavailable}: too many wrong ones, try later. Error{kInvalid}: a wrong one.
    Result<Visitor> log_in(const WebRequest& request, Role role, const std::string& password);
    void log_out(const Visitor& visitor);
    // Sets a password and ends that user's log-ins; gives the setter a new session where it was the admin's own.
    // Error{kInvalid}: `current` is wrong; kUnavailable: too often.
    Result<Visitor> set_password(const WebRequest& request, const Visitor& setter, Role role,
                                 const std::string& password, const std::optional<std::string>& current);

    // The token that a request other than GET must repeat.
    static std::string csrf_of(const std::string& token);
    bool csrf_is_right(const WebRequest& request, const Visitor& visitor) const;
    // The value of Set-Cookie; an empty token takes the cookie away.
    static std::string cookie_of(const std::string& token, bool secure);

    void note(const WebRequest& request, Role role, const std::string& what, const std::string& details = {});
    DashboardRows& rows() { return rows_; }

  private:
    struct Visit {
        Role role;
        bool first_run;  // it ends once there is a password
    };
    Result<Visitor> begin(Role role);
    Visitor begin_visit(Role role, bool first_run);
    bool right(Role role, const std::string& password) const;
    bool may_try(const std::string& address) const;
    void count_wrong(const std::string& address);

    mutable DashboardRows rows_;
    const Clock& clock_;
    const bool open_viewing_;
    Locked<std::map<std::string, std::string>> hashes_;  // by user
    struct Visits {
        std::map<std::string, Visit> by_token;
        std::deque<std::string> order;
    };
    Locked<Visits> visits_;
    Locked<std::deque<std::pair<MonoTime, std::string>>> wrong_;
    mutable Locked<int> hashing_;  // one at a time: each needs 64 MB
};

}  // namespace chairside

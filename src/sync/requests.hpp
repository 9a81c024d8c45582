#pragma once
// The exact requests to a Supabase project. Pure: values in, text out. Tables and columns are those of
// supabase/migrations; docs/decisions/0401-sync.md explains the headers.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "store/store.hpp"
#include "sync/device_status.hpp"
#include "sync/transport.hpp"

namespace chairside {

// Who we are to the project.
struct SupabaseAccess {
    std::string url, key;         // https://<project>.supabase.co; the publishable key
    std::string email, password;  // of the device
    std::string branch, device;
};

// One token pair of the device.
struct Tokens {
    std::string access, refresh;
    WallTime obtained{};
    Duration life{};
};

HttpRequest login_request(const SupabaseAccess& access);
HttpRequest refresh_request(const SupabaseAccess& access, const std::string& refresh_token);
// From the answer of either; nullopt if it holds none.
std::optional<Tokens> read_tokens(const std::string& body, WallTime now);

// Upserts. Every event occurs once at most (PostgreSQL refuses to change one row twice in a statement).
HttpRequest events_request(const SupabaseAccess& access, const std::string& token,
                           std::span<const OutboxRow> rows);
// The same for one row as an update, where a proxy took the wish to merge away.
HttpRequest revise_request(const SupabaseAccess& access, const std::string& token, const OutboxRow& row);
HttpRequest gaps_request(const SupabaseAccess& access, const std::string& token, std::span<const Gap> gaps);
HttpRequest status_request(const SupabaseAccess& access, const std::string& token, const DeviceStatus& status,
                           WallTime now);

// The number of the newest revision of branch_config, and its settings; answered with a list of one row or none.
HttpRequest config_number_request(const SupabaseAccess& access, const std::string& token);
HttpRequest config_request(const SupabaseAccess& access, const std::string& token);
struct ConfigAnswer {
    int revision = 0;      // 0: nobody has set anything
    std::string settings;  // JSON; empty where only the number was asked for
};
std::optional<ConfigAnswer> read_config_answer(const std::string& body);

// For the connection test: who the project thinks we are.
HttpRequest check_request(const SupabaseAccess& access, const std::string& token);
struct CheckAnswer {
    std::string branch, device;  // empty: not registered, disabled, or another log-in
};
std::optional<CheckAnswer> read_check(const std::string& body);
// Writes nothing, but needs the same rights and columns as a real one.
std::vector<HttpRequest> empty_writes(const SupabaseAccess& access, const std::string& token);

// Between kv and Tokens; the text is bound to this url and email.
std::string tokens_to_text(const SupabaseAccess& access, const Tokens& tokens);
std::optional<Tokens> tokens_from_text(const SupabaseAccess& access, const std::string& text);

}  // namespace chairside

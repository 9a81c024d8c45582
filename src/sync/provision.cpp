#include "sync/provision.hpp"

#include <nlohmann/json.hpp>
#include <random>

#include "config/address.hpp"
#include "config/secrets.hpp"
#include "sync/answers.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

std::string sql_text(const std::string& text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

// For sh, within single quotes.
std::string sh_text(const std::string& text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// A YAML text in double quotes is a JSON text.
std::string yaml_text(const std::string& text) {
    return Json(text).dump();
}

Json user_of(const NewDevice& d) {
    return {{"email", d.email}, {"password", d.password}, {"email_confirm", true}, {"role", "edge_device"}};
}

// What the gateway, Auth or PostgREST say, without anything that we sent.
std::string said(const HttpOutcome& outcome, const std::string& secret_key, const NewDevice& device) {
    if (outcome.fault != TransportFault::kNone) return fault_words(outcome);
    std::string words;
    const Json json = Json::parse(outcome.answer.body, nullptr, false);
    for (const char* name : {"message", "msg", "error_description", "error"})
        if (words.empty() && json.is_object() && json.contains(name) && json[name].is_string())
            words = json[name].get<std::string>();
    for (const std::string& secret : {secret_key, device.password})
        for (std::size_t at = 0; !secret.empty() && (at = words.find(secret)) != std::string::npos;)
            words.replace(at, secret.size(), "***");
    constexpr std::size_t kLongest = 300;
    return "HTTP " + std::to_string(outcome.answer.status) +
           (words.empty() ? "" : ": " + words.substr(0, kLongest));
}

class Owner {
  public:
    Owner(Transport& transport, const std::string& key, const NewDevice& device)
        : transport_(transport), key_(key), device_(device) {}

    // The rows of a read.
    Result<Json> read(const std::string& what) {
        const HttpOutcome outcome = send("GET", "/rest/v1/" + what, "");
        if (outcome.fault != TransportFault::kNone || outcome.answer.status != 200) return refused(outcome);
        Json rows = Json::parse(outcome.answer.body, nullptr, false);
        if (!rows.is_array())
            return fail(ErrorKind::kUnavailable, "the answer is not understood: is this a Supabase project?");
        return rows;
    }
    Result<void> write(const std::string& where, const Json& row) {
        const HttpOutcome outcome = send("POST", "/rest/v1/" + where, row.dump());
        if (outcome.fault == TransportFault::kNone && outcome.answer.status / 100 == 2) return {};
        return tl::unexpected(refused(outcome).error());
    }
    Result<std::string> add_user() {
        const HttpOutcome outcome = send("POST", "/auth/v1/admin/users", user_of(device_).dump());
        const Json json = Json::parse(outcome.answer.body, nullptr, false);
        if (outcome.answer.status == 422 && outcome.answer.body.find("email_exists") != std::string::npos)
            return fail(ErrorKind::kInvalid, "the project has a user " + device_.email +
                                                 " already; take another --email, or delete that one");
        if (outcome.fault != TransportFault::kNone || outcome.answer.status / 100 != 2)
            return tl::unexpected(refused(outcome).error());
        if (!json.is_object() || !json.contains("id") || !json["id"].is_string())
            return fail(ErrorKind::kUnavailable, "the answer names no user: is this a Supabase project?");
        return json["id"].get<std::string>();
    }
    bool remove_user(const std::string& id) {
        const HttpOutcome outcome = send("DELETE", "/auth/v1/admin/users/" + percent_encoded(id), "");
        return outcome.fault == TransportFault::kNone && outcome.answer.status / 100 == 2;
    }

  private:
    HttpOutcome send(const char* method, std::string path, std::string body) {
        HttpRequest request{method,
                            std::move(path),
                            {{"apikey", key_}, {"Content-Type", "application/json"}},
                            std::move(body)};
        // A legacy service_role key is a token; a secret key is none, and the gateway would refuse it as one.
        if (key_.rfind("eyJ", 0) == 0) request.headers.emplace_back("Authorization", "Bearer " + key_);
        request.headers.emplace_back("Prefer", "resolution=merge-duplicates,return=minimal");
        request.timeout = std::chrono::seconds(30);
        return transport_.send(request);
    }
    Result<Json> refused(const HttpOutcome& outcome) const {
        const int status = outcome.answer.status;
        const char* meaning = "";
        if (outcome.fault == TransportFault::kNone && (status == 401 || status == 403))
            meaning =
                "the project does not accept the key in CHAIRSIDE_SERVICE_KEY: is it this project's secret "
                "key? ";
        if (outcome.fault == TransportFault::kNone && status == 404)
            meaning = "the project lacks a table, or is not there: are the migrations deployed? ";
        return fail(outcome.fault == TransportFault::kNone ? ErrorKind::kInvalid : ErrorKind::kUnavailable,
                    meaning + said(outcome, key_, device_));
    }

    Transport& transport_;
    const std::string& key_;
    const NewDevice& device_;
};

// "08:30:00" is "08:30".
bool same_time(const std::string& stored, const std::string& wanted) {
    return stored == wanted || stored == wanted + ":00";
}

Result<void> ensure_branch(Owner& owner, const NewDevice& d,
                           const std::function<void(const std::string&)>& done) {
    const auto found =
        owner.read("branches?select=name,timezone,day_end&branch_code=eq." + percent_encoded(d.branch));
    if (!found) return tl::unexpected(found.error());
    if (found->empty()) {
        auto written = owner.write("branches", {{"branch_code", d.branch},
                                                {"name", d.branch_name},
                                                {"timezone", d.timezone},
                                                {"day_end", d.day_end}});
        if (written) done("branch " + d.branch + " (" + d.branch_name + ") was added");
        return written;
    }
    const Json& row = found->front();
    const std::string timezone = row.value("timezone", ""), day_end = row.value("day_end", "");
    if (timezone != d.timezone || !same_time(day_end, d.day_end))
        return fail(ErrorKind::kInvalid,
                    "branch " + d.branch + " is there with time zone " + timezone + " and day_end " +
                        day_end + ", the configuration says " + d.timezone + " and " + d.day_end +
                        "; make them the same, or its reports and the centre cut days differently");
    done("branch " + d.branch + " (" + row.value("name", "") + ") is there already");
    return {};
}

}  // namespace

std::string make_password() {
    constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    constexpr int kLength = 24;  // of 56 letters: 139 bits
    std::random_device system;
    std::uniform_int_distribution<std::size_t> choose(0, kLetters.size() - 1);
    std::string out;
    for (int i = 0; i < kLength; ++i)
        out += kLetters[choose(system)];
    return out;
}

std::string service_key_fault(const std::string& key) {
    if (key.rfind("sb_publishable_", 0) == 0)
        return "is the publishable key, which may not add anything; the secret key (sb_secret_…) is under "
               "Settings, API keys";
    if (!key_fault(key))
        return "is no secret key; allowed: sb_secret_… or the legacy service_role key, under Settings, API "
               "keys";
    return {};
}

std::string provisioning_script(const NewDevice& d) {
    const std::string user = "(select id from auth.users where email = " + sql_text(d.email) + ")";
    // Neither secret is an argument of a program: those can be seen by everybody on the machine.
    return "# 1. In bash: the device's log-in. CHAIRSIDE_SERVICE_KEY holds the project's secret key "
           "(sb_secret_…).\n"
           "curl -sS --fail-with-body -H @<(printf 'apikey: %s' \"$CHAIRSIDE_SERVICE_KEY\") -H "
           "'Content-Type: "
           "application/json' -d @- " +
           sh_text(d.url + "/auth/v1/admin/users") + " <<'END'\n" + user_of(d).dump() +
           "\nEND\n\n"
           "-- 2. In the project's SQL editor.\n"
           "insert into branches (branch_code, name, timezone, day_end) values (" +
           sql_text(d.branch) + ", " + sql_text(d.branch_name) + ", " + sql_text(d.timezone) + ", " +
           sql_text(d.day_end) +
           ") on conflict do nothing;\n"
           "insert into devices (branch_code, device_id, auth_user_id) values (" +
           sql_text(d.branch) + ", " + sql_text(d.device) + ", " + user +
           ")\n    on conflict (branch_code, device_id) do update set auth_user_id = "
           "excluded.auth_user_id;\n";
}

std::string config_snippet(const NewDevice& d, const std::string& publishable_key,
                           const std::string& password_file) {
    return "branch: {timezone: " + yaml_text(d.timezone) + "}\ndevice: {id: " + yaml_text(d.device) +
           "}\nsupabase:\n  url: " + yaml_text(d.url) + "\n  key: " + yaml_text(publishable_key) +
           "\n  branch_code: " + yaml_text(d.branch) + "\n  email: " + yaml_text(d.email) + "\n  password: " +
           (password_file.empty() ? yaml_text(d.password) : "{file: " + yaml_text(password_file) + "}") +
           "\n";
}

Result<void> provision(Transport& transport, const std::string& secret_key, const NewDevice& d, bool replace,
                       const std::function<void(const std::string&)>& done) {
    Owner owner(transport, secret_key, d);
    if (auto branch = ensure_branch(owner, d, done); !branch) return branch;
    const auto known = owner.read("devices?select=auth_user_id&branch_code=eq." + percent_encoded(d.branch) +
                                  "&device_id=eq." + percent_encoded(d.device));
    if (!known) return tl::unexpected(known.error());
    const bool has_login = !known->empty() && !known->front().value("auth_user_id", Json()).is_null();
    if (has_login && !replace)
        return fail(ErrorKind::kInvalid,
                    "device " + d.device + " of branch " + d.branch +
                        " has a log-in already; --replace gives it this one, and the old one ends at once");
    const auto user = owner.add_user();
    if (!user) return tl::unexpected(user.error());
    done("user " + d.email + " was added");
    const auto registered =
        owner.write("devices?on_conflict=branch_code,device_id",
                    {{"branch_code", d.branch}, {"device_id", d.device}, {"auth_user_id", *user}});
    if (!registered) {
        Error error = registered.error();
        error.message += owner.remove_user(*user)
                             ? "; user " + d.email + " was removed again"
                             : "; user " + d.email + " is left over: delete it in the project";
        return tl::unexpected(std::move(error));
    }
    done("device " + d.device + " is registered with it");
    return {};
}

}  // namespace chairside

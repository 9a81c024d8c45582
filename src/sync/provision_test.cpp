// Adding a branch and a device: the requests, what is refused in words, and that no secret gets out.

#include "sync/provision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kKey[] = "sb_secret_0123456789";

NewDevice device() {
    return {"https://x.supabase.co", "BER-01",   "Salon O'Hara", "Europe/Berlin", "02:00", "pc-1",
            "pc-1@devices.example",  "pass-word"};
}

// Answers in order, by method and the begin of the path.
class Script final : public Transport {
  public:
    struct Step {
        std::string method, path;
        int status = 200;
        std::string body = "[]";
    };
    explicit Script(std::deque<Step> steps) : steps_(std::move(steps)) {}
    HttpOutcome send(const HttpRequest& request) override {
        requests.push_back(request);
        if (steps_.empty() || steps_.front().method != request.method ||
            !request.path.starts_with(steps_.front().path)) {
            ADD_FAILURE() << "not expected: " << request.method << " " << request.path;
            return {TransportFault::kBroken, "not expected", {}};
        }
        const Step step = steps_.front();
        steps_.pop_front();
        return {TransportFault::kNone, "", {step.status, {}, step.body}};
    }
    bool done() const { return steps_.empty(); }
    std::vector<HttpRequest> requests;

  private:
    std::deque<Step> steps_;
};

struct Outcome {
    std::vector<std::string> steps;
    Result<void> result;
};
Outcome run(Script& script, bool replace = false) {
    Outcome out;
    out.result = provision(script, kKey, device(), replace,
                           [&](const std::string& words) { out.steps.push_back(words); });
    EXPECT_TRUE(script.done());
    if (!out.result) {
        EXPECT_THAT(out.result.error().message, AllOf(Not(HasSubstr(kKey)), Not(HasSubstr("pass-word"))));
    }
    return out;
}

TEST(Provision, ANewBranchAndDeviceInFiveRequests) {
    Script script({{"GET", "/rest/v1/branches?"},
                   {"POST", "/rest/v1/branches", 201},
                   {"GET", "/rest/v1/devices?"},
                   {"POST", "/auth/v1/admin/users", 200, R"({"id": "u-1"})"},
                   {"POST", "/rest/v1/devices?on_conflict=branch_code,device_id", 201}});
    const auto out = run(script);
    ASSERT_TRUE(out.result) << out.result.error().message;
    EXPECT_EQ(out.steps.size(), 3u);
    const auto branch = nlohmann::json::parse(script.requests[1].body);
    EXPECT_EQ(branch, (nlohmann::json{{"branch_code", "BER-01"},
                                      {"name", "Salon O'Hara"},
                                      {"timezone", "Europe/Berlin"},
                                      {"day_end", "02:00"}}));
    const auto user = nlohmann::json::parse(script.requests[3].body);
    EXPECT_EQ(user, (nlohmann::json{{"email", "pc-1@devices.example"},
                                    {"password", "pass-word"},
                                    {"email_confirm", true},
                                    {"role", "edge_device"}}));
    EXPECT_EQ(nlohmann::json::parse(script.requests[4].body)["auth_user_id"], "u-1");
    for (const auto& request : script.requests) {
        EXPECT_THAT(request.path, Not(HasSubstr(kKey)));
        for (const auto& [name, value] : request.headers)
            EXPECT_NE(name, "Authorization") << "a secret key is no token";
    }
}

TEST(Provision, AnExistingBranchIsLeftAloneButMustCutItsDaysAlike) {
    Script same({{"GET", "/rest/v1/branches?", 200,
                  R"([{"name": "Salon", "timezone": "Europe/Berlin", "day_end": "02:00:00"}])"},
                 {"GET", "/rest/v1/devices?"},
                 {"POST", "/auth/v1/admin/users", 200, R"({"id": "u-1"})"},
                 {"POST", "/rest/v1/devices?", 201}});
    EXPECT_THAT(run(same).steps,
                ElementsAre(HasSubstr("is there already"), HasSubstr("was added"), HasSubstr("registered")));
    Script other({{"GET", "/rest/v1/branches?", 200,
                   R"([{"name": "Salon", "timezone": "UTC", "day_end": "02:00:00"}])"}});
    EXPECT_THAT(run(other).result.error().message, HasSubstr("time zone UTC"));
}

TEST(Provision, ADeviceWithALogInGetsAnotherOnlyOnPurpose) {
    const std::string branch = R"([{"name": "Salon", "timezone": "Europe/Berlin", "day_end": "02:00"}])";
    const std::string known = R"([{"auth_user_id": "u-0"}])";
    Script kept({{"GET", "/rest/v1/branches?", 200, branch}, {"GET", "/rest/v1/devices?", 200, known}});
    EXPECT_THAT(run(kept).result.error().message, HasSubstr("--replace"));
    Script replaced({{"GET", "/rest/v1/branches?", 200, branch},
                     {"GET", "/rest/v1/devices?", 200, known},
                     {"POST", "/auth/v1/admin/users", 200, R"({"id": "u-1"})"},
                     {"POST", "/rest/v1/devices?", 200}});
    EXPECT_TRUE(run(replaced, true).result);
}

TEST(Provision, AUserThatBelongsToNoDeviceIsRemovedAgain) {
    Script script({{"GET", "/rest/v1/branches?", 200,
                    R"([{"name": "S", "timezone": "Europe/Berlin", "day_end": "02:00"}])"},
                   {"GET", "/rest/v1/devices?"},
                   {"POST", "/auth/v1/admin/users", 200, R"({"id": "u-1"})"},
                   {"POST", "/rest/v1/devices?", 500, R"({"message": "out of order"})"},
                   {"DELETE", "/auth/v1/admin/users/u-1", 200, "{}"}});
    EXPECT_THAT(run(script).result.error().message,
                AllOf(HasSubstr("out of order"), HasSubstr("removed again")));
}

TEST(Provision, RefusalsAreInWordsWithoutSecrets) {
    Script key(
        {{"GET", "/rest/v1/branches?", 401, R"({"message": "Invalid API key sb_secret_0123456789"})"}});
    EXPECT_THAT(run(key).result.error().message, HasSubstr("this project's secret key"));
    Script table({{"GET", "/rest/v1/branches?", 404, R"({"code": "PGRST205", "message": "no table"})"}});
    EXPECT_THAT(run(table).result.error().message, HasSubstr("migrations"));
    Script page({{"GET", "/rest/v1/branches?", 200, "<html>log in"}});
    EXPECT_THAT(run(page).result.error().message, HasSubstr("is this a Supabase project?"));
    Script taken(
        {{"GET", "/rest/v1/branches?", 200,
          R"([{"name": "S", "timezone": "Europe/Berlin", "day_end": "02:00"}])"},
         {"GET", "/rest/v1/devices?"},
         {"POST", "/auth/v1/admin/users", 422, R"({"error_code": "email_exists", "msg": "pass-word"})"}});
    EXPECT_THAT(run(taken).result.error().message, HasSubstr("another --email"));
    EXPECT_THAT(service_key_fault("sb_publishable_x"), HasSubstr("publishable"));
    EXPECT_THAT(service_key_fault("hello"), HasSubstr("no secret key"));
    EXPECT_THAT(service_key_fault(kKey), IsEmpty());
}

TEST(Provision, WhatIsPrintedIsQuotedAndHoldsNoSecretKey) {
    NewDevice d = device();
    d.password = "it's";
    const std::string script = provisioning_script(d);
    EXPECT_THAT(script, AllOf(HasSubstr("'Salon O''Hara'"), HasSubstr("$CHAIRSIDE_SERVICE_KEY"),
                              HasSubstr("\"password\":\"it's\""),
                              HasSubstr("'https://x.supabase.co/auth/v1/admin/users'")));
    const std::string snippet = config_snippet(d, "sb_publishable_k", "/etc/chairside/password");
    EXPECT_THAT(snippet, AllOf(HasSubstr("password: {file: \"/etc/chairside/password\"}"),
                               HasSubstr("branch_code: \"BER-01\"")));
    EXPECT_THAT(config_snippet(d, "sb_publishable_k", ""), HasSubstr("password: \"it's\""));
    const std::string one = make_password(), two = make_password();
    EXPECT_EQ(one.size(), 24u);
    EXPECT_NE(one, two);
}

}  // namespace
}  // namespace chairside

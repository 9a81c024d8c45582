#pragma once
// The API over a shop of the tests' own, without sockets; and a browser's session on it.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "serve/api.hpp"
#include "serve/shop_test_support.hpp"

namespace chairside::serve_test {

class ApiTest : public ::testing::Test {
  protected:
    store_test::TempFolder folder;
    testing::ManualClock clock{std::chrono::seconds(1795341600)};  // so that the wall clock says 11:00 UTC
    std::unique_ptr<Store> store = open();
    std::unique_ptr<Store> reads = Store::open_read_only(folder.file()).value();
    FakeShop shop{*store, clock};
    Config config = make_config();
    DashboardBroadcaster broadcaster{"run1", clock};
    Access access{*store, clock, false};
    LiveView view{*reads, config, clock};
    bool password_set = false;
    EndedStays ended;
    Api api{{config, shop, *store, *reads, access, broadcaster, view, clock, "build1",
             [] { return HttpCounters{}; }, [] { return false; }, [this] { password_set = true; }, ended},
            [](const WebRequest&) {
                WebResponse out;
                out.body = "page";
                return out;
            }};
    std::string token, csrf;

    void SetUp() override {
        shop.shop = FakeShop::busy(clock.wall_now());
        ASSERT_TRUE(access.load());
    }
    std::unique_ptr<Store> open() {
        StoreOptions options = folder.options();
        options.clock = &clock;
        return std::move(Store::open(options).value());
    }
    Config make_config() const {
        Config out;
        out.timezone = "Europe/Berlin";
        out.storage.path = folder.file();
        out.supabase.key = "sb_secret_never_shown";
        out.supabase.url = "https://user:pw@x.supabase.co";
        return out;
    }
    WebRequest request(const std::string& method, const std::string& target,
                       const std::string& body = {}) const {
        const auto parsed = parse_target(target);
        WebRequest out{method, parsed->path, parsed->query, {{"host", "localhost:8090"}},
                       body,   "127.0.0.1",  true,          false};
        if (!token.empty()) out.headers["cookie"] = std::string(Access::kCookie) + "=" + token;
        if (!csrf.empty()) out.headers["x-csrf-token"] = csrf;
        if (!body.empty()) out.headers["content-type"] = "application/json";
        return out;
    }
    WebResponse call(const std::string& method, const std::string& target, const std::string& body = {}) {
        return api.handle(request(method, target, body));
    }
    Json json(const std::string& target) {
        const WebResponse response = call("GET", "/api/v1" + target);
        EXPECT_EQ(response.status, 200) << target << ": " << response.body;
        return Json::parse(response.body, nullptr, false);
    }
    // Takes up the session that the answer's cookie opens.
    void enter(const WebResponse& response) {
        for (const auto& [name, value] : response.headers)
            if (name == "Set-Cookie")
                token = value.substr(value.find('=') + 1, value.find(';') - value.find('=') - 1);
        csrf = Access::csrf_of(token);
    }
    void be_admin() { enter(call("GET", "/api/v1/session")); }
    void be_viewer() {
        be_admin();
        ASSERT_EQ(call("PUT", "/api/v1/passwords/admin", R"({"password":"four words are best"})").status,
                  204);
        token.clear();
        enter(call("POST", "/api/v1/session", R"({"user":"admin","password":"four words are best"})"));
        ASSERT_EQ(call("PUT", "/api/v1/passwords/viewer",
                       R"({"password":"looking is free","current":"four words are best"})")
                      .status,
                  204);
        token.clear();
        csrf.clear();
        enter(call("POST", "/api/v1/session", R"({"user":"viewer","password":"looking is free"})"));
    }
    void store_events(int count) {
        Store::Batch batch;
        for (int i = 1; i <= count; ++i) {
            Event event = store_test::closed(store_test::event_of(static_cast<std::uint64_t>(i), 60.0 * i),
                                             1500 + 10 * i);
            if (i % 3 == 0) event.verdict = Verdict::kReview;
            batch.events.push_back(event);
        }
        ASSERT_TRUE(store->write(batch));
    }
};

}  // namespace chairside::serve_test

#include "serve/access.hpp"

#include <gtest/gtest.h>

#include "store/store_test_support.hpp"
#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace store_test;

constexpr char kGood[] = "four words are best";

class AccessTest : public ::testing::Test {
  protected:
    TempFolder folder;
    testing::ManualClock clock;
    std::unique_ptr<Store> store = open();
    std::unique_ptr<Access> access = begin(false);

    std::unique_ptr<Store> open() {
        StoreOptions options = folder.options();
        options.clock = &clock;
        return std::move(Store::open(options).value());
    }
    std::unique_ptr<Access> begin(bool open_viewing) {
        auto out = std::make_unique<Access>(*store, clock, open_viewing);
        EXPECT_TRUE(out->load());
        return out;
    }
    static WebRequest from(const std::string& address, const std::string& token = {}) {
        WebRequest out;
        out.address = address;
        out.local = address == "127.0.0.1";
        if (!token.empty()) out.headers["cookie"] = "a=b; " + std::string(Access::kCookie) + "=" + token;
        return out;
    }
    Visitor with_password() {
        const WebRequest here = from("127.0.0.1");
        return access->set_password(here, access->visit(here), Role::kAdmin, kGood, std::nullopt).value();
    }
};

TEST_F(AccessTest, TheFirstRunBelongsToWhoSitsAtTheMachine) {
    EXPECT_TRUE(access->first_run());
    EXPECT_EQ(access->visit(from("10.0.0.2")).role, Role::kNone);
    const Visitor here = access->visit(from("127.0.0.1"));
    EXPECT_EQ(here.role, Role::kAdmin);
    EXPECT_EQ(access->visitor(from("127.0.0.1", here.token)).role, Role::kAdmin);
    EXPECT_EQ(access->visitor(from("10.0.0.2", here.token)).role, Role::kNone) << "not from elsewhere";
    EXPECT_EQ(access->visitor(from("127.0.0.1")).role, Role::kNone) << "visitor() opens nothing";
}

TEST_F(AccessTest, APasswordEndsTheFirstRun) {
    const Visitor before = access->visit(from("127.0.0.1"));
    const Visitor admin = with_password();
    EXPECT_FALSE(access->first_run());
    EXPECT_EQ(access->visitor(from("127.0.0.1", before.token)).role, Role::kNone);
    EXPECT_EQ(access->visit(from("127.0.0.1")).role, Role::kNone);
    EXPECT_EQ(access->visitor(from("10.0.0.2", admin.token)).role, Role::kAdmin);
}

TEST_F(AccessTest, LogInsOutliveARestartAndEndInTime) {
    with_password();
    const Visitor admin = access->log_in(from("10.0.0.2"), Role::kAdmin, kGood).value();
    access = begin(false);
    EXPECT_EQ(access->visitor(from("10.0.0.2", admin.token)).role, Role::kAdmin);
    EXPECT_EQ(access->visitor(from("10.0.0.2", admin.token + "x")).role, Role::kNone);
    clock.advance(Access::kLogInLasts);
    EXPECT_EQ(access->visitor(from("10.0.0.2", admin.token)).role, Role::kNone);
}

TEST_F(AccessTest, LoggingOutEndsTheSession) {
    const Visitor admin = with_password();
    access->log_out(admin);
    EXPECT_EQ(access->visitor(from("127.0.0.1", admin.token)).role, Role::kNone);
}

TEST_F(AccessTest, WrongPasswordsAreLimited) {
    with_password();
    for (int i = 0; i < Access::kWrongPasswords; ++i)
        EXPECT_EQ(access->log_in(from("10.0.0.2"), Role::kAdmin, "wrong").error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(access->log_in(from("10.0.0.2"), Role::kAdmin, kGood).error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(access->log_in(from("10.0.0.3"), Role::kAdmin, kGood)) << "others are not locked out";
    clock.advance(Access::kWrongPasswordsIn);
    EXPECT_TRUE(access->log_in(from("10.0.0.2"), Role::kAdmin, kGood));
    const auto audit = take(access->rows().audit_entries(100));
    EXPECT_EQ(
        std::count_if(audit.begin(), audit.end(), [](const auto& e) { return e.what == "login_failed"; }),
        Access::kWrongPasswords);
}

TEST_F(AccessTest, NobodyLogsInWithoutAPassword) {
    EXPECT_FALSE(access->log_in(from("127.0.0.1"), Role::kViewer, ""));
    EXPECT_FALSE(access->log_in(from("127.0.0.1"), Role::kAdmin, ""));
}

TEST_F(AccessTest, ChangingAPasswordNeedsTheCurrentOne) {
    const Visitor admin = with_password();
    const WebRequest here = from("10.0.0.2", admin.token);
    EXPECT_FALSE(access->set_password(here, admin, Role::kViewer, "another long one", std::nullopt));
    EXPECT_FALSE(access->set_password(here, admin, Role::kViewer, "another long one", "wrong"));
    EXPECT_TRUE(access->set_password(here, admin, Role::kViewer, "another long one", kGood));
    EXPECT_EQ(access->log_in(here, Role::kViewer, "another long one")->role, Role::kViewer);
    EXPECT_EQ(access->visitor(here).role, Role::kAdmin) << "the setter's own session goes on";
}

TEST_F(AccessTest, OpenViewingLetsEverybodyLook) {
    with_password();
    access = begin(true);
    const Visitor anybody = access->visit(from("10.0.0.9"));
    EXPECT_EQ(anybody.role, Role::kViewer);
    EXPECT_EQ(access->visitor(from("10.0.0.9", anybody.token)).role, Role::kViewer);
}

TEST_F(AccessTest, VisitsAreBounded) {
    const Visitor first = access->visit(from("127.0.0.1"));
    for (std::size_t i = 0; i < Access::kMostVisits; ++i)
        access->visit(from("127.0.0.1"));
    EXPECT_EQ(access->visitor(from("127.0.0.1", first.token)).role, Role::kNone);
}

TEST_F(AccessTest, TheCsrfTokenFollowsFromTheSession) {
    const Visitor admin = with_password();
    WebRequest request = from("127.0.0.1", admin.token);
    EXPECT_FALSE(access->csrf_is_right(request, admin));
    request.headers["x-csrf-token"] = Access::csrf_of("another");
    EXPECT_FALSE(access->csrf_is_right(request, admin));
    request.headers["x-csrf-token"] = Access::csrf_of(admin.token);
    EXPECT_TRUE(access->csrf_is_right(request, admin));
    EXPECT_FALSE(access->csrf_is_right(request, Visitor{})) << "nobody has no token";
}

TEST_F(AccessTest, TheCookieIsOutOfReachOfScriptsAndOtherSites) {
    const std::string cookie = Access::cookie_of("abc", true);
    EXPECT_EQ(cookie, "chairside_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=604800");
    EXPECT_NE(Access::cookie_of("", false).find("Max-Age=0"), std::string::npos);
}

}  // namespace
}  // namespace chairside

#include "serve/message.hpp"

#include <gtest/gtest.h>

#include "serve/address_limits.hpp"
#include "serve/dashboard_client.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

TEST(TargetText, IsTakenApart) {
    const auto target = parse_target("/api/v1/events?zone=chair%201&limit=5&x=a+b&flag");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/v1/events");
    const TextPairs expected{{"zone", "chair 1"}, {"limit", "5"}, {"x", "a b"}, {"flag", ""}};
    EXPECT_EQ(target->query, expected);
}

TEST(TargetText, ThatClimbsOrHidesIsRefused) {
    for (const char* bad : {"", "x", "http://x/", "/../a", "/a/..", "/a/../b", "/%2e%2e/a", "/a/%2E%2E%2Fb",
                            "/a%00b", "/a%0d%0ab", "/%", "/%4", "/%zz", "/a\\..\\b/c", "/./a", "/a?x=%0a"})
        EXPECT_FALSE(parse_target(bad)) << bad;
    EXPECT_TRUE(parse_target("/a..b/c.d"));
}

TEST(Cookies, AreFoundByTheirWholeName) {
    WebRequest request;
    request.headers["cookie"] = "xs=1; s=2;t=3";
    EXPECT_EQ(request.cookie("s"), "2");
    EXPECT_EQ(request.cookie("t"), "3");
    EXPECT_EQ(request.cookie("x"), "");
}

TEST(Sse, WhatIsWrittenIsReadInAnyPieces) {
    const Update event{UpdateType::kEvent, 7, "", std::make_shared<const std::string>(R"({"seq":7})")};
    const Update status{UpdateType::kStatus, 2, "", std::make_shared<const std::string>(R"({"seq":2})")};
    const std::string text = "retry: 5\n:\n\n" + as_sse(event, "e1") + ":\n\n" + as_sse(status, "e1");
    for (std::size_t piece = 1; piece < text.size(); piece += 3) {
        SseParser parser;
        std::vector<std::string> got;
        for (std::size_t at = 0; at < text.size(); at += piece)
            parser.feed(text.substr(at, piece),
                        [&](const ClientUpdate& u) { got.push_back(u.type + "|" + u.id + "|" + u.data); });
        EXPECT_EQ(got, (std::vector<std::string>{R"(event|e1.7|{"seq":7})", R"(status||{"seq":2})"}));
    }
}

TEST(AddressLimitsTest, ABucketEmptiesAndFillsAgain) {
    AddressLimits limits(10, 3);
    MonoTime now{1h};
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(limits.admit("a", now));
    EXPECT_FALSE(limits.admit("a", now));
    EXPECT_TRUE(limits.admit("b", now)) << "each address has its own";
    now += 100ms;
    EXPECT_TRUE(limits.admit("a", now));
    EXPECT_FALSE(limits.admit("a", now));
}

}  // namespace
}  // namespace chairside

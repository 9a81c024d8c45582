#include "config/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace chairside {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(Address, UrlIsTakenApart) {
    const auto url = parse_url("RTSP://user:p%40ss@cam-1.local:8554/stream/2?channel=1#x");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "rtsp");
    EXPECT_EQ(url->user, "user");
    EXPECT_EQ(url->password, "p%40ss");
    EXPECT_EQ(url->host, "cam-1.local");
    EXPECT_EQ(url->port, 8554);
    EXPECT_EQ(url->path, "/stream/2");
    EXPECT_EQ(url->query, "channel=1#x");
}

TEST(Address, UserMayHoldAnAtSignAndHostMayBeIpv6) {
    const auto url = parse_url("http://a:b@c@[fe80::1]:80");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->password, "b@c");
    EXPECT_EQ(url->host, "fe80::1");
    EXPECT_EQ(url->port, 80);
}

TEST(Address, BrokenUrlsAreRefusedWithoutRepeatingThem) {
    for (const char* text : {"rtsp://", "rtsp://:554/", "rtsp://secret:0/", "rtsp://host:secret/",
                             "://secret", "rtsp://[::1secret", "rtsp://[::1]secret", "rtsp://ho st/secret",
                             "rtsp://a:b:secret/", "rtsp://u:sec/ret@host/", "secret"}) {
        const auto url = parse_url(text);
        ASSERT_FALSE(url) << text;
        EXPECT_THAT(url.error(), Not(HasSubstr("secret")));
    }
}

TEST(Address, SourcesAreToldApartByTheirLook) {
    EXPECT_EQ(classify_source("rtsp://h/1"), Parsed<SourceKind>(SourceKind::kStream));
    EXPECT_EQ(classify_source("HTTPS://h/1"), Parsed<SourceKind>(SourceKind::kStream));
    EXPECT_EQ(classify_source("/dev/video0"), Parsed<SourceKind>(SourceKind::kDevice));
    EXPECT_EQ(classify_source("videos/http.mp4"), Parsed<SourceKind>(SourceKind::kFile));
    EXPECT_EQ(classify_source("/srv/a b.mkv"), Parsed<SourceKind>(SourceKind::kFile));
    for (const char* text :
         {"", "/dev/video", "/dev/video0/x", "ftp://h/1", "rtsp:/h/1", "rtsp//h/1", "http:h"})
        EXPECT_FALSE(classify_source(text)) << text;
    EXPECT_THAT(classify_source("rtps://h/1").error(), HasSubstr("did you mean 'rtsp://'?"));
}

TEST(Address, OnlyThisMachineIsLoopback) {
    for (const char* text :
         {"http://localhost", "http://127.0.0.1:54321/x", "http://[::1]/", "http://LOCALHOST/"})
        EXPECT_TRUE(is_loopback(*parse_url(text))) << text;
    for (const char* text : {"http://10.0.0.1", "http://127.0.0.1.example.com",
                             "http://localhost.example.com", "http://127.evil"})
        EXPECT_FALSE(is_loopback(*parse_url(text))) << text;
}

TEST(Address, MessagesHideUserPasswordAndQuery) {
    EXPECT_EQ(without_secrets("rtsp://u:p@h:1/a?pwd=x"), "rtsp://***@h:1/a?***");
    EXPECT_EQ(without_secrets("rtsp://u:p/w@h/a"), "rtsp://***@h/a");
    EXPECT_EQ(without_secrets("rtsp://h/a"), "rtsp://h/a");
    EXPECT_EQ(without_secrets("plain text"), "plain text");
    EXPECT_EQ(without_secrets("x sb_secret_abc y eyJhbGci.eyJyb2xl.sig"), "x sb_secret_*** y eyJ***");
}

TEST(Address, PasswordsAndQueryCredentialsAreSecrets) {
    EXPECT_THAT(secrets_in_url("rtsp://u:p%40ss@h/a?channel=1&pwd=abc&Token=x%2Fy"),
                UnorderedElementsAre("p%40ss", "p@ss", "abc", "x%2Fy", "x/y"));
    EXPECT_THAT(secrets_in_url("rtsp://u@h/a?channel=1"), IsEmpty());
    EXPECT_THAT(secrets_in_url("clip.avi"), IsEmpty());
}

TEST(Address, AnyPasswordSurvivesEncodingAndIsHidden) {
    rc::check("encoded into a URL, found by secrets_in_url, hidden in messages", [] {
        const auto password =
            *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')));
        const std::string url = "rtsp://user:" + percent_encoded(password) + "@host/path";
        RC_ASSERT(parse_url(url).has_value());
        const auto secrets = secrets_in_url(url);
        RC_ASSERT(std::find(secrets.begin(), secrets.end(), password) != secrets.end());
        RC_ASSERT(without_secrets(url) == "rtsp://***@host/path");
    });
}

}  // namespace
}  // namespace chairside

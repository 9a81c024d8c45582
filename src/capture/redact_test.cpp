#include <gtest/gtest.h>

#include "capture/frame_source.hpp"

namespace chairside {
namespace {

TEST(Redacted, hides_user_and_password) {
    EXPECT_EQ(redacted("rtsp://admin:geheim@10.0.0.7:554/h264"), "rtsp://***@10.0.0.7:554/h264");
    EXPECT_EQ(redacted("http://admin@cam/x"), "http://***@cam/x");
}

TEST(Redacted, leaves_what_holds_no_secret) {
    EXPECT_EQ(redacted("rtsp://10.0.0.7:554/h264"), "rtsp://10.0.0.7:554/h264");
    EXPECT_EQ(redacted("/srv/videos/a@b.mp4"), "/srv/videos/a@b.mp4");
    EXPECT_EQ(redacted("/dev/video0"), "/dev/video0");
    EXPECT_EQ(redacted(""), "");
}

TEST(Redacted, hides_passwords_with_signs_that_should_have_been_escaped) {
    for (const char* password : {"a@b", "a/b", "a?b", "a#b", "a:b", "p@a/s?s#@"}) {
        const auto text = redacted(std::string("rtsp://admin:") + password + "@cam/stream");
        EXPECT_EQ(text.find("admin"), std::string::npos) << text;
        EXPECT_EQ(text.find(password), std::string::npos) << text;
        EXPECT_EQ(text.find("s#"), std::string::npos) << text;
    }
    EXPECT_EQ(redacted("rtsp://admin:a@b@cam/stream"), "rtsp://***@cam/stream");
    EXPECT_EQ(redacted("rtsp://admin:a?b@cam/stream"), "rtsp://***");
}

TEST(Redacted, hides_secrets_in_the_query) {
    EXPECT_EQ(redacted("http://cam/mjpg?user=admin&password=x1&res=640&Token=abc"),
              "http://cam/mjpg?user=***&password=***&res=640&Token=***");
}

}  // namespace
}  // namespace chairside

#include "capture/ffmpeg/av_log.hpp"

#include <gtest/gtest.h>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/log.h>
}

namespace chairside::av {
namespace {

TEST(AvLog, hides_passwords_anywhere_in_a_line) {
    EXPECT_EQ(without_secrets("Failed to open 'rtsp://u:geheim@cam/x' and http://a:b@c/?token=1, giving up"),
              "Failed to open 'rtsp://***@cam/x' and http://***@c/?token=***, giving up");
    EXPECT_EQ(without_secrets("nothing to hide: a://"), "nothing to hide: a://");
    EXPECT_EQ(without_secrets(""), "");
}

TEST(AvLog, keeps_the_last_error_of_the_thread_without_secrets) {
    route_log();
    take_last_error();
    av_log(nullptr, AV_LOG_WARNING, "only a warning\n");
    EXPECT_EQ(take_last_error(), "");
    av_log(nullptr, AV_LOG_ERROR, "cannot open rtsp://u:geheim@cam/x\n");
    EXPECT_EQ(take_last_error(), "cannot open rtsp://***@cam/x");
    EXPECT_EQ(take_last_error(), "");
}

TEST(AvLog, keeps_no_address_in_memory) {
    route_log();
    AVFormatContext* context = avformat_alloc_context();
    av_log(context, AV_LOG_ERROR, "Connection [it] failed\n");
    avformat_free_context(context);
    EXPECT_EQ(take_last_error(), "Connection [it] failed");
    av_log(nullptr, AV_LOG_ERROR, "[this] is not one\n");
    EXPECT_EQ(take_last_error(), "[this] is not one");
}

}  // namespace
}  // namespace chairside::av

#include "capture/jpeg.hpp"

#include <gtest/gtest.h>

#include "capture/ffmpeg/av.hpp"

namespace chairside {
namespace {

Image striped(int width, int height) {
    Image out{width, height, width * 3, PixelFormat::kRgb24, {}, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                out.bytes.push_back(x < width / 2 ? 230 : 20);
    return out;
}

TEST(Jpeg, IsReadBackAsTheSamePicture) {
    const auto jpeg = encode_jpeg(striped(67, 41));  // odd on purpose
    ASSERT_TRUE(jpeg) << jpeg.error().message;
    ASSERT_EQ(jpeg->substr(0, 3), "\xFF\xD8\xFF");
    const AVCodec* decoder = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
    const av::CodecPtr codec(avcodec_alloc_context3(decoder));
    const av::FramePtr frame(av_frame_alloc());
    const av::PacketPtr packet(av_packet_alloc());
    ASSERT_EQ(avcodec_open2(codec.get(), decoder, nullptr), 0);
    ASSERT_EQ(av_new_packet(packet.get(), static_cast<int>(jpeg->size())), 0);
    std::copy(jpeg->begin(), jpeg->end(), packet->data);
    ASSERT_EQ(avcodec_send_packet(codec.get(), packet.get()), 0);
    ASSERT_EQ(avcodec_receive_frame(codec.get(), frame.get()), 0);
    EXPECT_EQ(frame->width, 67);
    EXPECT_EQ(frame->height, 41);
    EXPECT_NEAR(frame->data[0][20 * frame->linesize[0] + 5], 230, 12);
    EXPECT_NEAR(frame->data[0][20 * frame->linesize[0] + 60], 20, 12);
}

TEST(Jpeg, RefusesWhatIsNoPicture) {
    EXPECT_FALSE(encode_jpeg({}));
    Image cut = striped(10, 10);
    cut.bytes.resize(100);
    EXPECT_FALSE(encode_jpeg(cut));
    Image other = striped(10, 10);
    other.format = PixelFormat::kYuv420;
    EXPECT_FALSE(encode_jpeg(other));
}

}  // namespace
}  // namespace chairside

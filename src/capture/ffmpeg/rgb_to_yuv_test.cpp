#include "capture/ffmpeg/rgb_to_yuv.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace chairside::av {
namespace {

// Bytes that end where a page ends, before one that must not be read.
class AtTheEdge {
  public:
    explicit AtTheEdge(std::size_t size) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        length_ = (size + page - 1) / page * page + page;
        void* all = mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED) return;
        all_ = static_cast<std::uint8_t*>(all);
        mprotect(all_ + length_ - page, page, PROT_NONE);
        bytes = all_ + length_ - page - size;
    }
    AtTheEdge(const AtTheEdge&) = delete;
    AtTheEdge& operator=(const AtTheEdge&) = delete;
    ~AtTheEdge() {
        if (all_ != nullptr) munmap(all_, length_);
    }
    std::uint8_t* bytes = nullptr;

  private:
    std::uint8_t* all_ = nullptr;
    std::size_t length_ = 0;
};

TEST(RgbToYuv, ReadsNothingPastTheLastPixel) {
    for (const int width : {768, 67, 16, 1}) {
        constexpr int kHeight = 42;
        const auto size = static_cast<std::size_t>(3 * width * kHeight);
        AtTheEdge rgb(size);
        ASSERT_NE(rgb.bytes, nullptr);
        std::fill_n(rgb.bytes, size, 200);
        const FramePtr yuv(av_frame_alloc());
        yuv->format = AV_PIX_FMT_YUVJ420P;
        yuv->width = width;
        yuv->height = kHeight;
        ASSERT_EQ(av_frame_get_buffer(yuv.get(), 0), 0);
        RgbToYuv converter;
        ASSERT_EQ(converter.open(width, kHeight, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR), 0);
        converter.convert(rgb.bytes, 3 * width, *yuv);
        EXPECT_NEAR(yuv->data[0][yuv->linesize[0] * (kHeight - 1) + width - 1], 200, 2) << width;
    }
}

}  // namespace
}  // namespace chairside::av

#pragma once
// From a decoded picture, of any size and pixel format, straight to the views that were asked for.

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/reducer.hpp"
#include "capture/frame.hpp"
#include "capture/motion_gate.hpp"

namespace chairside::av {

// The plane of brightness; none where the format has none of its own, of bytes.
LumaPlane luma_of(const AVFrame& frame);

// Colours: the source's matrix and range are as it says; where it says nothing, BT.709 from 720 lines on,
// else BT.601, limited range (full for the yuvj formats). RGB views are full range, kYuv420 views limited.
// Threads: one. Failure: kInvalid for a pixel format that cannot be read (frames of a graphics card).
class Scaler {
  public:
    explicit Scaler(const std::vector<ViewSpec>& views);

    // `out` gets one image per view; its buffers are used again where they fit.
    Result<void> scale(const AVFrame& frame, std::vector<Image>& out);

  private:
    struct Shape {  // what a prepared context depends on
        int width = 0, height = 0;
        int format = AV_PIX_FMT_NONE;
        int colorspace = 0, range = 0;
        friend bool operator==(const Shape&, const Shape&) = default;
    };
    struct Planes {  // rows padded so that swscale's vector code may write whole words
        std::vector<std::uint8_t> bytes;
        std::uint8_t* data[4] = {};
        int stride[4] = {};
    };
    enum class Way {
        kSwscale,     // all of it, into planes that are copied into the image
        kThroughYuv,  // scaled by swscale, made RGB by libyuv
        kReduced,     // both by libyuv
    };
    struct View {
        ViewSpec spec;
        int crop_x = 0, crop_y = 0, crop_width = 0, crop_height = 0;  // pixels of the source
        int width = 0, height = 0;                                    // of the image
        int x = 0, y = 0, content_width = 0, content_height = 0;      // where the picture lies in it
        Way way = Way::kSwscale;
        bool swap_red_blue = false;  // on the way out of the planes
        SwsPtr context;              // none when reduced
        Planes planes;               // what swscale makes
    };
    Result<void> prepare(const Shape& shape);
    static Result<void> prepare_view(View& view, const Shape& shape);
    static Result<void> prepare_planes(View& view, AVPixelFormat target);
    static bool is_scaled(const View& view);
    static Way way_of(const View& view, const Shape& shape);
    static Reducer::Wanted wanted_of(const View& view, const Shape& shape);
    bool fill(View& view, const AVFrame& part, Image& image);
    static bool run_swscale(View& view, const AVFrame& part);
    bool write_rgb(View& view, const AVFrame& part, std::uint8_t* to, int stride);
    static void place(View& view);
    static void crop(View& view, const Shape& shape);
    static void shape_image(const View& view, Image& image);
    static void copy_out(const View& view, Image& image);

    Shape shape_;
    std::vector<View> views_;
    Reducer reducer_;
    FramePtr part_{av_frame_alloc()};  // borrows a region of the picture; owns no pixels
};

}  // namespace chairside::av

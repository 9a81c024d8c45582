#pragma once
// The output of `capture`: one picture, scaled to what the detector asked for, with its times.
// Plain bytes; FFmpeg's types stay inside capture/ffmpeg.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/geometry.hpp"
#include "base/time.hpp"

namespace chairside {

enum class PixelFormat { kRgb24, kBgr24, kYuv420 };

// How a region is brought to a view's size.
enum class Fit {
    kStretch,            // to exactly the size; the aspect changes
    kLetterbox,          // aspect kept, placed at the top left, the rest filled with grey (114)
    kLetterboxCentered,  // aspect kept, in the middle, the rest grey (114)
};

// What a consumer wants of each picture: a region at a size.
struct ViewSpec {
    Box region{0, 0, 1, 1};     // normalised 0..1 of the source picture
    int width = 0, height = 0;  // pixels; 0x0: the source's own size
    PixelFormat format = PixelFormat::kRgb24;
    Fit fit = Fit::kStretch;
    friend bool operator==(const ViewSpec&, const ViewSpec&) = default;
};

// Pixels, rows top to bottom. kYuv420 holds the three planes one after the other, each without row padding.
struct Image {
    int width = 0, height = 0;
    int stride = 0;  // bytes per row of the first plane
    PixelFormat format = PixelFormat::kRgb24;
    std::vector<std::uint8_t> bytes;
    // Where the region lies in this image, in pixels (letterboxing leaves a part unused).
    Box content;
};

struct FrameInfo {
    std::uint64_t sequence = 0;  // counts sampled frames of this camera from 0
    MonoTime mono{};
    WallTime wall{};
    int width = 0, height = 0;  // of the source picture, pixels; boxes downstream are in these units
    // When the program had it, by its clock: latency counts from here. Zero where the source does not say.
    MonoTime arrived{};
};

// How wide a picture for people is at most.
inline constexpr int kPictureWidth = 960;

struct Frame {
    FrameInfo info;
    std::vector<Image> views;  // one per ViewSpec, in that order
    Image picture;             // whole, for people to look at; 0x0 unless SourceOptions::picture asks for it
};
using FramePtr = std::shared_ptr<const Frame>;

}  // namespace chairside

#pragma once
// Parts of a picture side by side on a smaller one, at the same scale, and what was found there back in the picture's place: a model
// then works only on what matters. Pure.

#include <optional>
#include <vector>

#include "base/geometry.hpp"
#include "capture/frame.hpp"
#include "detect/decode/tensor.hpp"

namespace chairside {

struct CanvasSize {
    int width = 0, height = 0;  // pixels
    friend bool operator==(const CanvasSize&, const CanvasSize&) = default;
};

// A rectangle of the whole picture and where its corner lies on the canvas, in pixels of both.
struct Patch {
    int x = 0, y = 0, width = 0, height = 0;
    int to_x = 0, to_y = 0;
    friend bool operator==(const Patch&, const Patch&) = default;
};

struct Collage {
    std::size_t canvas = 0;  // index of its size
    CanvasSize size;
    std::vector<Patch> patches;
};

// The first of the sizes that holds all regions (normalised) of a picture of this size; regions that overlap become one. nullopt: none
// does, or there are no regions. Sizes come by cost, the cheapest first.
std::optional<Collage> arrange(const std::vector<Box>& regions, CanvasSize picture,
                               const std::vector<CanvasSize>& sizes);

// Of RGB or BGR pictures; the rest of the canvas is grey. `out`'s buffer is used again.
void paste(const Collage& collage, const Image& picture, Image& out);

// Boxes on the canvas as boxes in the picture. Those in no patch, and those that a patch's edge cut inside the picture, are left out.
std::vector<ScoredBox> in_place(const Collage& collage, CanvasSize picture,
                                const std::vector<ScoredBox>& boxes);

}  // namespace chairside

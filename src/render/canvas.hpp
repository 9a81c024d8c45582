#pragma once
// A picture to draw on, over Cairo. Units are pixels of the picture.

#include <memory>
#include <string>
#include <vector>

#include "base/geometry.hpp"
#include "base/result.hpp"
#include "capture/frame.hpp"

namespace chairside {

struct Color {
    double red = 0, green = 0, blue = 0, alpha = 1;
    Color with_alpha(double a) const { return {red, green, blue, a}; }
};

// Threads: one.
class Canvas {
  public:
    Canvas();
    ~Canvas();
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    // Takes the picture in. Failure: kInvalid if it is not a whole kRgb24 image.
    Result<void> begin(const Image& rgb);
    // Gives it out with all that was drawn. Failure: kInvalid if a text was not UTF-8; `rgb` is then left
    // alone.
    Result<void> end(Image& rgb);

    int width() const;
    int height() const;
    void fill_polygon(const Polygon& polygon, const Color& color);
    // dash 0: a solid line.
    void stroke_polygon(const Polygon& polygon, const Color& color, double line_width, double dash = 0);
    void fill_box(const Box& box, const Color& color, double corner_radius = 0);
    void stroke_box(const Box& box, const Color& color, double line_width, double corner_radius,
                    double dash = 0);

    struct TextStyle {
        double size = 12;
        bool bold = false;
    };
    double text_width(const std::string& text, const TextStyle& style);
    // `left` and `baseline` of the first letter.
    void text(const std::string& text, double left, double baseline, const Color& color,
              const TextStyle& style);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
